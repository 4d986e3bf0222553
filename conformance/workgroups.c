// Workgroups and invocations: that each runs once and knows where it is.
#include "kernel.h"

// What shaders/invocation_ids.comp writes of one invocation.
typedef struct ids {
    uint32_t global[3], index, local[3], count, group[3], size_x, groups[3], size_yz;
} ids;

static ids expected_ids(uint32_t i, const uint32_t size[3], const uint32_t groups[3])
{
    ids expected = {.count = 1, .size_x = size[0], .size_yz = size[1] << 16 | size[2]};
    for (int d = 0; d < 3; d++) {
        const uint32_t all = size[d] * groups[d];
        expected.global[d] = i % all;
        expected.local[d] = i % all % size[d];
        expected.group[d] = i % all / size[d];
        expected.groups[d] = groups[d];
        i /= all;
    }
    expected.index =
        expected.local[0] + size[0] * (expected.local[1] + size[1] * expected.local[2]);
    return expected;
}

// Dispatches groups of a size and checks that every invocation ran once and saw the right ids.
static void check_ids(kt_test *t, const uint32_t size[3], const uint32_t groups[3])
{
    const uint32_t count = size[0] * size[1] * size[2] * groups[0] * groups[1] * groups[2];
    const kro_constant constants[] = {
        {0, .value.u32 = size[0]}, {1, .value.u32 = size[1]}, {2, .value.u32 = size[2]}};
    kro_pipeline *pipeline =
        kt_pipeline_in(t, kt_context(t), "invocation_ids",
                       &(kro_pipeline_config){.constants = constants, .constant_count = 3});
    ids *actual = kt_alloc(t, count * sizeof *actual);
    kt_output out = kt_output_create(t, kt_context(t), count * sizeof *actual);
    kro_stream *stream = kro_context_stream(kt_context(t));
    // The counters of visits start at 0.
    CHECK_OK(kro_fill(stream, out.buffer, out.offset_bytes, out.size_bytes, 0));
    const kro_binding binding = kt_output_binding(&out, 0);
    CHECK_OK(kro_dispatch(stream, pipeline,
                          &(kro_dispatch_args){.bindings = &binding,
                                               .binding_count = 1,
                                               .groups = {groups[0], groups[1], groups[2]}}));
    bool right = kt_output_read(t, &out, actual);
    for (uint32_t i = 0; i < count && right; i++) {
        const ids expected = expected_ids(i, size, groups);
        right = CHECK_U32S(actual[i].global, expected.global, sizeof(ids) / sizeof(uint32_t));
        if (!right)
            LOGF(t, "invocation %u of %ux%ux%u groups of %ux%ux%u", i, groups[0], groups[1],
                 groups[2], size[0], size[1], size[2]);
    }
    kt_release(t, out.buffer);
    kt_release(t, pipeline);
    kt_release(t, actual);
}

// Skips the case where a group of that size is beyond the device.
static bool group_fits(kt_test *t, const uint32_t size[3])
{
    const kro_device_info *device = kt_device(t);
    if (!device)
        return false;
    const kro_limits *limits = &device->limits;
    for (int d = 0; d < 3; d++)
        if (size[d] > limits->max_group_size[d]) {
            SKIP(t, "limits.max_group_size[%d] is %u, needs %u", d, limits->max_group_size[d],
                 size[d]);
            return false;
        }
    if (size[0] * size[1] * size[2] > limits->max_group_invocations) {
        SKIP(t, "limits.max_group_invocations is %u, needs %u", limits->max_group_invocations,
             size[0] * size[1] * size[2]);
        return false;
    }
    return true;
}

// Group sizes and numbers of groups, in up to three dimensions.
typedef struct grid {
    uint32_t size[3], groups[3];
} grid;

static const grid GRIDS[] = {
    {{1, 1, 1}, {1, 1, 1}},   {{1, 1, 1}, {7, 5, 3}},   {{2, 1, 1}, {1000, 1, 1}},
    {{3, 1, 1}, {333, 1, 1}}, {{7, 1, 1}, {143, 1, 1}}, {{8, 1, 1}, {125, 1, 1}},
    {{31, 1, 1}, {33, 1, 1}}, {{32, 1, 1}, {31, 1, 1}}, {{33, 1, 1}, {31, 1, 1}},
    {{64, 1, 1}, {17, 1, 1}}, {{65, 1, 1}, {3, 1, 1}},  {{100, 1, 1}, {11, 1, 1}},
    {{127, 1, 1}, {9, 1, 1}}, {{128, 1, 1}, {8, 1, 1}}, {{1, 128, 1}, {2, 3, 4}},
    {{1, 1, 64}, {4, 3, 2}},  {{8, 8, 1}, {5, 7, 1}},   {{16, 8, 1}, {3, 5, 2}},
    {{4, 4, 4}, {3, 5, 7}},   {{5, 3, 7}, {2, 3, 4}},   {{2, 3, 5}, {11, 7, 3}},
    {{1, 11, 11}, {5, 4, 3}}, {{13, 1, 9}, {2, 4, 6}},  {{256, 1, 1}, {5, 1, 1}},
    {{255, 1, 1}, {3, 2, 1}}, {{512, 1, 1}, {3, 1, 1}}, {{1024, 1, 1}, {3, 1, 1}},
    {{32, 32, 1}, {2, 2, 1}}, {{16, 16, 4}, {2, 1, 3}}, {{1, 1024, 1}, {1, 2, 1}},
};

