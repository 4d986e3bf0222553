// Transcendental functions against the bounds of Vulkan's precision table. The reference is the
// host's double precision, which is closer than any of these bounds by a factor of 2^20.
#include "exact.h"
#include "kernel.h"

#include <math.h>
#include <string.h>

#include "../shaders/float_functions.h"

static const char *const FUNCTION_NAMES[FUNCTION_COUNT] = {
    [FUNCTION_EXP] = "exp",   [FUNCTION_EXP2] = "exp2",   [FUNCTION_LOG] = "log",
    [FUNCTION_LOG2] = "log2", [FUNCTION_SIN] = "sin",     [FUNCTION_COS] = "cos",
    [FUNCTION_ATAN] = "atan", [FUNCTION_ATAN2] = "atan2", [FUNCTION_POW] = "pow",
};

TEST_PARAMS(float_functions)
{
    for (int i = 0; i < FUNCTION_COUNT; i++)
        kt_param(params, "%s", FUNCTION_NAMES[i]);
}

// Functions of one operand, which can be swept.
TEST_PARAMS(unary_functions)
{
    for (int i = 0; i <= FUNCTION_ATAN; i++)
        kt_param(params, "%s", FUNCTION_NAMES[i]);
}

// Whether the table says anything of the function there.
static bool is_defined(uint32_t function, double x, double y)
{
    const double pi = 3.14159265358979324; // the float next to it lies outside of [-pi, pi]
    switch (function) {
    case FUNCTION_LOG:
    case FUNCTION_LOG2:
        return x > 0;
    case FUNCTION_SIN:
    case FUNCTION_COS:
        return fabs(x) <= pi;
    case FUNCTION_ATAN2:
        return x != 0 && y != 0;
    case FUNCTION_POW:
        return x > 0;
    default:
        return true;
    }
}

static double exact_function(uint32_t function, double x, double y)
{
    switch (function) {
    case FUNCTION_EXP:
        return exp(x);
    case FUNCTION_EXP2:
        return exp2(x);
    case FUNCTION_LOG:
        return log(x);
    case FUNCTION_LOG2:
        return log2(x);
    case FUNCTION_SIN:
        return sin(x);
    case FUNCTION_COS:
        return cos(x);
    case FUNCTION_ATAN:
        return atan(x);
    case FUNCTION_ATAN2:
        return atan2(x, y);
    default: // FUNCTION_POW
        return pow(x, y);
    }
}

// How far log and log2 may be off: 3 ULP, or an absolute error near 1.
static double log_slack(const exact_format *format, double x, double exact)
{
    const bool half = format->precision == exact_half.precision;
    if (0.5 <= x && x <= 2)
        return ldexp(1, half ? -7 : -21);
    return 3 * exact_ulp(format, exact);
}

// pow(x, y) is exp2(y * log2(x)): the errors of both functions and of the product.
static double pow_slack(const exact_format *format, double x, double y, double exact)
{
    const bool half = format->precision == exact_half.precision;
    const double logarithm = log2(x), product = y * logarithm;
    const double shift = fabs(y) * log_slack(format, x, logarithm) + exact_ulp(format, product);
    return exact * (exp2(shift) - 1) +
           ((half ? 1 : 3) + 2 * fabs(product)) * exact_ulp(format, exact * exp2(shift));
}

// How far a function may be off.
static double function_slack(const exact_format *format, uint32_t function, double x, double y,
                             double exact)
{
    const bool half = format->precision == exact_half.precision;
    switch (function) {
    case FUNCTION_EXP:
    case FUNCTION_EXP2:
        return ((half ? 1 : 3) + 2 * fabs(x)) * exact_ulp(format, exact);
    case FUNCTION_LOG:
    case FUNCTION_LOG2:
        return log_slack(format, x, exact);
    case FUNCTION_SIN:
    case FUNCTION_COS:
        return ldexp(1, half ? -7 : -11);
    case FUNCTION_ATAN:
    case FUNCTION_ATAN2:
        return (half ? 5 : 4096) * exact_ulp(format, exact);
    default: // FUNCTION_POW
        return pow_slack(format, x, y, exact);
    }
}

