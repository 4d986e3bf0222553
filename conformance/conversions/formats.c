// Conversions between floating-point formats and to and from integers.
#include "exact.h"
#include "kernel.h"

#include <math.h>

enum { SAMPLES = 8192 };

// A number below `limit` in magnitude with any number of leading zeros, or close to a small
// integer.
static double random_number(kt_test *t, double limit)
{
    const double unit = (double)(kt_random_u64(t) >> 11) / 0x1p53;
    const double sign = kt_random_below(t, 2) ? -1 : 1;
    const int octaves = ilogb(limit) + 4;
    double magnitude = ldexp(1 + unit, (int)kt_random_below(t, (uint64_t)octaves) - 4);
    if (kt_random_below(t, 4) == 0)
        magnitude = floor(magnitude) + ldexp(1, -10);
    return magnitude < limit ? sign * magnitude : sign * 0.75;
}

static uint32_t random_word(kt_test *t, uint32_t i)
{
    static const uint32_t SPECIAL[] = {0,          1,          2,          0x7fffffff, 0x80000000,
                                       0x80000001, 0xffffffff, 0xfffffffe, 0x00ffffff, 0x01000001,
                                       0x01000003, 0x7fffff80, 0x7fffffbf, 0x7fffffc0, 0xffffff80};
    if (i < sizeof SPECIAL / sizeof SPECIAL[0])
        return SPECIAL[i];
    return kt_random_u32(t) >> kt_random_below(t, 32);
}

// Checks of one result; only the first mistake of a case, when `*wrong` is 0, is worth a line.

static void check_converted(kt_test *t, uint32_t *wrong, const char *what, double from,
                            const exact_format *format, exact_range allowed, double result)
{
    if (!exact_range_allows(format, allowed, result) && (*wrong)++ == 0)
        FAILF(t, "%s of %a (%.0f) gave %a, not %a or %a", what, from, from, result, allowed.low,
              allowed.high);
}

static void check_truncated(kt_test *t, uint32_t *wrong, const char *what, double from,
                            int64_t result)
{
    const int64_t expected = (int64_t)from; // towards zero, as C does
    if (result != expected && (*wrong)++ == 0)
        FAILF(t, "%s of %a gave %lld, not %lld", what, from, (long long)result,
              (long long)expected);
}

TEST(single_precision_and_32_bit_integers_convert)
{
    typedef struct results {
        int32_t to_int;
        uint32_t to_uint;
        float from_int, from_uint;
    } results;
    float a[SAMPLES];
    uint32_t b[SAMPLES];
    results *actual = kt_alloc(t, SAMPLES * sizeof *actual);
    for (uint32_t i = 0; i < SAMPLES; i++) {
        a[i] = (float)random_number(t, 0x1.fffffep30);
        b[i] = random_word(t, i);
    }
    a[0] = 0x1.fffffep30f;
    a[1] = -0x1.fffffep30f;
    a[2] = -0x1p31f * 0.5f;
    if (!kernel_map(t, "float_integer_32", (kernel_input[]){{a, sizeof a}, {b, sizeof b}, {0}},
                    SAMPLES, actual, SAMPLES * sizeof *actual))
        return;
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < SAMPLES; i++) {
        const int32_t integer = (int32_t)b[i];
        check_truncated(t, &wrong, "int", a[i], actual[i].to_int);
        check_truncated(t, &wrong, "uint", fabsf(a[i]), actual[i].to_uint);
        check_converted(t, &wrong, "float(int)", integer, &exact_single,
                        exact_round(&exact_single, integer), actual[i].from_int);
        check_converted(t, &wrong, "float(uint)", b[i], &exact_single,
                        exact_round(&exact_single, b[i]), actual[i].from_uint);
    }
}

