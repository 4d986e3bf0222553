// Subgroups of the size that a pipeline asks for, and full ones. What kernels make of subgroups is
// in conformance/subgroups.
#include "features.h"

enum { GROUPS = 3, MOST_LANES = 128 };

// What subgroup_ids tells of each invocation.
typedef struct ids {
    uint32_t size, count, subgroup, lane, elected;
} ids;

// How to make the pipeline.
typedef struct wanted {
    uint32_t group_size;
    uint32_t required; // 0: no size is required
    bool full, varying;
} wanted;

static VkPhysicalDeviceSubgroupSizeControlProperties limits_of(kt_raw *raw)
{
    VkPhysicalDeviceSubgroupSizeControlProperties limits = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_PROPERTIES};
    kt_raw_properties(raw, &limits);
    return limits;
}

static bool needs_required(kt_raw *raw)
{
    return kt_raw_needs(raw,
                        limits_of(raw).requiredSubgroupSizeStages & VK_SHADER_STAGE_COMPUTE_BIT,
                        "requiredSubgroupSizeStages");
}

// Runs subgroup_ids in `GROUPS` workgroups. NULL after a failure.
static ids *run_ids(kt_raw *raw, const wanted *how)
{
    kt_test *t = raw->t;
    const uint32_t bytes = (uint32_t)sizeof(ids) * GROUPS * how->group_size;
    const VkSpecializationMapEntry entry = {0, 0, 4};
    const VkSpecializationInfo constants = {1, &entry, 4, &how->group_size};
    const VkPipelineShaderStageRequiredSubgroupSizeCreateInfo required = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_REQUIRED_SUBGROUP_SIZE_CREATE_INFO,
        .requiredSubgroupSize = how->required};
    kt_raw_kernel *kernel = kt_raw_kernel_create_with(
        raw, "subgroup_ids",
        &(kt_raw_kernel_config){
            .binding_count = 1,
            .constants = &constants,
            .stage_chain = how->required ? &required : NULL,
            .stage_flags =
                (how->full ? VK_PIPELINE_SHADER_STAGE_CREATE_REQUIRE_FULL_SUBGROUPS_BIT : 0) |
                (how->varying ? VK_PIPELINE_SHADER_STAGE_CREATE_ALLOW_VARYING_SUBGROUP_SIZE_BIT
                              : 0)});
    kt_raw_buffer *out = kt_raw_buffer_create(raw, &(kt_raw_buffer_config){.size_bytes = bytes});
    VkDescriptorSet set = out ? kt_raw_set(raw, kernel, &(kt_raw_range){.buffer = out}) : NULL;
    VkCommandBuffer commands = set ? kt_raw_begin(raw, 0) : NULL;
    if (!commands)
        return NULL;
    ids *all = kt_alloc(t, bytes);
    kt_raw_bind(raw, commands, kernel, set, NULL);
    raw->vkCmdDispatch(commands, GROUPS, 1, 1);
    kt_raw_full_barrier(raw, commands);
    kt_raw_end(raw, commands);
    if (!kt_raw_run(raw, 0, commands))
        return NULL;
    kt_raw_read(raw, out, all);
    return all;
}

// Every subgroup has all its lanes: each pair of subgroup and lane is there once.
static bool check_full(kt_raw *raw, const ids *group, uint32_t group_size, uint32_t size)
{
    kt_test *t = raw->t;
    bool *seen = kt_alloc(t, group_size);
    for (uint32_t i = 0; i < group_size; i++) {
        const uint32_t at = group[i].subgroup * size + group[i].lane;
        if (!CHECK_EQ_U64(group[i].count, group_size / size) || !CHECK(group[i].lane < size) ||
            !CHECK(at < group_size) || !CHECK(!seen[at]))
            return false;
        seen[at] = true;
    }
    return true;
}

static bool is_power_of_two(uint32_t value)
{
    return value > 0 && (value & (value - 1)) == 0;
}

// Kernels see the size that they require. Groups are of full subgroups, so that there is no other
// than `size`.
static void check_sizes(kt_raw *raw, const wanted *how, uint32_t size, bool full)
{
    kt_test *t = raw->t;
    const ids *all = run_ids(raw, how);
    for (uint32_t i = 0; all && i < GROUPS * how->group_size; i++)
        if (!CHECK_EQ_U64(all[i].size, size))
            return;
    for (uint32_t group = 0; all && full && group < GROUPS; group++)
        if (!check_full(raw, all + group * how->group_size, how->group_size, size))
            return;
}

