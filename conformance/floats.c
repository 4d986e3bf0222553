// Floating-point arithmetic of each width, against exact arithmetic.
#include "exact.h"
#include "kernel.h"

#include <math.h>
#include <string.h>

#include "../shaders/float_operations.h"

static const char *const OPERATION_NAMES[FLOAT_OPERATION_COUNT] = {
    [FLOAT_ADD] = "add",
    [FLOAT_SUBTRACT] = "subtract",
    [FLOAT_MULTIPLY] = "multiply",
    [FLOAT_DIVIDE] = "divide",
    [FLOAT_FMA] = "fma",
    [FLOAT_SQRT] = "sqrt",
    [FLOAT_INVERSE_SQRT] = "inverse_sqrt",
    [FLOAT_NEGATE] = "negate",
    [FLOAT_ABS] = "abs",
    [FLOAT_SIGN] = "sign",
    [FLOAT_MIN] = "min",
    [FLOAT_MAX] = "max",
    [FLOAT_CLAMP] = "clamp",
    [FLOAT_STEP] = "step",
    [FLOAT_FLOOR] = "floor",
    [FLOAT_CEIL] = "ceil",
    [FLOAT_TRUNC] = "trunc",
    [FLOAT_ROUND] = "round",
    [FLOAT_ROUND_EVEN] = "round_even",
    [FLOAT_FRACT] = "fract",
    [FLOAT_LESS] = "less",
    [FLOAT_LESS_EQUAL] = "less_equal",
    [FLOAT_EQUAL] = "equal",
    [FLOAT_NOT_EQUAL] = "not_equal",
};

TEST_PARAMS(float_operations)
{
    for (int i = 0; i < FLOAT_OPERATION_COUNT; i++)
        kt_param(params, "%s", OPERATION_NAMES[i]);
}

enum { EDGES = 36, RANDOM = 3000, SAMPLES = EDGES * EDGES + RANDOM };

static uint64_t number_bits(const exact_format *format, int exponent, uint64_t fraction)
{
    return (uint64_t)(exponent + format->max_exponent) << (format->precision - 1) | fraction;
}

static uint64_t sign_bit(const exact_format *format)
{
    return UINT64_C(1) << (8 * format->size_bytes - 1);
}

// Numbers where rounding, overflow, underflow and halves go wrong; every second is negative.
static uint64_t edge_bits(const exact_format *format, uint32_t index)
{
    const int top = format->precision - 1;
    const uint64_t all = (UINT64_C(1) << top) - 1, half = UINT64_C(1) << (top - 1);
    const uint64_t edges[EDGES / 2] = {
        0,
        1,   // smallest denormal
        all, // largest denormal
        number_bits(format, format->min_exponent, 0),
        number_bits(format, format->min_exponent, 1),
        number_bits(format, -1, 0),       // 0.5
        number_bits(format, -2, all),     // just below 0.5
        number_bits(format, -1, 1),       // just above 0.5
        number_bits(format, -1, all),     // just below 1
        number_bits(format, 0, 0),        // 1
        number_bits(format, 0, 1),        // just above 1
        number_bits(format, 0, half),     // 1.5
        number_bits(format, 1, half / 2), // 2.5
        number_bits(format, top, 1),      // the first odd number without halves
        number_bits(format, top - 1, 1),  // a half, and the largest numbers with one
        number_bits(format, top / 2, all),
        number_bits(format, format->max_exponent, 0),
        number_bits(format, format->max_exponent, all),
    };
    return edges[index / 2] | (index & 1 ? sign_bit(format) : 0);
}

// A finite number: of any exponent, or close to `near` so that sums cancel.
static uint64_t random_bits(kt_test *t, const exact_format *format, uint64_t near)
{
    const int top = format->precision - 1;
    uint64_t fraction = kt_random_u64(t) & ((UINT64_C(1) << top) - 1);
    const uint64_t sign = kt_random_u64(t) & sign_bit(format);
    if (kt_random_below(t, 3) == 0)
        return (near & ~sign_bit(format) & ~(kt_random_u64(t) & 0xff)) | sign;
    // Half of them around 1, where operations neither overflow nor underflow.
    const int span = kt_random_below(t, 2) ? 2 * top : format->max_exponent - format->min_exponent;
    int exponent = (int)kt_random_below(t, (uint64_t)span + 1) - span / 2;
    if (exponent < format->min_exponent)
        exponent = format->min_exponent;
    if (exponent > format->max_exponent)
        exponent = format->max_exponent;
    return number_bits(format, exponent, fraction) | sign;
}