static bool is_denormal(const exact_format *format, double x)
{
    return x != 0 && fabs(x) < exact_smallest_normal(format);
}

// What a function may return; false where that is anything.
static bool function_range(const exact_format *format, uint32_t function, double x, double y,
                           exact_range *out)
{
    // Denormal operands may be taken as zero, where some functions are not defined.
    if (is_denormal(format, x) || is_denormal(format, y) || !is_defined(function, x, y))
        return false;
    const double exact = exact_function(function, x, y);
    const double slack = function_slack(format, function, x, y, exact);
    exact_range range = {exact - slack, exact + slack};
    if (range.high > exact_largest(format))
        range = (exact_range){fmin(range.low, exact_largest(format)), INFINITY};
    *out = range;
    return true;
}

static bool function_allows(const exact_format *format, uint32_t function, double x, double y,
                            double result)
{
    exact_range range;
    return !function_range(format, function, x, y, &range) ||
           exact_range_allows(format, range, result);
}

// Tells what each result may be, in single precision.
static void tell_bounds(kt_test *t, uint32_t function, uint32_t count, const float *x,
                        const float *y, const float *actual)
{
    float *low = kt_alloc(t, count * sizeof *low), *high = kt_alloc(t, count * sizeof *high);
    for (uint32_t i = 0; i < count; i++) {
        exact_range range;
        low[i] = high[i] = NAN;
        if (!function_range(&exact_single, function, x[i], y[i], &range)) {
            low[i] = -INFINITY;
            continue;
        }
        low[i] = (float)exact_round(&exact_single, range.low).high;
        high[i] = (float)exact_round(&exact_single, range.high).low;
        if (exact_range_allows(&exact_single, range, 0)) {
            low[i] = fminf(low[i], 0);
            high[i] = fmaxf(high[i], 0);
        }
    }
    kt_compared(t, KRO_ELEMENT_F32, actual, low, high, count);
    kt_release(t, low);
    kt_release(t, high);
}

// Runs a function over `count` operands and checks each result. `y` may be NULL.
static void check_function(kt_test *t, const exact_format *format, uint32_t function,
                           uint32_t count, const void *x, const void *y)
{
    const bool half = format == &exact_half;
    const uint64_t size_bytes = (uint64_t)count * format->size_bytes;
    void *actual = kt_alloc(t, size_bytes);
    const kro_constant constant = {0, .value.u32 = function};
    if (!kernel_run_once(t,
                         &(kernel_run){.shader = half ? "float_function_16" : "float_function_32",
                                       .inputs = {{x, size_bytes}, {y ? y : x, size_bytes}},
                                       .constants = &constant,
                                       .constant_count = 1,
                                       .threads = {count},
                                       .output = actual,
                                       .output_bytes = size_bytes}))
        return;
    if (!half && kt_is_captured(t))
        tell_bounds(t, function, count, x, y ? y : x, actual);
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < count; i++) {
        double number[3];
        const void *arrays[] = {x, y ? y : x, actual};
        for (int k = 0; k < 3; k++)
            number[k] = half ? exact_decode(format, ((const uint16_t *)arrays[k])[i])
                             : ((const float *)arrays[k])[i];
        if (!function_allows(format, function, number[0], number[1], number[2]) && wrong++ == 0)
            FAILF(t, "%s of %a, %a gave %a, not %a", FUNCTION_NAMES[function], number[0], number[1],
                  number[2], exact_function(function, number[0], number[1]));
    }
    if (wrong > 1)
        LOGF(t, "%u of %u results are wrong", wrong, count);
    kt_release(t, actual);
}

