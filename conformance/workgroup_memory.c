// Memory that a workgroup shares, and the barriers that order it.
#include "kernel.h"

#include <string.h>

// Group sizes around subgroup sizes and powers of two, as many as 128 on every device.
static const uint32_t SIZES[] = {1,  2,  3,  4,  5,   7,   8,   9,   15,  16,  17,  31,  32,  33,
                                 63, 64, 65, 96, 100, 127, 128, 129, 255, 256, 500, 512, 1024};

TEST_PARAMS(group_sizes)
{
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++)
        kt_param(params, "%u", SIZES[i]);
}

// The size that the case's parameter names; 0 where the device has no such groups: skipped then.
static uint32_t group_size(kt_test *t)
{
    const uint32_t size = SIZES[kt_param_index(t)];
    const kro_device_info *device = kt_device(t);
    if (!device)
        return 0;
    uint32_t limit = device->limits.max_group_size[0];
    if (limit > device->limits.max_group_invocations)
        limit = device->limits.max_group_invocations;
    if (size <= limit)
        return size;
    SKIP(t, "workgroups have at most %u invocations, needs %u", limit, size);
    return 0;
}

enum { GROUPS = 20 };

// What a group of `size` makes of its words.
typedef void (*expect_function)(const uint32_t *in, uint32_t size, uint32_t *out);

// Runs a kernel on random words in groups of the case's size; each group writes as many words as it
// has invocations, or one.
static void check_groups(kt_test *t, const char *shader, bool writes_one, expect_function expect)
{
    const uint32_t size = group_size(t), outputs = writes_one ? 1 : size;
    if (size == 0)
        return;
    const kro_constant constant = {0, .value.u32 = size};
    uint32_t *in = kt_alloc(t, 4 * GROUPS * size), *actual = kt_alloc(t, 4 * GROUPS * outputs);
    uint32_t *expected = kt_alloc(t, 4 * GROUPS * outputs);
    kt_fill_u32s(t, in, GROUPS * size);
    for (uint32_t group = 0; group < GROUPS; group++)
        expect(in + group * size, size, expected + group * outputs);
    if (kernel_run_once(t, &(kernel_run){.shader = shader,
                                         .inputs = {{in, 4 * GROUPS * size}},
                                         .constants = &constant,
                                         .constant_count = 1,
                                         .groups = {GROUPS},
                                         .output = actual,
                                         .output_bytes = 4 * GROUPS * outputs}))
        CHECK_U32S(actual, expected, GROUPS * outputs);
}

static void expect_reversed(const uint32_t *in, uint32_t size, uint32_t *out)
{
    for (uint32_t i = 0; i < size; i++)
        out[i] = in[size - 1 - i];
}

static void expect_weighted_sum(const uint32_t *in, uint32_t size, uint32_t *out)
{
    *out = 0;
    for (uint32_t i = 0; i < size; i++)
        *out += in[i] * (i + 1);
}

static void expect_running_sums(const uint32_t *in, uint32_t size, uint32_t *out)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < size; i++)
        out[i] = sum += in[i];
}

// Each invocation reads what another one of its group wrote before the barrier.
TEST_FAMILY_CASE(group_of_any_size_reverses)
{
    (void)param;
    check_groups(t, "reverse_group", false, expect_reversed);
}

TEST_FAMILY_CASE(group_of_any_size_reduces)
{
    (void)param;
    check_groups(t, "reduce_group", true, expect_weighted_sum);
}

TEST_FAMILY_CASE(group_of_any_size_scans)
{
    (void)param;
    check_groups(t, "scan_group", false, expect_running_sums);
}