TEST(double_precision_and_32_bit_integers_convert)
{
    typedef struct results {
        int32_t to_int;
        uint32_t to_uint;
        double from_int, from_uint;
    } results;
    double *a = kt_alloc(t, SAMPLES * sizeof *a);
    uint32_t b[SAMPLES];
    results *actual = kt_alloc(t, SAMPLES * sizeof *actual);
    for (uint32_t i = 0; i < SAMPLES; i++) {
        a[i] = random_number(t, 0x1p31);
        b[i] = random_word(t, i);
    }
    a[0] = 2147483647.5;
    a[1] = -2147483648.5 + 0x1p-10;
    if (!kernel_map(t, "float_integer_64",
                    (kernel_input[]){{a, SAMPLES * sizeof *a}, {b, sizeof b}, {0}}, SAMPLES, actual,
                    SAMPLES * sizeof *actual))
        return;
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < SAMPLES; i++) {
        const exact_range as_int = {(int32_t)b[i], (int32_t)b[i]}, as_uint = {b[i], b[i]};
        check_truncated(t, &wrong, "int", a[i], actual[i].to_int);
        check_truncated(t, &wrong, "uint", fabs(a[i]), actual[i].to_uint);
        check_converted(t, &wrong, "double(int)", as_int.low, &exact_double, as_int,
                        actual[i].from_int);
        check_converted(t, &wrong, "double(uint)", as_uint.low, &exact_double, as_uint,
                        actual[i].from_uint);
    }
}

TEST(half_precision_and_32_bit_integers_convert)
{
    typedef struct results {
        int32_t to_int;
        uint32_t to_uint;
        uint16_t from_int, from_uint;
    } results;
    enum { ALL = 1 << 16 };
    uint16_t *a = kt_alloc(t, ALL * sizeof *a);
    uint32_t *b = kt_alloc(t, ALL * sizeof *b), count = 0;
    for (uint32_t bits = 0; bits < ALL; bits++) {
        if ((bits & 0x7c00) == 0x7c00) // infinities and NaNs
            continue;
        a[count] = (uint16_t)bits;
        // From -65504 to 65504: what half precision can hold.
        b[count++] = (uint32_t)((int32_t)kt_random_below(t, 2 * 65504 + 1) - 65504);
    }
    results *actual = kt_alloc(t, count * sizeof *actual);
    if (!kernel_map(t, "float_integer_16",
                    (kernel_input[]){{a, count * sizeof *a}, {b, count * sizeof *b}, {0}}, count,
                    actual, count * sizeof *actual))
        return;
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < count; i++) {
        const double from = exact_decode(&exact_half, a[i]);
        check_truncated(t, &wrong, "int", from, actual[i].to_int);
        check_truncated(t, &wrong, "uint", fabs(from), actual[i].to_uint);
        check_converted(t, &wrong, "float16(int)", (int32_t)b[i], &exact_half,
                        exact_round(&exact_half, (int32_t)b[i]),
                        exact_decode(&exact_half, actual[i].from_int));
        check_converted(t, &wrong, "float16(uint)", b[i] & 0xffff, &exact_half,
                        exact_round(&exact_half, b[i] & 0xffff),
                        exact_decode(&exact_half, actual[i].from_uint));
    }
}

TEST(floats_and_64_bit_integers_convert)
{
    typedef struct results {
        int64_t double_to_int, float_to_int;
        double double_from_int, double_from_uint;
        float float_from_int, float_from_uint;
    } results;
    double *a = kt_alloc(t, SAMPLES * sizeof *a);
    uint64_t *b = kt_alloc(t, SAMPLES * sizeof *b);
    float c[SAMPLES];
    results *actual = kt_alloc(t, SAMPLES * sizeof *actual);
    for (uint32_t i = 0; i < SAMPLES; i++) {
        a[i] = random_number(t, 0x1p63);
        b[i] = i < 64 ? UINT64_MAX >> i : kt_random_u64(t) >> kt_random_below(t, 64);
        c[i] = (float)random_number(t, 0x1.fffffep62);
    }
    if (!kernel_map(t, "float_long_integer",
                    (kernel_input[]){
                        {a, SAMPLES * sizeof *a}, {b, SAMPLES * sizeof *b}, {c, sizeof c}, {0}},
                    SAMPLES, actual, SAMPLES * sizeof *actual))
        return;
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < SAMPLES; i++) {
        const bool negative = b[i] >> 63;
        const uint64_t magnitude = negative ? 0 - b[i] : b[i];
        const double as_int = (double)(int64_t)b[i], as_uint = (double)b[i];
        check_truncated(t, &wrong, "int64(double)", a[i], actual[i].double_to_int);
        check_truncated(t, &wrong, "int64(float)", c[i], actual[i].float_to_int);
        check_converted(t, &wrong, "double(int64)", as_int, &exact_double,
                        exact_round_u64(&exact_double, magnitude, negative),
                        actual[i].double_from_int);
        check_converted(t, &wrong, "double(uint64)", as_uint, &exact_double,
                        exact_round_u64(&exact_double, b[i], false), actual[i].double_from_uint);
        check_converted(t, &wrong, "float(int64)", as_int, &exact_single,
                        exact_round_u64(&exact_single, magnitude, negative),
                        actual[i].float_from_int);
        check_converted(t, &wrong, "float(uint64)", as_uint, &exact_single,
                        exact_round_u64(&exact_single, b[i], false), actual[i].float_from_uint);
    }
}

