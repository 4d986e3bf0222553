// Tests of the kernels: what the device computes, against what this file computes.
#include <kronos/test.h>

static const uint32_t smooth_spirv[] =
#include "smooth.spv.inc"
    ;

enum { MAX_COUNT = 1000 };

// Runs the kernel on `count` numbers and compares.
static void check_smooth(kro_test *t, uint32_t count)
{
    float x[MAX_COUNT], want[MAX_COUNT];
    for (uint32_t i = 0; i < count; i++)
        x[i] = 1.0f + (float)(i * i % 17);
    for (uint32_t i = 0; i < count; i++) {
        float before = x[i > 0 ? i - 1 : 0], after = x[i + 1 < count ? i + 1 : i];
        want[i] = (before + x[i] + after) / 3.0f;
    }

    kro_pipeline *smooth = kro_test_pipeline(t, smooth_spirv, sizeof smooth_spirv, NULL, 0);
    kro_buffer *from = kro_test_buffer(t, count * sizeof *x, x);
    kro_buffer *to = kro_test_buffer(t, count * sizeof *x, NULL);
    KRO_CHECK_OK(kro_dispatch(kro_test_stream(t), smooth,
                              &(kro_dispatch_args){.buffers = {from, to},
                                                   .push = &count,
                                                   .push_bytes = sizeof count,
                                                   .threads = {count}}));
    // Vulkan lets a division be 2.5 units in the last place away.
    KRO_CHECK_NEAR(to, want, count, .ulp = 3);
}

KRO_TEST(smooths_many_numbers)
{
    check_smooth(t, MAX_COUNT); // not a multiple of the workgroup's size
}

KRO_TEST(smooths_one_number)
{
    check_smooth(t, 1);
}

static const kro_test_case CASES[] = {
    {"smooths_many_numbers", smooths_many_numbers},
    {"smooths_one_number", smooths_one_number},
};
KRO_TEST_MAIN(CASES)
