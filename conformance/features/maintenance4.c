// What maintenance4 adds for kernels and buffers.
#include "features.h"

static const VkBufferUsageFlags USAGES[] = {
    VK_BUFFER_USAGE_STORAGE_BUFFER_BIT,
    VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT,
    VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
    VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT | VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
        VK_BUFFER_USAGE_TRANSFER_DST_BIT,
};
enum { USAGE_COUNT = sizeof USAGES / sizeof USAGES[0] };

// Each not smaller than the one before it.
static const uint64_t SIZES[] = {1,    2,    4,     15,    16,      17,      255,       256,
                                 4095, 4096, 65535, 65537, 1 << 20, 1 << 24, 100000001, 1 << 28};
enum { SIZE_COUNT = sizeof SIZES / sizeof SIZES[0] };

static VkBufferCreateInfo buffer_info(uint64_t size_bytes, VkBufferUsageFlags usage)
{
    return (VkBufferCreateInfo){
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO, .size = size_bytes, .usage = usage};
}

// What a buffer would need, which is not made.
static VkMemoryRequirements needs_of(kt_raw *raw, const VkBufferCreateInfo *info)
{
    const VkDeviceBufferMemoryRequirements asked = {
        .sType = VK_STRUCTURE_TYPE_DEVICE_BUFFER_MEMORY_REQUIREMENTS, .pCreateInfo = info};
    VkMemoryRequirements2 needs = {.sType = VK_STRUCTURE_TYPE_MEMORY_REQUIREMENTS_2};
    PFN_vkGetDeviceBufferMemoryRequirements get =
        KT_RAW_CALL(raw, vkGetDeviceBufferMemoryRequirements);
    if (get)
        get(raw->device, &asked, &needs);
    return needs.memoryRequirements;
}

TEST(needs_of_a_buffer_are_known_before_it_is_made)
{
    kt_raw *raw = features_open(t, KT_RAW_MAINTENANCE4);
    for (uint32_t i = 0; raw && i < USAGE_COUNT * SIZE_COUNT; i++) {
        const VkBufferCreateInfo info = buffer_info(SIZES[i % SIZE_COUNT], USAGES[i / SIZE_COUNT]);
        const VkMemoryRequirements before = needs_of(raw, &info);
        VkMemoryRequirements needs;
        VkBuffer buffer;
        if (!CHECK_VK(raw->vkCreateBuffer(raw->device, &info, NULL, &buffer)))
            return;
        raw->vkGetBufferMemoryRequirements(raw->device, buffer, &needs);
        raw->vkDestroyBuffer(raw->device, buffer, NULL);
        CHECK_EQ_U64(before.size, needs.size);
        CHECK_EQ_U64(before.alignment, needs.alignment);
        CHECK_EQ_U64(before.memoryTypeBits, needs.memoryTypeBits);
    }
}

// Of two buffers that differ in their size alone the smaller one needs no more memory, and both the
// same alignment.
TEST(smaller_buffers_need_no_more_memory)
{
    kt_raw *raw = features_open(t, KT_RAW_MAINTENANCE4);
    for (uint32_t usage = 0; raw && usage < USAGE_COUNT; usage++) {
        VkMemoryRequirements last = {0};
        for (uint32_t i = 0; i < SIZE_COUNT; i++) {
            const VkBufferCreateInfo info = buffer_info(SIZES[i], USAGES[usage]);
            const VkMemoryRequirements needs = needs_of(raw, &info);
            CHECK(needs.size >= SIZES[i] && needs.size >= last.size);
            CHECK(needs.alignment > 0 && (needs.alignment & (needs.alignment - 1)) == 0);
            CHECK(i == 0 || needs.alignment == last.alignment);
            last = needs;
        }
    }
}

// What a buffer of the largest size needs is no less than that.
TEST(largest_buffer_has_needs)
{
    kt_raw *raw = features_open(t, KT_RAW_MAINTENANCE4);
    VkPhysicalDeviceMaintenance4Properties limits = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_4_PROPERTIES};
    if (!raw)
        return;
    kt_raw_properties(raw, &limits);
    CHECK(limits.maxBufferSize >= UINT64_C(1) << 30);
    kt_certify_number(t, "max_buffer_bytes", (double)limits.maxBufferSize);
    const VkBufferCreateInfo info =
        buffer_info(limits.maxBufferSize, VK_BUFFER_USAGE_STORAGE_BUFFER_BIT);
    CHECK(needs_of(raw, &info).size >= limits.maxBufferSize);
}

