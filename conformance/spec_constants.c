// Specialization constants: values of each type, and what they decide.
#include "kernel.h"

#include <string.h>

// Runs a kernel of one invocation that writes what it makes of its constants.
static bool run_constants(kt_test *t, const char *shader, const kro_constant *constants,
                          uint32_t count, void *actual, uint64_t actual_bytes)
{
    return kernel_run_once(t, &(kernel_run){.shader = shader,
                                            .constants = constants,
                                            .constant_count = count,
                                            .groups = {1},
                                            .output = actual,
                                            .output_bytes = actual_bytes});
}

static uint32_t float_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

// Constants that nobody sets keep the shader's values; those that are set change alone.
TEST(constants_of_32_bits_take_their_values)
{
    uint32_t actual[5];
    const uint32_t defaults[] = {1, 0, (uint32_t)-7, 0x80000001, float_bits(-1.5f)};
    if (run_constants(t, "constant_types", NULL, 0, actual, sizeof actual))
        CHECK_U32S(actual, defaults, 5);

    const kro_constant all[] = {{0, .value.u32 = 0},
                                {1, .value.u32 = 1},
                                {2, .value.i32 = INT32_MIN},
                                {3, .value.u32 = UINT32_MAX},
                                {100, .value.f32 = 0x1.fffffep127f}};
    const uint32_t set[] = {0, 1, 0x80000000, UINT32_MAX, float_bits(0x1.fffffep127f)};
    if (run_constants(t, "constant_types", all, 5, actual, sizeof actual))
        CHECK_U32S(actual, set, 5);

    const kro_constant some[] = {{3, .value.u32 = 5}, {0, .value.u32 = 0}};
    const uint32_t mixed[] = {0, 0, (uint32_t)-7, 5, float_bits(-1.5f)};
    if (run_constants(t, "constant_types", some, 2, actual, sizeof actual))
        CHECK_U32S(actual, mixed, 5);
}

TEST(constants_of_8_bits_take_their_values)
{
    const kro_constant set[] = {{0, .value.i8 = -128}, {1, .value.u8 = 255}};
    const uint32_t defaults[] = {(uint32_t)-7, 200}, expected[] = {(uint32_t)-128, 255};
    uint32_t actual[2];
    if (run_constants(t, "constant_types_8", NULL, 0, actual, sizeof actual))
        CHECK_U32S(actual, defaults, 2);
    if (run_constants(t, "constant_types_8", set, 2, actual, sizeof actual))
        CHECK_U32S(actual, expected, 2);
}

TEST(constants_of_16_bits_take_their_values)
{
    const kro_constant set[] = {{0, .value.i16 = INT16_MIN}, {1, .value.u16 = 0xffff}};
    const uint32_t defaults[] = {(uint32_t)-7, 0xfedc}, expected[] = {0xffff8000, 0xffff};
    uint32_t actual[2];
    if (run_constants(t, "constant_types_16", NULL, 0, actual, sizeof actual))
        CHECK_U32S(actual, defaults, 2);
    if (run_constants(t, "constant_types_16", set, 2, actual, sizeof actual))
        CHECK_U32S(actual, expected, 2);
}

TEST(constants_of_half_precision_take_their_values)
{
    const kro_constant set = {0, .value.u16 = 0x7bff}; // 65504, the largest
    const uint32_t defaults = float_bits(-1.5f), expected = float_bits(65504.0f);
    uint32_t actual;
    if (run_constants(t, "constant_types_half", NULL, 0, &actual, sizeof actual))
        CHECK_EQ_U64(actual, defaults);
    if (run_constants(t, "constant_types_half", &set, 1, &actual, sizeof actual))
        CHECK_EQ_U64(actual, expected);
}

TEST(constants_of_64_bits_take_their_values)
{
    const kro_constant set[] = {{0, .value.i64 = INT64_MIN}, {1, .value.u64 = 0x123456789abcdef0}};
    const uint64_t defaults[] = {(uint64_t)-7, 0xfedcba9876543210};
    const uint64_t expected[] = {UINT64_C(1) << 63, 0x123456789abcdef0};
    uint64_t actual[2];
    if (run_constants(t, "constant_types_64", NULL, 0, actual, sizeof actual))
        CHECK_U64S(actual, defaults, 2);
    if (run_constants(t, "constant_types_64", set, 2, actual, sizeof actual))
        CHECK_U64S(actual, expected, 2);
}

TEST(constants_of_double_precision_take_their_values)
{
    const double defaults = -1.5, expected = 0x1.fffffffffffffp1023;
    const kro_constant set = {0, .value.f64 = expected};
    double actual;
    if (run_constants(t, "constant_types_double", NULL, 0, &actual, sizeof actual))
        CHECK_DOUBLES(&actual, &defaults, 1);
    if (run_constants(t, "constant_types_double", &set, 1, &actual, sizeof actual))
        CHECK_DOUBLES(&actual, &expected, 1);
}