TEST_PARAMS(grids)
{
    for (size_t i = 0; i < sizeof GRIDS / sizeof GRIDS[0]; i++) {
        const grid *g = &GRIDS[i];
        kt_param(params, "%ux%ux%u-groups-of-%ux%ux%u", g->groups[0], g->groups[1], g->groups[2],
                 g->size[0], g->size[1], g->size[2]);
    }
}

// Every invocation of the grid runs once and sees its own global, local and group ids.
TEST_FAMILY_CASE(invocations_know_their_place)
{
    (void)param;
    const grid *g = &GRIDS[kt_param_index(t)];
    if (group_fits(t, g->size))
        check_ids(t, g->size, g->groups);
}

// The largest groups that the device allows, along each dimension.
TEST(largest_groups_run_whole)
{
    static const uint32_t ONE_GROUP[] = {1, 1, 1};
    const kro_device_info *device = kt_device(t);
    if (!device)
        return;
    for (int d = 0; d < 3; d++) {
        uint32_t size[] = {1, 1, 1};
        size[d] = device->limits.max_group_size[d];
        if (size[d] > device->limits.max_group_invocations)
            size[d] = device->limits.max_group_invocations;
        check_ids(t, size, ONE_GROUP);
    }
}

// As many invocations as a group may have, in two dimensions and in three.
TEST(largest_flat_and_solid_groups_run_whole)
{
    static const uint32_t GROUPS[] = {2, 1, 2};
    const kro_device_info *device = kt_device(t);
    if (!device)
        return;
    const uint32_t *most = device->limits.max_group_size;
    const uint32_t all = device->limits.max_group_invocations;
    for (uint32_t width = 2; width < all; width *= 2) {
        const uint32_t flat[] = {all / width, width, 1}, upright[] = {1, width, all / width};
        const uint32_t solid[] = {all / width / 2, 2, width};
        const uint32_t *sizes[] = {flat, upright, solid};
        for (int i = 0; i < 3; i++)
            if (sizes[i][0] > 0 && sizes[i][0] <= most[0] && sizes[i][1] <= most[1] &&
                sizes[i][2] <= most[2])
                check_ids(t, sizes[i], GROUPS);
    }
}

// Dispatches groups of one invocation, of which each counts itself.
static void check_group_count(kt_test *t, uint32_t x, uint32_t y, uint32_t z)
{
    const kro_device_info *device = kt_device(t);
    const uint32_t groups[] = {x, y, z};
    for (int d = 0; device && d < 3; d++)
        if (groups[d] > device->limits.max_groups[d]) {
            SKIP(t, "limits.max_groups[%d] is %u, needs %u", d, device->limits.max_groups[d],
                 groups[d]);
            return;
        }
    const uint32_t count = x * y * z;
    uint32_t *actual = kt_alloc(t, 4 * count), *expected = kt_alloc(t, 4 * count);
    for (uint32_t i = 0; i < count; i++)
        expected[i] = 1;
    kt_output out = kt_output_create(t, kt_context(t), 4 * count);
    kro_stream *stream = kro_context_stream(kt_context(t));
    CHECK_OK(kro_fill(stream, out.buffer, out.offset_bytes, out.size_bytes, 0));
    const kro_binding binding = kt_output_binding(&out, 0);
    CHECK_OK(kro_dispatch(
        stream, kt_pipeline(t, "count_groups"),
        &(kro_dispatch_args){.bindings = &binding, .binding_count = 1, .groups = {x, y, z}}));
    if (kt_output_read(t, &out, actual))
        CHECK_U32S(actual, expected, count);
}

// As many groups along one dimension as every device takes, and one dimension beyond 16 bits where
// the device goes there.

TEST(all_65535_groups_along_x_run_once)
{
    check_group_count(t, 65535, 1, 1);
}

TEST(all_65535_groups_along_y_run_once)
{
    check_group_count(t, 1, 65535, 1);
}

TEST(all_65535_groups_along_z_run_once)
{
    check_group_count(t, 1, 1, 65535);
}

TEST(all_70000_groups_along_x_run_once)
{
    check_group_count(t, 70000, 1, 1);
}

TEST(all_groups_of_a_wide_grid_run_once)
{
    check_group_count(t, 1021, 127, 3);
}