// A thousand rounds with two barriers each, on groups smaller than, as large as, and larger than
// any subgroup. KhronosGroup/MoltenVK#2711: barriers of groups that fit a subgroup were lost.
TEST_FAMILY_CASE(group_of_any_size_keeps_step)
{
    (void)param;
    const uint32_t size = group_size(t), count = GROUPS * size, rounds = 1000;
    if (size == 0)
        return;
    uint32_t *expected = kt_alloc(t, 4 * count), *actual = kt_alloc(t, 4 * count);
    for (uint32_t i = 0; i < count; i++)
        expected[i] = i / size * size + (i % size + rounds) % size + rounds * (rounds - 1) / 2;
    const kro_constant constant = {0, .value.u32 = size};
    if (kernel_run_once(t, &(kernel_run){.shader = "rotate_in_loop",
                                         .constants = &constant,
                                         .constant_count = 1,
                                         .push = &rounds,
                                         .push_bytes = sizeof rounds,
                                         .groups = {GROUPS},
                                         .output = actual,
                                         .output_bytes = 4 * count}))
        CHECK_U32S(actual, expected, count);
}

TEST(tiles_transpose_a_matrix)
{
    enum { WIDTH = 8 * 13, HEIGHT = 8 * 7 };
    uint32_t in[HEIGHT][WIDTH], expected[WIDTH][HEIGHT], actual[WIDTH][HEIGHT];
    kt_fill_u32s(t, in[0], WIDTH * HEIGHT);
    for (int row = 0; row < HEIGHT; row++)
        for (int column = 0; column < WIDTH; column++)
            expected[column][row] = in[row][column];
    if (kernel_run_once(t, &(kernel_run){.shader = "transpose_group",
                                         .inputs = {{in, sizeof in}},
                                         .groups = {WIDTH / 8, HEIGHT / 8},
                                         .output = actual,
                                         .output_bytes = sizeof actual}))
        CHECK_U32S(actual[0], expected[0], WIDTH * HEIGHT);
}

static uint32_t common_divisor(uint32_t a, uint32_t b)
{
    return b == 0 ? a : common_divisor(b, a % b);
}

// Fills `words` words of workgroup memory in each of several groups of `size` invocations.
static void check_shared_words(kt_test *t, uint32_t words, uint32_t size)
{
    const uint32_t count = GROUPS * words;
    uint32_t step = words / 3 * 2 + 1;
    while (common_divisor(step, words) != 1)
        step++;
    uint32_t *expected = kt_alloc(t, 4 * count), *actual = kt_alloc(t, 4 * count);
    for (uint32_t i = 0; i < count; i++) {
        // In 32 bits, as the kernel computes.
        const uint32_t base = i / words * words, from = (i % words * step + 1) % words;
        expected[i] = (base + from) * 2654435761u;
    }
    const kro_constant constants[] = {{0, .value.u32 = words}, {1, .value.u32 = size}};
    if (!kernel_run_once(t, &(kernel_run){.shader = "fill_shared",
                                          .constants = constants,
                                          .constant_count = 2,
                                          .push = &step,
                                          .push_bytes = sizeof step,
                                          .groups = {GROUPS},
                                          .output = actual,
                                          .output_bytes = 4 * count}) ||
        !CHECK_U32S(actual, expected, count))
        LOGF(t, "with %u words of workgroup memory and %u invocations", words, size);
}

// Workgroup memory of many sizes, up to limits.max_shared_bytes to the last word.
TEST(all_workgroup_memory_can_be_used)
{
    enum { SIZE = 128 };
    static const uint32_t WORDS[] = {128, 129, 1000, 4095, 4096};
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        check_shared_words(t, WORDS[i], SIZE);
    const kro_device_info *device = kt_device(t);
    if (device && device->limits.max_shared_bytes > 4 * 4096)
        check_shared_words(t, device->limits.max_shared_bytes / 4, SIZE);
}

// Both limits at once: as many invocations as a group may have share as much as it may have.
TEST(largest_groups_share_all_workgroup_memory)
{
    const kro_device_info *device = kt_device(t);
    if (!device)
        return;
    uint32_t size = device->limits.max_group_size[0];
    if (size > device->limits.max_group_invocations)
        size = device->limits.max_group_invocations;
    check_shared_words(t, device->limits.max_shared_bytes / 4, size);
}