static bool is_denormal(const exact_format *format, uint64_t bits)
{
    return fabs(exact_decode(format, bits)) < exact_smallest_normal(format);
}

// Keeps operands where Vulkan defines how precise the result is.
static void make_defined(const exact_format *format, uint32_t operation, uint64_t bits[3])
{
    const uint64_t sign = sign_bit(format), one = number_bits(format, 0, 0);
    const double b = fabs(exact_decode(format, bits[1]));
    switch (operation) {
    case FLOAT_DIVIDE: // divisors from 2^-126 to 2^126, or the like in other formats
        if (b < ldexp(1, format->min_exponent) || b > ldexp(1, -format->min_exponent))
            bits[1] = one | (bits[1] & sign);
        break;
    case FLOAT_SQRT:
        bits[0] &= ~sign;
        if (is_denormal(format, bits[0]))
            bits[0] = 0;
        break;
    case FLOAT_INVERSE_SQRT:
        bits[0] &= ~sign;
        if (is_denormal(format, bits[0]))
            bits[0] = one;
        break;
    case FLOAT_CLAMP: // the lower bound first
        if (exact_decode(format, bits[1]) > exact_decode(format, bits[2])) {
            const uint64_t swap = bits[1];
            bits[1] = bits[2];
            bits[2] = swap;
        }
        break;
    default:
        break;
    }
}

static uint64_t load(const exact_format *format, const uint8_t *array, uint32_t index)
{
    uint64_t bits = 0;
    memcpy(&bits, array + index * format->size_bytes, format->size_bytes); // little-endian host
    return bits;
}

static void store(const exact_format *format, uint8_t *array, uint32_t index, uint64_t bits)
{
    memcpy(array + index * format->size_bytes, &bits, format->size_bytes);
}

static void check_results(kt_test *t, const exact_format *format, uint32_t operation,
                          uint8_t *const operands[3], const uint8_t *actual)
{
    uint32_t wrong = 0;
    for (uint32_t i = 0; i < SAMPLES; i++) {
        double x[3];
        for (int k = 0; k < 3; k++)
            x[k] = exact_decode(format, load(format, operands[k], i));
        const double result = exact_decode(format, load(format, actual, i));
        if (!exact_allows(format, operation, x, result) && wrong++ == 0)
            FAILF(t, "%s of %a, %a, %a gave %a", OPERATION_NAMES[operation], x[0], x[1], x[2],
                  result);
    }
    if (wrong > 1)
        LOGF(t, "%u of %d results are wrong", wrong, SAMPLES);
}

static void check_operation(kt_test *t, const char *shader, const exact_format *format)
{
    const uint32_t operation = (uint32_t)kt_param_index(t), size = SAMPLES * format->size_bytes;
    uint8_t *operands[3], *actual = kt_alloc(t, size);
    for (int k = 0; k < 3; k++)
        operands[k] = kt_alloc(t, size);
    for (uint32_t i = 0; i < SAMPLES; i++) {
        uint64_t bits[3];
        if (i < EDGES * EDGES) {
            bits[0] = edge_bits(format, i / EDGES);
            bits[1] = edge_bits(format, i % EDGES);
            bits[2] = edge_bits(format, i * 7 % EDGES);
        } else {
            bits[0] = random_bits(t, format, number_bits(format, 0, 0));
            bits[1] = random_bits(t, format, bits[0]);
            bits[2] = random_bits(t, format, bits[1]);
        }
        make_defined(format, operation, bits);
        for (int k = 0; k < 3; k++)
            store(format, operands[k], i, bits[k]);
    }
    const kro_constant constant = {0, .value.u32 = operation};
    if (kernel_run_once(
            t,
            &(kernel_run){.shader = shader,
                          .inputs = {{operands[0], size}, {operands[1], size}, {operands[2], size}},
                          .constants = &constant,
                          .constant_count = 1,
                          .threads = {SAMPLES},
                          .output = actual,
                          .output_bytes = size}))
        check_results(t, format, operation, operands, actual);
}

TEST_FAMILY_CASE(float16_is_as_precise_as_vulkan_says)
{
    (void)param;
    check_operation(t, "float_operation_16", &exact_half);
}

TEST_FAMILY_CASE(float32_is_as_precise_as_vulkan_says)
{
    (void)param;
    check_operation(t, "float_operation_32", &exact_single);
}

TEST_FAMILY_CASE(float64_is_as_precise_as_vulkan_says)
{
    (void)param;
    check_operation(t, "float_operation_64", &exact_double);
}