// Dispatches groups along one dimension, which count themselves in 64 counters.
static void check_last_groups(kt_test *t, uint32_t dimension, uint32_t count)
{
    enum { COUNTERS = 64 };
    uint32_t expected[2 * COUNTERS], actual[2 * COUNTERS], groups[] = {1, 1, 1};
    groups[dimension] = count;
    for (uint32_t i = 0; i < COUNTERS; i++) {
        expected[i] = (count - i + COUNTERS - 1) / COUNTERS;
        expected[COUNTERS + i] = count - 1 - i;
    }
    const kro_constant constant = {0, .value.u32 = dimension};
    kro_pipeline *pipeline =
        kt_pipeline_in(t, kt_context(t), "last_groups",
                       &(kro_pipeline_config){.constants = &constant, .constant_count = 1});
    kt_output out = kt_output_create(t, kt_context(t), sizeof actual);
    kro_stream *stream = kro_context_stream(kt_context(t));
    CHECK_OK(kro_fill(stream, out.buffer, out.offset_bytes, out.size_bytes, 0));
    const kro_binding binding = kt_output_binding(&out, 0);
    CHECK_OK(kro_dispatch(stream, pipeline,
                          &(kro_dispatch_args){.bindings = &binding,
                                               .binding_count = 1,
                                               .groups = {groups[0], groups[1], groups[2]}}));
    if (kt_output_read(t, &out, actual) && !CHECK_U32S(actual, expected, 2 * COUNTERS))
        LOGF(t, "with %u groups along dimension %u", count, dimension);
}

// Exactly limits.max_groups along each dimension, but at most one more than fits the 24 bits of a
// float's significand.
TEST(most_groups_run_once)
{
    enum { MOST = (1 << 24) + 1 };
    const kro_device_info *device = kt_device(t);
    for (uint32_t d = 0; device && d < 3; d++) {
        const uint32_t limit = device->limits.max_groups[d];
        check_last_groups(t, d, limit < MOST ? limit : MOST);
    }
}

// All 2^31 - 1, where the device goes there.
TEST(all_groups_along_each_dimension_run_once)
{
    const kro_device_info *device = kt_device(t);
    for (uint32_t d = 0; device && d < 3; d++)
        check_last_groups(t, d, device->limits.max_groups[d]);
}

// Threads are rounded up to whole groups, in each dimension; groups of the kernel are 16 x 4.
TEST(threads_are_rounded_up_to_whole_groups)
{
    static const uint32_t THREADS[][3] = {{1, 1, 1},   {16, 4, 1},   {17, 4, 1}, {15, 5, 1},
                                          {33, 9, 2},  {1000, 1, 1}, {1, 77, 3}, {64, 64, 1},
                                          {65, 63, 4}, {5, 0, 0},    {100, 3, 0}};
    kro_pipeline *pipeline = kt_pipeline(t, "count_visits");
    kro_stream *stream = kro_context_stream(kt_context(t));
    for (size_t k = 0; k < sizeof THREADS / sizeof THREADS[0]; k++) {
        const uint32_t *threads = THREADS[k];
        // The area that whole groups cover: every invocation in it is visited.
        const uint32_t width = (threads[0] + 15) / 16 * 16;
        const uint32_t height = ((threads[1] ? threads[1] : 1) + 3) / 4 * 4;
        const uint32_t depth = threads[2] ? threads[2] : 1, count = width * height * depth;
        const uint32_t push[] = {width, height};
        uint32_t *actual = kt_alloc(t, 4 * count), *expected = kt_alloc(t, 4 * count);
        for (uint32_t i = 0; i < count; i++)
            expected[i] = 1;
        kt_output out = kt_output_create(t, kt_context(t), 4 * count);
        CHECK_OK(kro_fill(stream, out.buffer, out.offset_bytes, out.size_bytes, 0));
        const kro_binding binding = kt_output_binding(&out, 0);
        CHECK_OK(
            kro_dispatch(stream, pipeline,
                         &(kro_dispatch_args){.bindings = &binding,
                                              .binding_count = 1,
                                              .push = push,
                                              .push_bytes = sizeof push,
                                              .threads = {threads[0], threads[1], threads[2]}}));
        if (kt_output_read(t, &out, actual))
            CHECK_U32S(actual, expected, count);
    }
}

// With dims a zero anywhere means no work, and no work leaves everything as it was.
TEST(empty_dispatches_do_nothing)
{
    enum { COUNT = 4096 };
    static const uint32_t EMPTY[][4] = {{1, 0, 0, 0}, {2, 5, 0, 0}, {2, 0, 5, 0},
                                        {3, 0, 0, 0}, {3, 4, 0, 3}, {3, 4, 3, 0}};
    uint32_t expected[COUNT];
    kt_poison(expected, sizeof expected);
    kro_buffer *out = kt_buffer(t, sizeof expected, NULL);
    kro_pipeline *pipeline = kt_pipeline(t, "count_groups");
    kro_stream *stream = kt_stream(t);
    for (size_t k = 0; k < sizeof EMPTY / sizeof EMPTY[0]; k++) {
        const uint32_t *e = EMPTY[k];
        CHECK_OK(kro_dispatch(
            stream, pipeline,
            &(kro_dispatch_args){.buffers = {out}, .dims = e[0], .groups = {e[1], e[2], e[3]}}));
        CHECK_OK(kro_dispatch(
            stream, pipeline,
            &(kro_dispatch_args){.buffers = {out}, .dims = e[0], .threads = {e[1], e[2], e[3]}}));
    }
    CHECK_OK(kro_finish(stream));
    CHECK_U32S(kernel_read_all(t, out), expected, COUNT);
}
