// Tests of kernels that end in every way: what kronos/test.h is tested on. Compiled as C, and as
// C++ by kernel_sample.cpp.
#include <kronos/test.h>

#include <string.h>

static const uint32_t vector_add_spirv[] =
#include "vector_add.spv.inc"
    ;

enum { COUNT = 5 };

KRO_TEST(adds_vectors)
{
    const float a[COUNT] = {1, 2, 3, 4, 5}, b[COUNT] = {10, 20, 30, 40, 50};
    const float want[COUNT] = {11, 22, 33, 44, 55};
    kro_pipeline *add = kro_test_pipeline(t, vector_add_spirv, sizeof vector_add_spirv, NULL, 0);
    kro_buffer *sum = kro_test_buffer(t, sizeof want, NULL);
    kro_dispatch_args args;
    memset(&args, 0, sizeof args);
    args.buffers[0] = kro_test_buffer(t, sizeof a, a);
    args.buffers[1] = kro_test_buffer(t, sizeof b, b);
    args.buffers[2] = sum;
    args.threads[0] = COUNT;
    KRO_CHECK_OK(kro_dispatch(kro_test_stream(t), add, &args));
    KRO_CHECK_NEAR(sum, want, COUNT);
    KRO_CHECK(kro_pipeline_get_info(add)->binding_count == 3);
}

// A buffer of `size_bytes` that holds `data`, against the same data.
#define ROUND_TRIP(CHECK_IT, type, ...)                                  \
    do {                                                                 \
        const type data[] = {__VA_ARGS__};                               \
        kro_buffer *buffer = kro_test_buffer(t, sizeof data, data);      \
        KRO_CHECK(CHECK_IT(buffer, data, sizeof data / sizeof data[0])); \
    } while (0)

KRO_TEST(takes_every_type)
{
    ROUND_TRIP(KRO_CHECK_EQ, uint8_t, 0, 255);
    ROUND_TRIP(KRO_CHECK_EQ, uint16_t, 0, 65535);
    ROUND_TRIP(KRO_CHECK_EQ, uint32_t, 0, UINT32_MAX);
    ROUND_TRIP(KRO_CHECK_EQ, uint64_t, 0, UINT64_MAX);
    ROUND_TRIP(KRO_CHECK_EQ, int8_t, INT8_MIN, 127);
    ROUND_TRIP(KRO_CHECK_EQ, int16_t, INT16_MIN, 32767);
    ROUND_TRIP(KRO_CHECK_EQ, int32_t, INT32_MIN, 1);
    ROUND_TRIP(KRO_CHECK_EQ, int64_t, INT64_MIN, 1);
    ROUND_TRIP(KRO_CHECK_EQ, unsigned long long, 1, 2);
    ROUND_TRIP(KRO_CHECK_EQ, long long, 1, 2);
    ROUND_TRIP(KRO_CHECK_NEAR, float, 0.5f, -2.0f);
    ROUND_TRIP(KRO_CHECK_NEAR, double, 0.5, -2.0);
    ROUND_TRIP(KRO_CHECK_NEAR, uint16_t, 0x3c00, 0xc000);
}

KRO_TEST(takes_every_option)
{
    const float got[] = {1.0f, -0.0f};
    float near_by[] = {1.00000012f, 0.0f};
    kro_buffer *buffer = kro_test_buffer(t, sizeof got, got);
    KRO_CHECK_NEAR(buffer, near_by, 2, .ulp = 1);
    KRO_CHECK_NEAR(buffer, near_by, 2, .absolute = 1e-6);
    KRO_CHECK_NEAR(buffer, near_by, 2, .ulp = 1, .any_zero_sign = true);
    KRO_CHECK_NEAR(buffer, near_by, 2, .ulp = 0, .absolute = 1e-6, .any_zero_sign = true);
}

KRO_TEST(floats_differ)
{
    const float got[COUNT] = {1, 2, 3, 4, 5}, want[COUNT] = {1, 2.00000048f, 3, 4, 5.00000095f};
    kro_buffer *floats = kro_test_buffer(t, sizeof got, got);
    KRO_CHECK_NEAR(floats, want, COUNT, .ulp = 1);
    // What failed stays failed.
    KRO_CHECK_NEAR(floats, got, COUNT);
}

