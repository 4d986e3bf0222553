// What maintenance5 adds for kernels and buffers.
#include "features.h"

// Usage of 64 bits counts, and the 32 bits beside it do not.
TEST(buffers_have_usage_of_64_bits)
{
    kt_raw *raw = features_open(t, KT_RAW_MAINTENANCE5);
    sync_steps *steps = sync_steps_create(raw);
    if (!steps)
        return;
    const VkBufferUsageFlags2CreateInfoKHR usage = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_USAGE_FLAGS_2_CREATE_INFO_KHR,
        .usage = VK_BUFFER_USAGE_2_STORAGE_BUFFER_BIT_KHR | VK_BUFFER_USAGE_2_TRANSFER_SRC_BIT_KHR |
                 VK_BUFFER_USAGE_2_TRANSFER_DST_BIT_KHR};
    const VkBufferCreateInfo infos[] = {{.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                         .pNext = &usage,
                                         .size = 4 * SYNC_STEP_WORDS},
                                        {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                         .size = 4 * SYNC_STEP_WORDS,
                                         .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                                                  VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                                  VK_BUFFER_USAGE_TRANSFER_DST_BIT}};
    VkMemoryRequirements needs[2];
    VkBuffer buffers[2] = {VK_NULL_HANDLE};
    for (int i = 0; i < 2; i++)
        if (CHECK_VK(raw->vkCreateBuffer(raw->device, &infos[i], NULL, &buffers[i])))
            raw->vkGetBufferMemoryRequirements(raw->device, buffers[i], &needs[i]);
    // In the memory of the steps' own, whose words come with it.
    if (buffers[0] && buffers[1] && CHECK_EQ_U64(needs[0].size, needs[1].size) &&
        CHECK_EQ_U64(needs[0].alignment, needs[1].alignment) &&
        CHECK_EQ_U64(needs[0].memoryTypeBits, needs[1].memoryTypeBits) &&
        CHECK_VK(raw->vkBindBufferMemory(raw->device, buffers[0], steps->words->memory, 0))) {
        const kt_raw_buffer alias = {.handle = buffers[0]};
        kt_raw_set_write(raw, steps->affine, steps->set, 0, 0, (kt_raw_range){.buffer = &alias});
        (void)features_step(steps, steps->affine, 0);
    }
    for (int i = 0; i < 2; i++)
        raw->vkDestroyBuffer(raw->device, buffers[i], NULL);
}

// Flags of 64 bits count, and the 32 bits beside them, which would be refused, do not.
TEST(pipelines_have_flags_of_64_bits)
{
    kt_raw *raw = features_open(t, KT_RAW_MAINTENANCE5);
    sync_steps *steps = sync_steps_create(raw);
    if (!steps || !kt_raw_needs_feature(raw, KT_RAW_CACHE_CONTROL))
        return;
    const VkPipelineCreateFlags2CreateInfoKHR none = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_CREATE_FLAGS_2_CREATE_INFO_KHR};
    kt_raw_kernel *kernel = kt_raw_kernel_create_with(
        raw, "affine_words",
        &(kt_raw_kernel_config){.binding_count = 1,
                                .chain = &none,
                                .flags = VK_PIPELINE_CREATE_FAIL_ON_PIPELINE_COMPILE_REQUIRED_BIT});
    (void)features_step(steps, kernel, 0);
}

// Without a module, which is as good.
TEST(code_may_stand_in_the_stage)
{
    kt_raw *raw = features_open(t, KT_RAW_MAINTENANCE5);
    sync_steps *steps = sync_steps_create(raw);
    kt_raw_kernel *kernel =
        steps ? kt_raw_kernel_create_with(
                    raw, "affine_words",
                    &(kt_raw_kernel_config){.binding_count = 1, .module_in_stage = true})
              : NULL;
    for (uint32_t i = 0; kernel && i < 3; i++)
        (void)features_step(steps, kernel, i);
}

// The device has calls of the version that its instance was made for, and no later ones by their
// names without KHR.
TEST(calls_of_later_versions_are_not_there)
{
    static const struct {
        uint32_t since;
        const char *name;
    } CALLS[] = {{VK_API_VERSION_1_0, "vkCmdDispatch"},
                 {VK_API_VERSION_1_1, "vkCmdDispatchBase"},
                 {VK_API_VERSION_1_2, "vkGetBufferDeviceAddress"},
                 {VK_API_VERSION_1_3, "vkCmdPipelineBarrier2"},
                 {VK_MAKE_API_VERSION(0, 1, 4, 0), "vkCmdPushConstants2"},
                 {VK_MAKE_API_VERSION(0, 1, 4, 0), "vkCmdPushDescriptorSet"},
                 {VK_MAKE_API_VERSION(0, 1, 4, 0), "vkMapMemory2"}};
    kt_raw *raw = features_open(t, KT_RAW_MAINTENANCE5);
    for (size_t i = 0; raw && i < sizeof CALLS / sizeof CALLS[0]; i++) {
        const bool there = raw->vkGetDeviceProcAddr(raw->device, CALLS[i].name) != NULL;
        if (there != (raw->api_version >= CALLS[i].since))
            FAILF(t, "%s is %sthere, for an instance of Vulkan 1.%u", CALLS[i].name,
                  there ? "" : "not ", VK_API_VERSION_MINOR(raw->api_version));
    }
}