TEST(sizes_of_subgroups_are_in_bounds)
{
    kt_raw *raw = features_open(t, KT_RAW_SUBGROUP_SIZE_CONTROL);
    VkPhysicalDeviceSubgroupProperties properties = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES};
    if (!raw)
        return;
    const VkPhysicalDeviceSubgroupSizeControlProperties limits = limits_of(raw);
    kt_raw_properties(raw, &properties);
    CHECK(is_power_of_two(limits.minSubgroupSize) && is_power_of_two(limits.maxSubgroupSize));
    CHECK(limits.minSubgroupSize <= properties.subgroupSize &&
          properties.subgroupSize <= limits.maxSubgroupSize);
    CHECK(limits.maxComputeWorkgroupSubgroups > 0);
}

// For every size that the device has, groups of one, two and as many subgroups as fit.
TEST(kernels_have_subgroups_of_the_size_they_require)
{
    kt_raw *raw = features_open(t, KT_RAW_SUBGROUP_SIZE_CONTROL);
    if (!raw || !needs_required(raw))
        return;
    const VkPhysicalDeviceSubgroupSizeControlProperties limits = limits_of(raw);
    const VkPhysicalDeviceLimits *device = &raw->properties.limits;
    uint32_t most = device->maxComputeWorkGroupInvocations;
    if (most > device->maxComputeWorkGroupSize[0])
        most = device->maxComputeWorkGroupSize[0];
    for (uint32_t size = limits.minSubgroupSize; size <= limits.maxSubgroupSize; size *= 2) {
        uint32_t subgroups = most / size;
        if (subgroups > limits.maxComputeWorkgroupSubgroups)
            subgroups = limits.maxComputeWorkgroupSubgroups;
        const uint32_t counts[] = {1, 2, subgroups};
        for (int i = 0; i < 3; i++)
            if (counts[i] * size <= most)
                check_sizes(raw, &(wanted){.group_size = counts[i] * size, .required = size}, size,
                            false);
    }
}

// With the flag each subgroup of a group that is a multiple of the largest size has all its lanes.
TEST(kernels_that_require_full_subgroups_have_them)
{
    kt_raw *raw = features_open(t, KT_RAW_FULL_SUBGROUPS);
    if (!raw)
        return;
    const VkPhysicalDeviceSubgroupSizeControlProperties limits = limits_of(raw);
    const bool required = limits.requiredSubgroupSizeStages & VK_SHADER_STAGE_COMPUTE_BIT;
    for (uint32_t count = 1; count <= 4; count *= 2) {
        const uint32_t group_size = count * limits.maxSubgroupSize;
        if (group_size > raw->properties.limits.maxComputeWorkGroupInvocations)
            break;
        wanted how = {.group_size = group_size, .full = true};
        const ids *all = run_ids(raw, &how);
        for (uint32_t group = 0; all && group < GROUPS; group++)
            if (!check_full(raw, all + group * group_size, group_size, all->size))
                return;
        for (uint32_t size = limits.minSubgroupSize; required && size <= limits.maxSubgroupSize;
             size *= 2) {
            how.required = size;
            if (group_size / size <= limits.maxComputeWorkgroupSubgroups)
                check_sizes(raw, &how, size, true);
        }
    }
}

// Where the size may vary, kernels see one that the device has, the same in a whole subgroup.
TEST(sizes_that_may_vary_are_in_bounds)
{
    kt_raw *raw = features_open(t, KT_RAW_SUBGROUP_SIZE_CONTROL);
    if (!raw)
        return;
    const VkPhysicalDeviceSubgroupSizeControlProperties limits = limits_of(raw);
    for (uint32_t group_size = 1; group_size <= MOST_LANES; group_size = 2 * group_size + 3) {
        if (group_size > raw->properties.limits.maxComputeWorkGroupInvocations)
            break;
        const ids *all = run_ids(raw, &(wanted){.group_size = group_size, .varying = true});
        uint32_t sizes[MOST_LANES] = {0}; // of the subgroups of a group
        for (uint32_t i = 0; all && i < GROUPS * group_size; i++) {
            if (i % group_size == 0)
                for (int k = 0; k < MOST_LANES; k++)
                    sizes[k] = 0;
            if (!CHECK(is_power_of_two(all[i].size)) ||
                !CHECK(all[i].size >= limits.minSubgroupSize &&
                       all[i].size <= limits.maxSubgroupSize) ||
                !CHECK(all[i].lane < all[i].size) || !CHECK(all[i].subgroup < MOST_LANES))
                return;
            if (!sizes[all[i].subgroup])
                sizes[all[i].subgroup] = all[i].size;
            if (!CHECK_EQ_U64(all[i].size, sizes[all[i].subgroup]))
                return;
        }
    }
}