// The values of one group after shaders/branch_with_barrier.comp.
static void expect_branches(uint32_t group, uint32_t value[64])
{
    uint32_t kept[64], next[64];
    for (uint32_t lane = 0; lane < 64; lane++)
        value[lane] = lane * 3 + group;
    if (group % 2 == 1) {
        memcpy(kept, value, sizeof kept);
        for (uint32_t lane = 0; lane < 64; lane++)
            value[lane] = kept[63 - lane] * 2;
    }
    if (group % 4 == 3) {
        memcpy(kept, value, sizeof kept);
        for (uint32_t lane = 0; lane < 64; lane++)
            value[lane] += kept[lane ^ 1];
    }
    for (uint32_t round = 0; round < group % 5 && round < 3; round++) {
        memcpy(kept, value, sizeof kept);
        for (uint32_t lane = 0; lane < 64; lane++)
            next[lane] = value[lane] + kept[(lane + round + 1) % 64];
        memcpy(value, next, sizeof next);
    }
}

TEST(barriers_work_in_uniform_branches_and_loops)
{
    enum { BRANCHES = 60 };
    uint32_t expected[BRANCHES][64], actual[BRANCHES][64];
    for (uint32_t group = 0; group < BRANCHES; group++)
        expect_branches(group, expected[group]);
    if (kernel_run_once(t, &(kernel_run){.shader = "branch_with_barrier",
                                         .groups = {BRANCHES},
                                         .output = actual,
                                         .output_bytes = sizeof actual}))
        CHECK_U32S(actual[0], expected[0], BRANCHES * 64);
}

TEST(structs_in_workgroup_memory_keep_their_members)
{
    enum { WORDS = 12, COUNT = GROUPS * 64 };
    uint32_t expected[COUNT][WORDS], actual[COUNT][WORDS];
    for (uint32_t i = 0; i < COUNT; i++) {
        const uint32_t seed = i / 64 * 64 + i % 64 * 37 % 64;
        const uint32_t row[WORDS] = {seed,          seed + 1, seed + 2,     seed * 2654435761u,
                                     seed % 3 == 0, seed * 4, seed * 4 + 1, seed * 4 + 2,
                                     seed * 4 + 3,  seed,     seed ^ 1,     seed ^ 2};
        memcpy(expected[i], row, sizeof row);
    }
    if (kernel_run_once(t, &(kernel_run){.shader = "shared_structs",
                                         .groups = {GROUPS},
                                         .output = actual,
                                         .output_bytes = sizeof actual}))
        CHECK_U32S(actual[0], expected[0], COUNT * WORDS);
}

static uint32_t narrow_value(uint32_t invocation, uint32_t mask)
{
    return invocation * 2654435761u >> 7 & mask;
}

// Narrow neighbours in workgroup memory do not undo each other's writes.
static void check_narrow(kt_test *t, const char *shader, uint32_t mask)
{
    enum { COUNT = GROUPS * 64 };
    uint32_t expected[COUNT], actual[COUNT];
    for (uint32_t i = 0; i < COUNT; i++)
        expected[i] = narrow_value(i ^ 1, mask) | narrow_value(i / 64 * 64 + 63 - i % 64, mask)
                                                      << 16;
    if (kernel_run_once(t, &(kernel_run){.shader = shader,
                                         .groups = {GROUPS},
                                         .output = actual,
                                         .output_bytes = sizeof actual}))
        CHECK_U32S(actual, expected, COUNT);
}

TEST(bytes_in_workgroup_memory_are_written_apart)
{
    check_narrow(t, "shared_narrow_8", 0xff);
}

TEST(halves_in_workgroup_memory_are_written_apart)
{
    check_narrow(t, "shared_narrow_16", 0xffff);
}

// Memory that is declared to start as zero does, for every group, however many ran before. Each
// invocation first reads what another one may have had to clear, which a driver that clears memory
// without a barrier gets wrong (gfx-rs/wgpu#4591).
TEST(workgroup_memory_starts_as_zero_where_declared)
{
    enum { COUNT = 200 * 512 };
    uint32_t *expected = kt_alloc(t, 4 * COUNT), *actual = kt_alloc(t, 4 * COUNT);
    if (kernel_run_once(t, &(kernel_run){.shader = "shared_zero",
                                         .groups = {COUNT / 512},
                                         .output = actual,
                                         .output_bytes = 4 * COUNT}))
        CHECK_U32S(actual, expected, COUNT);
}