// Every finite half is exact in single precision.
TEST(halves_widen_exactly)
{
    enum { ALL = 1 << 16 };
    uint16_t *x = kt_alloc(t, ALL * sizeof *x);
    float *actual = kt_alloc(t, ALL * sizeof *actual);
    uint32_t count = 0;
    for (uint32_t bits = 0; bits < ALL; bits++)
        if ((bits & 0x7c00) != 0x7c00)
            x[count++] = (uint16_t)bits;
    if (!kernel_map(t, "half_to_float", (kernel_input[]){{x, ALL * sizeof *x}, {0}}, count, actual,
                    count * sizeof *actual))
        return;
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < count; i++) {
        const double from = exact_decode(&exact_half, x[i]);
        // A denormal half may have been taken as zero.
        check_converted(t, &wrong, "float(float16)", from, &exact_half, (exact_range){from, from},
                        actual[i]);
    }
}

// Single precision is rounded to a neighbour in half precision, at overflow and underflow too.
TEST(singles_narrow_to_neighbouring_halves)
{
    enum { COUNT = 1 << 16 };
    float *x = kt_alloc(t, COUNT * sizeof *x);
    uint16_t *actual = kt_alloc(t, COUNT * sizeof *actual);
    for (uint32_t i = 0; i < COUNT; i++) {
        // Around every half: exact, halfway to the next, and anywhere between.
        double half = exact_decode(&exact_half, i);
        if (!isfinite(half))
            half = 65504;
        const double ulp = exact_ulp(&exact_half, half);
        const double parts[] = {0, 0.5, 0.25, 0x1.fff8p-2, 0x1.0008p-1, 0.75};
        x[i] = (float)(half + ulp * parts[kt_random_below(t, 6)]);
    }
    if (!kernel_map(t, "float_to_half", (kernel_input[]){{x, COUNT * sizeof *x}, {0}}, COUNT,
                    actual, COUNT * sizeof *actual))
        return;
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < COUNT; i++)
        check_converted(t, &wrong, "float16(float)", x[i], &exact_half,
                        exact_round(&exact_half, x[i]), exact_decode(&exact_half, actual[i]));
}

TEST(singles_and_doubles_convert)
{
    float x[SAMPLES];
    double *d = kt_alloc(t, SAMPLES * sizeof *d), *actual = kt_alloc(t, 2 * SAMPLES * sizeof *d);
    for (uint32_t i = 0; i < SAMPLES; i++) {
        x[i] = (float)random_number(t, 0x1p120) * (i & 1 ? 0x1p-120f : 1);
        const double ulp = exact_ulp(&exact_single, x[i]);
        d[i] = x[i] + ulp * (double)kt_random_below(t, 9) / 8;
    }
    if (!kernel_map(t, "float_to_double",
                    (kernel_input[]){{x, sizeof x}, {d, SAMPLES * sizeof *d}, {0}}, SAMPLES, actual,
                    2 * SAMPLES * sizeof *d))
        return;
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < SAMPLES; i++) {
        check_converted(t, &wrong, "double(float)", x[i], &exact_single, (exact_range){x[i], x[i]},
                        actual[2 * i]);
        check_converted(t, &wrong, "float(double)", d[i], &exact_single,
                        exact_round(&exact_single, d[i]), actual[2 * i + 1]);
    }
}
