// Tests of a kernel: what it computes, where it stops, and when there is nothing to test.
#include <kronos/test.h>

#include <string.h>

static const uint32_t saxpy_spirv[] =
#include "saxpy.spv.inc"
    ;

enum { COUNT = 1000 };

typedef struct saxpy_push {
    float a;
    uint32_t count;
} saxpy_push;

// Runs y = a * x + y on the first `count` elements, where x[i] is i and y[i] is 1; y when done.
static kro_buffer *run(kro_test *t, float a, uint32_t count)
{
    float x[COUNT], y[COUNT];
    for (int i = 0; i < COUNT; i++) {
        x[i] = (float)i;
        y[i] = 1.0f;
    }
    const saxpy_push push = {.a = a, .count = count};
    kro_buffer *result = kro_test_buffer(t, sizeof y, y);
    const kro_dispatch_args args = {.buffers = {kro_test_buffer(t, sizeof x, x), result},
                                    .push = &push,
                                    .push_bytes = sizeof push,
                                    .threads = {COUNT}};
    kro_pipeline *saxpy = kro_test_pipeline(t, saxpy_spirv, sizeof saxpy_spirv, NULL, 0);
    KRO_CHECK_OK(kro_dispatch(kro_test_stream(t), saxpy, &args));
    return result;
}

KRO_TEST(saxpy_adds_what_it_scales)
{
    float want[COUNT];
    for (int i = 0; i < COUNT; i++)
        want[i] = 3.0f * (float)i + 1.0f;
    KRO_CHECK_NEAR(run(t, 3.0f, COUNT), want, COUNT, .ulp = 1);
}

// Bits that must not change are compared as integers.
KRO_TEST(saxpy_stops_where_it_is_told)
{
    float want[COUNT];
    uint32_t want_bits[COUNT];
    for (int i = 0; i < COUNT; i++)
        want[i] = i < 3 ? 2.0f * (float)i + 1.0f : 1.0f;
    memcpy(want_bits, want, sizeof want);
    KRO_CHECK_EQ(run(t, 2.0f, 3), want_bits, COUNT);
}

KRO_TEST(rows_fit_in_one_dispatch)
{
    const kro_device_info *info = kro_context_info(kro_test_context(t));
    if (info->limits.max_group_invocations < 64) {
        kro_test_skip(t, "workgroups of %u; the kernel has 64", info->limits.max_group_invocations);
        return;
    }
    KRO_CHECK(info->limits.max_groups[0] >= COUNT / 64);
    if (info->limits.max_push_bytes < sizeof(saxpy_push))
        kro_test_fail(t, __FILE__, __LINE__, "%u bytes of push constants are too few",
                      info->limits.max_push_bytes);
}

static const kro_test_case CASES[] = {
    {"saxpy_adds_what_it_scales", saxpy_adds_what_it_scales},
    {"saxpy_stops_where_it_is_told", saxpy_stops_where_it_is_told},
    {"rows_fit_in_one_dispatch", rows_fit_in_one_dispatch},
};
KRO_TEST_MAIN(CASES)
