// How many lanes a subgroup has: by what the device says, by what a pipeline asks for, by what a
// kernel is told, and by the ballot of those who are there.
//
// Drivers that were not at one about it: 32 lanes were told and 8 or 16 ran (google/uVkCompute#43),
// 64 and 32 (KhronosGroup/MoltenVK#1553), the smallest size was none that there was
// (IGCIT/Intel-GPU-Community-Issue-Tracker-IGCIT#1402). Subgroups may be partly there unless
// full ones are asked for, which an application took for a fault (ggml-org/llama.cpp#17297).
#include <stdlib.h>

#include "raw.h"
#include "subgroups/lanes.h"

enum {
    FULL = VK_PIPELINE_SHADER_STAGE_CREATE_REQUIRE_FULL_SUBGROUPS_BIT,
    VARYING = VK_PIPELINE_SHADER_STAGE_CREATE_ALLOW_VARYING_SUBGROUP_SIZE_BIT,
    GROUPS = 3,
    ANY_SIZE = 0,
};

// What a pipeline asks for, and the kernel's workgroup.
typedef struct sizes_run {
    VkPipelineShaderStageCreateFlags flags;
    uint32_t required; // 0: no size
    uint32_t local_size;
} sizes_run;

// A device that controls sizes, and which it has.
typedef struct sizes_device {
    kt_raw *raw;
    VkPhysicalDeviceSubgroupSizeControlProperties range;
} sizes_device;

TEST_PARAMS(subgroup_sizes)
{
    for (uint32_t size = 1; size <= SUBGROUP_MAX_LANES; size *= 2)
        kt_param(params, "%u", size);
}

static kt_raw_kernel *make_kernel(kt_raw *raw, const sizes_run *wanted)
{
    kt_test *t = raw->t;
    const subgroup_modes modes = {.execution_mode = 0};
    subgroup_writer *w = kt_alloc(t, sizeof *w);
    uint32_t *words = kt_alloc(t, SPIRV_MODULE_WORDS * sizeof *words);
    subgroup_writer_begin(w, subgroup_type_named("u32"), wanted->local_size, GROUPS);
    subgroup_write_who(w, w->invocation, subgroup_ballot(w, subgroup_true(w)));
    const size_t count = subgroup_writer_end(w, &modes, words);
    if (!CHECK(count > 0))
        return NULL;
    const VkPipelineShaderStageRequiredSubgroupSizeCreateInfo required = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_REQUIRED_SUBGROUP_SIZE_CREATE_INFO,
        .requiredSubgroupSize = wanted->required};
    return kt_raw_kernel_create_with(
        raw, "who",
        &(kt_raw_kernel_config){.binding_count = SUBGROUP_WHO + 1,
                                .words = words,
                                .word_count = count,
                                .stage_chain = wanted->required ? &required : NULL,
                                .stage_flags = wanted->flags});
}

// The rows that the invocations of all workgroups wrote; NULL, and a failed case, where not.
static subgroup_who *run(kt_raw *raw, const sizes_run *wanted)
{
    kt_test *t = raw->t;
    const uint64_t size_bytes = sizeof(subgroup_who) * GROUPS * wanted->local_size;
    subgroup_who *rows = kt_alloc(t, size_bytes);
    kt_raw_buffer *buffer =
        kt_raw_buffer_create(raw, &(kt_raw_buffer_config){.size_bytes = size_bytes});
    kt_raw_kernel *kernel = make_kernel(raw, wanted);
    if (!buffer || !kernel)
        return NULL;
    const kt_raw_range ranges[SUBGROUP_WHO + 1] = {{buffer, 0, 0}, {buffer, 0, 0}, {buffer, 0, 0}};
    kt_poison(rows, size_bytes);
    kt_raw_write(raw, buffer, rows);
    VkDescriptorSet set = kt_raw_set(raw, kernel, ranges);
    VkCommandBuffer commands = set ? kt_raw_begin(raw, 0) : NULL;
    if (!commands)
        return NULL;
    kt_raw_bind(raw, commands, kernel, set, NULL);
    raw->vkCmdDispatch(commands, GROUPS, 1, 1);
    kt_raw_full_barrier(raw, commands);
    kt_raw_end(raw, commands);
    if (!kt_raw_run(raw, 0, commands))
        return NULL;
    kt_raw_read(raw, buffer, rows);
    return rows;
}