KRO_TEST(doubles_differ)
{
    const double got = 0.5, want = 0.25;
    kro_buffer *doubles = kro_test_buffer(t, sizeof got, &got);
    KRO_CHECK_NEAR(doubles, &want, 1, .absolute = 0.125);
}

KRO_TEST(halves_differ)
{
    const uint16_t got = 0x3c00, want = 0x3c02;
    kro_buffer *halves = kro_test_buffer(t, sizeof got, &got);
    KRO_CHECK_NEAR(halves, &want, 1, .ulp = 1);
}

KRO_TEST(integers_differ)
{
    const int16_t got[] = {-1, -2}, want[] = {-1, 2};
    kro_buffer *integers = kro_test_buffer(t, sizeof got, got);
    if (KRO_CHECK_EQ(integers, want, 2))
        KRO_CHECK(!"a failed check is false");
}

KRO_TEST(nothing_was_written)
{
    const uint32_t want[] = {0};
    KRO_CHECK_EQ(kro_test_buffer(t, 4, NULL), want, 1);
}

KRO_TEST(compares_nothing)
{
    const uint32_t want[] = {0};
    KRO_CHECK_EQ(kro_test_buffer(t, 4, NULL), want, 0);
}

KRO_TEST(compares_too_much)
{
    const uint32_t want[] = {0, 1};
    KRO_CHECK_EQ(kro_test_buffer(t, 4, want), want, 2);
}

KRO_TEST(has_no_buffer)
{
    const uint32_t want[] = {0};
    kro_buffer *none = kro_test_buffer(t, 0, NULL);
    KRO_CHECK_EQ(none, want, 1);
}

KRO_TEST(has_no_pipeline)
{
    const uint32_t words[] = {1, 2, 3};
    kro_pipeline *none = kro_test_pipeline(t, words, sizeof words, NULL, 0);
    kro_dispatch_args args;
    memset(&args, 0, sizeof args);
    KRO_CHECK_OK(kro_dispatch(kro_test_stream(t), none, &args));
}

KRO_TEST(leaves_an_error_behind)
{
    KRO_CHECK(true);
    // Not a multiple of 4, and nobody looks.
    (void)kro_fill(kro_test_stream(t), kro_test_buffer(t, 16, NULL), 2, 4, 0);
}

KRO_TEST(fails_a_lot)
{
    for (int i = 0; i < 1000; i++)
        KRO_CHECK(i < 0);
}

KRO_TEST(checks_nothing)
{
    (void)t;
}

KRO_TEST(skips_itself)
{
    kro_test_skip(t, "the device has no %s", "patience");
}

KRO_TEST(skips_too_late)
{
    kro_test_fail(t, __FILE__, __LINE__, "%d is too many", 3);
    kro_test_skip(t, "it is of no use");
}

// The device is the same one for all.
KRO_TEST(uses_the_context)
{
    KRO_CHECK(kro_context_stream(kro_test_context(t)) == kro_test_stream(t));
}

static const kro_test_case CASES[] = {
    {"right/adds_vectors", adds_vectors},
    {"right/takes_every_type", takes_every_type},
    {"right/takes_every_option", takes_every_option},
    {"floats_differ", floats_differ},
    {"doubles_differ", doubles_differ},
    {"halves_differ", halves_differ},
    {"integers_differ", integers_differ},
    {"nothing_was_written", nothing_was_written},
    {"compares_nothing", compares_nothing},
    {"compares_too_much", compares_too_much},
    {"has_no_buffer", has_no_buffer},
    {"has_no_pipeline", has_no_pipeline},
    {"leaves_an_error_behind", leaves_an_error_behind},
    {"fails_a_lot", fails_a_lot},
    {"checks_nothing", checks_nothing},
    {"skips_itself", skips_itself},
    {"skips_too_late", skips_too_late},
    {"right/uses_the_context", uses_the_context},
};
KRO_TEST_MAIN(CASES)