// The same of all the memory that a group can have.
TEST(all_workgroup_memory_starts_as_zero_where_declared)
{
    const kro_device_info *device = kt_device(t);
    if (!device)
        return;
    const uint32_t words = device->limits.max_shared_bytes / 4, count = GROUPS * words;
    const kro_constant constant = {0, .value.u32 = words};
    uint32_t *expected = kt_alloc(t, 4 * count), *actual = kt_alloc(t, 4 * count);
    if (kernel_run_once(t, &(kernel_run){.shader = "shared_zero_whole",
                                         .constants = &constant,
                                         .constant_count = 1,
                                         .groups = {GROUPS},
                                         .output = actual,
                                         .output_bytes = 4 * count}))
        CHECK_U32S(actual, expected, count);
}

// Booleans, vectors, matrices, arrays and structs start as zero, too.
TEST(workgroup_variables_of_every_type_start_as_zero_where_declared)
{
    enum { VARIABLES = 10 };
    const uint32_t expected[VARIABLES] = {0};
    kro_buffer *out = kt_buffer(t, sizeof expected, expected);
    kro_pipeline *pipeline = kt_pipeline(t, "shared_zero_types");
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), pipeline,
                          &(kro_dispatch_args){.buffers = {out}, .groups = {200}}));
    CHECK_U32S(kernel_read_all(t, out), expected, VARIABLES);
}

static const struct {
    const char *name, *shader;
    uint64_t needs;
} ZERO_TYPES[] = {{"int8", "shared_zero_int8_t", NEEDS_INT8},
                  {"int16", "shared_zero_int16_t", NEEDS_INT16},
                  {"int32", "shared_zero_int32_t", NEEDS_NOTHING},
                  {"int64", "shared_zero_int64_t", NEEDS_INT64},
                  {"float16", "shared_zero_float16_t", NEEDS_FLOAT16},
                  {"float32", "shared_zero_float32_t", NEEDS_NOTHING},
                  {"float64", "shared_zero_float64_t", NEEDS_FLOAT64}};

TEST_PARAMS(zero_types)
{
    for (size_t i = 0; i < sizeof ZERO_TYPES / sizeof ZERO_TYPES[0]; i++)
        kt_param(params, "%s", ZERO_TYPES[i].name);
}

// Scalars, vectors and structs of every width.
TEST_FAMILY_CASE(workgroup_arrays_start_as_zero_where_declared)
{
    (void)param;
    enum { ALL_GROUPS = 50, IN_GROUP = 500 + 3 * 100 + 4 * 100 };
    const size_t type = kt_param_index(t);
    const uint32_t expected[] = {0, ALL_GROUPS * IN_GROUP};
    if (!kernel_has(t, ZERO_TYPES[type].needs))
        return;
    kro_buffer *out = kt_buffer(t, sizeof expected, &(uint32_t[2]){0});
    kro_pipeline *pipeline = kt_pipeline(t, ZERO_TYPES[type].shader);
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), pipeline,
                          &(kro_dispatch_args){.buffers = {out}, .groups = {ALL_GROUPS}}));
    CHECK_U32S(kernel_read_all(t, out), expected, 2);
}

// Writes to a buffer are seen by the rest of the group after a barrier.
TEST(buffer_writes_cross_barriers_of_a_group)
{
    enum { COUNT = GROUPS * 64 };
    const uint32_t rounds = 100;
    uint32_t x[COUNT], next[COUNT];
    kt_fill_u32s(t, x, COUNT);
    kro_buffer *data = kt_buffer(t, sizeof x, x);
    for (uint32_t round = 0; round < rounds; round++) {
        for (uint32_t i = 0; i < COUNT; i++)
            next[i] = x[i / 64 * 64 + (i + 1 + round) % 64] + i % 64;
        memcpy(x, next, sizeof x);
    }
    CHECK_OK(kro_dispatch(
        kro_context_stream(kt_context(t)), kt_pipeline(t, "exchange_in_buffer"),
        &(kro_dispatch_args){
            .buffers = {data}, .push = &rounds, .push_bytes = sizeof rounds, .groups = {GROUPS}}));
    CHECK_U32S(kernel_read_all(t, data), x, COUNT);
}