// Whether each subgroup that is there has all its lanes.
static bool are_full(kt_test *t, const lanes_map *map)
{
    const uint32_t count = map->local_size / map->size;
    for (uint32_t i = 0; i < SUBGROUP_MAX_LANES; i++) {
        uint32_t there = 0;
        for (uint32_t lane = 0; lane < map->size; lane++)
            there += map->at[i][lane] != LANES_NOBODY;
        if (there != (i < count ? map->size : 0)) {
            FAILF(t, "subgroup %u of %u has %u of %u lanes", i, count, there, map->size);
            return false;
        }
    }
    return true;
}

// Runs workgroups that ask for `wanted`, whose subgroups must have `size` lanes, or some power of
// two that the device has.
static bool check(const sizes_device *device, const sizes_run *wanted, uint32_t size)
{
    kt_test *t = device->raw->t;
    const VkPhysicalDeviceSubgroupSizeControlProperties *range = &device->range;
    lanes_map *map = kt_alloc(t, sizeof *map);
    const subgroup_who *rows = run(device->raw, wanted);
    bool right = rows != NULL;
    for (uint32_t group = 0; group < GROUPS && right; group++) {
        const subgroup_who *its = rows + group * wanted->local_size;
        const uint32_t lanes = size == ANY_SIZE ? its->size : size;
        right = CHECK((lanes & (lanes - 1)) == 0) && CHECK(lanes >= range->minSubgroupSize) &&
                CHECK(lanes <= range->maxSubgroupSize) &&
                lanes_read(t, map, its, wanted->local_size, lanes) &&
                (!(wanted->flags & FULL) || are_full(t, map));
    }
    if (!right)
        FAILF(t, "that was a workgroup of %u", wanted->local_size);
    kt_release(t, map);
    return right;
}

// Opens the device; the case is skipped where it lacks that control.
static bool open_device(kt_test *t, bool full, sizes_device *out)
{
    kt_raw *raw = kt_raw_create(t, kt_context(t), &(kt_raw_config){.newer = true});
    *out = (sizes_device){
        .raw = raw,
        .range = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_PROPERTIES}};
    if (!raw || !kt_raw_needs_feature(raw, KT_RAW_SUBGROUP_SIZE_CONTROL) ||
        (full && !kt_raw_needs_feature(raw, KT_RAW_FULL_SUBGROUPS)))
        return false;
    kt_raw_properties(raw, &out->range);
    return true;
}

// Whether kernels may ask for that size; the case is skipped where not.
static bool has_size(const sizes_device *device, uint32_t size)
{
    kt_test *t = device->raw->t;
    const VkPhysicalDeviceSubgroupSizeControlProperties *range = &device->range;
    if (!kt_raw_needs(device->raw, range->requiredSubgroupSizeStages & VK_SHADER_STAGE_COMPUTE_BIT,
                      "requiredSubgroupSizeStages has no VK_SHADER_STAGE_COMPUTE_BIT"))
        return false;
    if (size >= range->minSubgroupSize && size <= range->maxSubgroupSize)
        return true;
    SKIP(t, "minSubgroupSize %u, maxSubgroupSize %u", range->minSubgroupSize,
         range->maxSubgroupSize);
    return false;
}

// The largest workgroup that may have subgroups of that size.
static uint32_t most_invocations(const sizes_device *device, uint32_t size)
{
    const uint64_t most = (uint64_t)size * device->range.maxComputeWorkgroupSubgroups;
    const VkPhysicalDeviceLimits *limits = &device->raw->properties.limits;
    uint64_t bound = SUBGROUP_MAX_LANES;
    bound = limits->maxComputeWorkGroupInvocations < bound ? limits->maxComputeWorkGroupInvocations
                                                           : bound;
    bound = limits->maxComputeWorkGroupSize[0] < bound ? limits->maxComputeWorkGroupSize[0] : bound;
    return (uint32_t)(most < bound ? most : bound);
}