// A number that spreads over the operands for which a function has something to say.
static float random_operand(kt_test *t, uint32_t function)
{
    const float unit = (float)kt_random_below(t, 1u << 24) / (1 << 24),
                sign = kt_random_below(t, 2) ? -1.0f : 1.0f;
    const int exponent = (int)kt_random_below(t, 250) - 125;
    switch (function) {
    case FUNCTION_EXP:
        return sign * unit * 87;
    case FUNCTION_EXP2:
        return sign * unit * 126;
    case FUNCTION_SIN:
    case FUNCTION_COS:
        return sign * unit * 3.14159f;
    case FUNCTION_POW:
        return unit * 20 + 0x1p-20f;
    default:
        return (function == FUNCTION_LOG || function == FUNCTION_LOG2 ? 1 : sign) *
               ldexpf(1 + unit, exponent);
    }
}

// 16,384 random operands and those that have been got wrong.
TEST_FAMILY_CASE(float32_function_is_as_precise_as_vulkan_says)
{
    (void)param;
    // The first three are beyond the bounds of exp on lavapipe 22.3.6, of exp and of log on
    // SwiftShader, as few others are.
    static const float CORNERS[] = {-0x1.7254e8p-5f,
                                    -0x1.44d3f4p-5f,
                                    0x1.cde556p-2f,
                                    0,
                                    -0.0f,
                                    1,
                                    -1,
                                    0.5f,
                                    2,
                                    0x1.fffffep-1f,
                                    0x1.000002p0f,
                                    0x1.921fb4p1f,
                                    0x1.921fb6p0f,
                                    0x1p-126f,
                                    0x1p-24f,
                                    88,
                                    -87,
                                    127,
                                    -126,
                                    10,
                                    100,
                                    1e10f};
    enum { CORNER_COUNT = sizeof CORNERS / sizeof CORNERS[0], COUNT = 16384 };
    const uint32_t function = (uint32_t)kt_param_index(t);
    float *x = kt_alloc(t, COUNT * sizeof *x), *y = kt_alloc(t, COUNT * sizeof *y);
    for (uint32_t i = 0; i < COUNT; i++) {
        x[i] = i < CORNER_COUNT ? CORNERS[i] : random_operand(t, function);
        y[i] = random_operand(t, function) * (kt_random_below(t, 2) ? 1.0f : -1.0f);
    }
    check_function(t, &exact_single, function, COUNT, x, y);
}

// Every finite number of half precision; pairs with a random second operand.
TEST_FAMILY_CASE(float16_function_is_as_precise_as_vulkan_says)
{
    (void)param;
    enum { COUNT = 1 << 16, EXPONENT = 0x7c00, SIGN = 0x8000 };
    uint16_t *x = kt_alloc(t, COUNT * sizeof *x), *y = kt_alloc(t, COUNT * sizeof *y);
    uint32_t count = 0;
    for (uint32_t bits = 0; bits < COUNT; bits++) {
        if ((bits & EXPONENT) == EXPONENT)
            continue;
        x[count] = (uint16_t)bits;
        // 2^-3 to 2^3: powers that neither overflow nor underflow everywhere.
        y[count++] =
            (uint16_t)(0x3000 + kt_random_below(t, 6 << 10)) | (uint16_t)(kt_random_u32(t) & SIGN);
    }
    check_function(t, &exact_half, (uint32_t)kt_param_index(t), count, x, y);
}

// Every 1024th number of single precision; the same ones in each run, since the few that a driver
// gets wrong are to be found each time.
TEST_FAMILY_CASE(float32_function_is_precise_everywhere)
{
    (void)param;
    enum { STEP = 1024, FIRST = 500, CHUNK = 1 << 20 };
    float *x = kt_alloc(t, CHUNK * sizeof *x);
    uint32_t count = 0;
    for (uint64_t bits = FIRST; bits <= UINT32_MAX; bits += STEP) {
        const uint32_t word = (uint32_t)bits;
        float value;
        memcpy(&value, &word, sizeof value);
        if (isfinite(value) && is_defined((uint32_t)kt_param_index(t), value, 0))
            x[count++] = value;
        if (count == CHUNK || (count && bits + STEP > UINT32_MAX)) {
            check_function(t, &exact_single, (uint32_t)kt_param_index(t), count, x, NULL);
            count = 0;
        }
    }
}