// Expressions of constants are folded to what the host computes. a / b is rounded towards zero and
// fits, d is not 0.
static void check_expressions(kt_test *t, int32_t a, int32_t b, uint32_t c, uint32_t d)
{
    const uint32_t ua = (uint32_t)a, ub = (uint32_t)b, shift = d & 31;
    const uint32_t expected[] = {
        ua + ub,
        ua - ub,
        ua * ub,
        (uint32_t)(a / b),
        0u - ua,
        ~ua,
        c / d,
        c % d,
        c & d,
        c | d,
        c ^ d,
        c << shift,
        c >> shift,
        (uint32_t)(a >> shift), // arithmetic with every compiler that builds Kronos
        a < b,
        c < d,
        a == b,
        (a < b) != (c < d),
        (uint32_t)(a < b ? a : b),
        ua,
        c,
        d,
        c + d,
    };
    enum { COUNT = sizeof expected / sizeof expected[0] };
    const kro_constant constants[] = {
        {0, .value.i32 = a}, {1, .value.i32 = b}, {2, .value.u32 = c}, {3, .value.u32 = d}};
    uint32_t actual[COUNT];
    if (!run_constants(t, "constant_expressions", constants, 4, actual, sizeof actual) ||
        !CHECK_U32S(actual, expected, COUNT))
        LOGF(t, "with a = %d, b = %d, c = %u, d = %u", a, b, c, d);
}

TEST(constant_expressions_fold_to_the_right_values)
{
    check_expressions(t, 1, 1, 1, 1);
    check_expressions(t, -12, -5, 100, 7);
    check_expressions(t, INT32_MIN, 1, UINT32_MAX, 31);
    check_expressions(t, INT32_MAX, INT32_MAX, 0, 0x80000000);
    check_expressions(t, -7, 2, 0x80000000, UINT32_MAX);
    check_expressions(t, 7, -2, 5, 0xfffffff0);
    for (int i = 0; i < 8; i++)
        check_expressions(t, (int32_t)(kt_random_u32(t) >> 1), (int32_t)(kt_random_u32(t) >> 8) + 1,
                          kt_random_u32(t), kt_random_u32(t) | 1);
}

// Private arrays and workgroup arrays are as long as constants say.
TEST(constants_decide_array_lengths)
{
    static const uint32_t LENGTHS[][2] = {{1, 1}, {2, 3}, {3, 1}, {17, 5}, {64, 16}, {100, 40}};
    for (size_t k = 0; k < sizeof LENGTHS / sizeof LENGTHS[0]; k++) {
        const uint32_t own = LENGTHS[k][0], group = own * LENGTHS[k][1], all = own + group;
        const kro_constant constants[] = {{0, .value.u32 = own}, {1, .value.u32 = LENGTHS[k][1]}};
        uint32_t *expected = kt_alloc(t, 4 * all), *actual = kt_alloc(t, 4 * all);
        for (uint32_t i = 0; i < own; i++)
            expected[i] = (own - 1 - i) * 3 + 1;
        for (uint32_t i = 0; i < group; i++)
            expected[own + i] = (group - 1 - i) * 5 + 2;
        if (run_constants(t, "constant_array_length", constants, 2, actual, 4 * all))
            CHECK_U32S(actual, expected, all);
    }
}

static uint32_t branch_model(uint32_t mode, uint32_t rounds, uint32_t value)
{
    if (mode == 0)
        value += 1;
    else if (mode == 1)
        value = (value * 3) ^ 0x55;
    else if (mode == 2)
        value ^= 0x55;
    else if (mode == 700)
        value = ~value;
    else
        value = 0xbad;
    for (uint32_t round = 0; round < rounds; round++)
        value = value * 5 + round;
    return value;
}

// One module, many pipelines: each takes the branches that its own constants name, also where all
// of them run in one submit.
TEST(constants_decide_branches_and_loops)
{
    enum { COUNT = 300, MODES = 6 };
    static const uint32_t MODE[MODES] = {0, 1, 2, 700, 3, UINT32_MAX};
    kro_buffer *out[MODES];
    kro_stream *stream = kt_stream(t);
    for (uint32_t k = 0; k < MODES; k++) {
        const kro_constant constants[] = {{0, .value.u32 = MODE[k]}, {1, .value.u32 = k * 7}};
        kro_pipeline *pipeline =
            kt_pipeline_in(t, kt_context(t), "constant_branches",
                           &(kro_pipeline_config){.constants = constants, .constant_count = 2});
        out[k] = kt_buffer(t, 4 * COUNT, NULL);
        CHECK_OK(kro_dispatch(stream, pipeline,
                              &(kro_dispatch_args){.buffers = {out[k]}, .threads = {COUNT}}));
    }
    CHECK_OK(kro_finish(stream));
    for (uint32_t k = 0; k < MODES; k++) {
        uint32_t expected[COUNT];
        for (uint32_t i = 0; i < COUNT; i++)
            expected[i] = branch_model(MODE[k], k * 7, i);
        CHECK_U32S(kernel_read_all(t, out[k]), expected, COUNT);
    }
}