// A subgroup has as many lanes as the pipeline requires, be they all there or not.
TEST_FAMILY_CASE(kernels_get_the_size_that_they_require)
{
    static const uint32_t LOCAL_SIZES[] = {1, 5, 32, 64, 77, 100, 128};
    const uint32_t size = (uint32_t)strtoul(param, NULL, 10);
    sizes_device device;
    if (!open_device(t, false, &device) || !has_size(&device, size))
        return;
    for (size_t i = 0; i < sizeof LOCAL_SIZES / sizeof LOCAL_SIZES[0]; i++) {
        const sizes_run wanted = {0, size, LOCAL_SIZES[i]};
        if (wanted.local_size <= most_invocations(&device, size) && !check(&device, &wanted, size))
            return;
    }
}

// Where full subgroups are required none has a lane that is not there.
TEST_FAMILY_CASE(required_full_subgroups_are_full)
{
    const uint32_t size = (uint32_t)strtoul(param, NULL, 10);
    sizes_device device;
    if (!open_device(t, true, &device) || !has_size(&device, size))
        return;
    for (uint32_t count = 1; count * size <= most_invocations(&device, size);
         count = 2 * count + (count > 1)) {
        const sizes_run wanted = {FULL, size, count * size};
        if (!check(&device, &wanted, size))
            return;
    }
}

// The same where no size is required: it is the device's then.
TEST(full_subgroups_have_the_size_of_the_device)
{
    sizes_device device;
    if (!open_device(t, true, &device))
        return;
    const uint32_t size = kt_device(t)->subgroup_size;
    for (uint32_t count = 1; count * size <= most_invocations(&device, size); count++) {
        const sizes_run wanted = {FULL, 0, count * size};
        if (!check(&device, &wanted, size))
            return;
    }
}

// A kernel whose size may vary is told the one that it has.
TEST(sizes_that_may_vary_are_told)
{
    static const uint32_t LOCAL_SIZES[] = {1, 31, 64, 77, 128};
    sizes_device device;
    if (!open_device(t, false, &device))
        return;
    for (size_t i = 0; i < sizeof LOCAL_SIZES / sizeof LOCAL_SIZES[0]; i++) {
        const sizes_run wanted = {VARYING, 0, LOCAL_SIZES[i]};
        if (!check(&device, &wanted, ANY_SIZE))
            return;
    }
}

TEST(full_subgroups_whose_size_may_vary_are_full)
{
    sizes_device device;
    if (!open_device(t, true, &device))
        return;
    const uint32_t size = device.range.maxSubgroupSize;
    for (uint32_t count = 1; count * size <= most_invocations(&device, size); count++) {
        const sizes_run wanted = {FULL | VARYING, 0, count * size};
        if (!check(&device, &wanted, ANY_SIZE))
            return;
    }
}

// What is said of sizes fits together, and the least size and the most are ones that kernels get:
// Vulkan gives each power of two between them.
TEST(sizes_of_the_device_fit_together)
{
    sizes_device device;
    if (!open_device(t, false, &device))
        return;
    const VkPhysicalDeviceSubgroupSizeControlProperties *range = &device.range;
    const uint32_t size = kt_device(t)->subgroup_size;
    const uint32_t least = range->minSubgroupSize, most = range->maxSubgroupSize;
    CHECK(least >= 1 && (least & (least - 1)) == 0);
    CHECK(most <= SUBGROUP_MAX_LANES && (most & (most - 1)) == 0);
    CHECK(least <= size && size <= most);
    CHECK(range->maxComputeWorkgroupSubgroups >= 1);
    kt_certify_u64(t, "subgroup_size", size);
    kt_certify_u64(t, "min_subgroup_size", least);
    kt_certify_u64(t, "max_subgroup_size", most);
}