// A layout is needed to make a pipeline, and another like it to bind a set.
TEST(pipelines_outlive_their_layouts)
{
    kt_raw *raw = features_open(t, KT_RAW_MAINTENANCE4);
    sync_steps *steps = sync_steps_create(raw);
    VkShaderModule module = steps ? features_module(raw, "affine_words") : VK_NULL_HANDLE;
    if (!module)
        return;
    const VkPushConstantRange push = {.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
                                      .size = KT_RAW_PUSH_BYTES};
    const VkPipelineLayoutCreateInfo layout_info = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
        .setLayoutCount = 1,
        .pSetLayouts = &steps->affine->set_layout,
        .pushConstantRangeCount = 1,
        .pPushConstantRanges = &push};
    VkPipelineLayout layout;
    kt_raw_kernel kernel = *steps->affine;
    if (!CHECK_VK(raw->vkCreatePipelineLayout(raw->device, &layout_info, NULL, &layout)))
        return;
    const VkComputePipelineCreateInfo info = features_pipeline_info(module, layout);
    const bool created = CHECK_VK(raw->vkCreateComputePipelines(raw->device, VK_NULL_HANDLE, 1,
                                                                &info, NULL, &kernel.pipeline));
    raw->vkDestroyPipelineLayout(raw->device, layout, NULL);
    for (uint32_t i = 0; created && i < 3; i++)
        (void)features_step(steps, &kernel, i);
    if (created)
        raw->vkDestroyPipeline(raw->device, kernel.pipeline, NULL);
}

// Runs sized_by_ids in workgroups of x by y and looks at every word.
static void check_size(kt_raw *raw, uint32_t x, uint32_t y)
{
    enum { GROUPS = 5, GUARD = 8 };
    kt_test *t = raw->t;
    const uint32_t count = GROUPS * x * y + GUARD, values[] = {x, y};
    const VkSpecializationMapEntry entries[] = {{0, 0, 4}, {1, 4, 4}};
    const VkSpecializationInfo constants = {2, entries, sizeof values, values};
    kt_raw_kernel *kernel = kt_raw_kernel_create_with(
        raw, "sized_by_ids", &(kt_raw_kernel_config){.binding_count = 1, .constants = &constants});
    kt_raw_buffer *buffer =
        kt_raw_buffer_create(raw, &(kt_raw_buffer_config){.size_bytes = count * 4});
    VkDescriptorSet set =
        buffer ? kt_raw_set(raw, kernel, &(kt_raw_range){.buffer = buffer}) : NULL;
    VkCommandBuffer commands = set ? kt_raw_begin(raw, 0) : NULL;
    if (!commands)
        return;
    uint32_t *words = kt_alloc(t, count * 4), *actual = kt_alloc(t, count * 4);
    kt_fill_u32s(t, words, count);
    kt_raw_write(raw, buffer, words);
    for (uint32_t i = 0; i < count - GUARD; i++)
        words[i] = words[i] * 3 + x;
    kt_raw_bind(raw, commands, kernel, set, NULL);
    raw->vkCmdDispatch(commands, GROUPS, 1, 1);
    kt_raw_full_barrier(raw, commands);
    kt_raw_end(raw, commands);
    if (!kt_raw_run(raw, 0, commands))
        return;
    kt_raw_read(raw, buffer, actual);
    CHECK_U32S(actual, words, count);
}

// A constant is the size of a workgroup without a decoration of its own: each invocation runs once.
TEST(ids_of_constants_decide_the_size_of_workgroups)
{
    static const uint32_t SIZES_OF_GROUPS[][2] = {{1, 1}, {7, 3}, {32, 4}, {128, 1}, {1, 128}};
    kt_raw *raw = features_open(t, KT_RAW_MAINTENANCE4);
    for (int i = 0; raw && i < 5; i++)
        check_size(raw, SIZES_OF_GROUPS[i][0], SIZES_OF_GROUPS[i][1]);
    if (raw)
        check_size(raw,
                   raw->properties.limits.maxComputeWorkGroupSize[0] <
                           raw->properties.limits.maxComputeWorkGroupInvocations
                       ? raw->properties.limits.maxComputeWorkGroupSize[0]
                       : raw->properties.limits.maxComputeWorkGroupInvocations,
                   1);
}
