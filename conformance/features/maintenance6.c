// What maintenance6 adds for kernels and buffers: calls that take one struct, and a result for each
// binding of memory.
#include "features.h"

enum { STEPS = 4, BUFFERS = 5 };

// Sets and push constants by their structs; the pipeline is bound as ever.
TEST(sets_and_constants_come_in_structs)
{
    kt_raw *raw = features_open(t, KT_RAW_MAINTENANCE6);
    sync_steps *steps = sync_steps_create(raw);
    VkCommandBuffer commands = steps ? kt_raw_begin(raw, 0) : NULL;
    PFN_vkCmdBindDescriptorSets2KHR bind =
        commands ? KT_RAW_CALL(raw, vkCmdBindDescriptorSets2KHR) : NULL;
    PFN_vkCmdPushConstants2KHR push = bind ? KT_RAW_CALL(raw, vkCmdPushConstants2KHR) : NULL;
    if (!push)
        return;
    const VkBindDescriptorSetsInfoKHR sets = {.sType =
                                                  VK_STRUCTURE_TYPE_BIND_DESCRIPTOR_SETS_INFO_KHR,
                                              .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
                                              .layout = steps->affine->layout,
                                              .descriptorSetCount = 1,
                                              .pDescriptorSets = &steps->set};
    raw->vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, steps->affine->pipeline);
    bind(commands, &sets);
    uint32_t words[KT_RAW_PUSH_BYTES / 4] = {SYNC_STEP_WORDS};
    for (uint32_t i = 0; i < STEPS; i++) {
        // The count once, factor and addend each time.
        words[1] = 2 * i + 5;
        words[2] = kt_random_u32(t);
        const VkPushConstantsInfoKHR constants = {.sType =
                                                      VK_STRUCTURE_TYPE_PUSH_CONSTANTS_INFO_KHR,
                                                  .layout = steps->affine->layout,
                                                  .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
                                                  .offset = i == 0 ? 0 : 4,
                                                  .size = i == 0 ? 12 : 8,
                                                  .pValues = i == 0 ? words : words + 1};
        push(commands, &constants);
        raw->vkCmdDispatch(commands, SYNC_STEP_WORDS / 64, 1, 1);
        sync_step_barrier(steps, commands);
        for (uint32_t k = 0; k < SYNC_STEP_WORDS; k++)
            steps->expected[k] = steps->expected[k] * words[1] + words[2];
    }
    kt_raw_full_barrier(raw, commands);
    kt_raw_end(raw, commands);
    if (kt_raw_run(raw, 0, commands))
        (void)sync_steps_check(steps);
}

// Each of several bindings in one call has its own result.
TEST(each_binding_of_memory_has_its_result)
{
    kt_raw *raw = features_open(t, KT_RAW_MAINTENANCE6);
    kt_raw_buffer *memory = kt_raw_buffer_create(
        raw, &(kt_raw_buffer_config){.size_bytes = BUFFERS * 65536, .host = true});
    PFN_vkBindBufferMemory2 bind = memory ? KT_RAW_CALL(raw, vkBindBufferMemory2) : NULL;
    const VkBufferCreateInfo info = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                     .size = 256,
                                     .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                                              VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                              VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    VkBindBufferMemoryInfo binds[BUFFERS];
    VkBindMemoryStatusKHR statuses[BUFFERS];
    VkResult results[BUFFERS];
    if (!bind)
        return;
    uint32_t made = 0;
    for (; made < BUFFERS; made++) {
        results[made] = VK_ERROR_UNKNOWN;
        statuses[made] = (VkBindMemoryStatusKHR){.sType = VK_STRUCTURE_TYPE_BIND_MEMORY_STATUS_KHR,
                                                 .pResult = &results[made]};
        binds[made] = (VkBindBufferMemoryInfo){.sType = VK_STRUCTURE_TYPE_BIND_BUFFER_MEMORY_INFO,
                                               .pNext = &statuses[made],
                                               .memory = memory->memory,
                                               .memoryOffset = made * 65536};
        if (!CHECK_VK(raw->vkCreateBuffer(raw->device, &info, NULL, &binds[made].buffer)))
            break;
    }
    if (made == BUFFERS && CHECK_VK(bind(raw->device, BUFFERS, binds)))
        for (int i = 0; i < BUFFERS; i++)
            CHECK_EQ_I64(results[i], VK_SUCCESS);
    while (made > 0)
        raw->vkDestroyBuffer(raw->device, binds[--made].buffer, NULL);
}
