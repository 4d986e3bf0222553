// Integer arithmetic of each width, against the host's.
#include "kernel.h"

#include <string.h>

#include "../shaders/integer_operations.h"

static const char *const OPERATION_NAMES[INTEGER_OPERATION_COUNT] = {
    [INTEGER_ADD] = "add",
    [INTEGER_SUBTRACT] = "subtract",
    [INTEGER_MULTIPLY] = "multiply",
    [INTEGER_NEGATE] = "negate",
    [INTEGER_AND] = "and",
    [INTEGER_OR] = "or",
    [INTEGER_XOR] = "xor",
    [INTEGER_NOT] = "not",
    [INTEGER_SHIFT_LEFT] = "shift_left",
    [INTEGER_SHIFT_RIGHT_SIGNED] = "shift_right_signed",
    [INTEGER_SHIFT_RIGHT_UNSIGNED] = "shift_right_unsigned",
    [INTEGER_DIVIDE_SIGNED] = "divide_signed",
    [INTEGER_DIVIDE_UNSIGNED] = "divide_unsigned",
    [INTEGER_REMAINDER_SIGNED] = "remainder_signed",
    [INTEGER_REMAINDER_UNSIGNED] = "remainder_unsigned",
    [INTEGER_MIN_SIGNED] = "min_signed",
    [INTEGER_MIN_UNSIGNED] = "min_unsigned",
    [INTEGER_MAX_SIGNED] = "max_signed",
    [INTEGER_MAX_UNSIGNED] = "max_unsigned",
    [INTEGER_ABS] = "abs",
    [INTEGER_SIGN] = "sign",
    [INTEGER_EQUAL] = "equal",
    [INTEGER_LESS_SIGNED] = "less_signed",
    [INTEGER_LESS_UNSIGNED] = "less_unsigned",
    [INTEGER_CLAMP_SIGNED] = "clamp_signed",
    [INTEGER_SELECT] = "select",
};

TEST_PARAMS(integer_operations)
{
    for (int i = 0; i < INTEGER_OPERATION_COUNT; i++)
        kt_param(params, "%s", OPERATION_NAMES[i]);
}

// Values of `bits` bits are kept in the low bits of 64; the rest is 0.

static uint64_t mask_of(uint32_t bits)
{
    return bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

static int64_t as_signed(uint32_t bits, uint64_t value)
{
    const uint64_t sign = UINT64_C(1) << (bits - 1);
    return (int64_t)((value ^ sign) - sign);
}

// Keeps operands where SPIR-V and Vulkan define the result.
static void make_defined(uint32_t operation, uint32_t bits, uint64_t *a, uint64_t *b)
{
    const uint64_t smallest = UINT64_C(1) << (bits - 1);
    switch (operation) {
    case INTEGER_SHIFT_LEFT:
    case INTEGER_SHIFT_RIGHT_SIGNED:
    case INTEGER_SHIFT_RIGHT_UNSIGNED:
        *b &= bits - 1;
        break;
    case INTEGER_DIVIDE_SIGNED:
        if (*b == 0 || (*a == smallest && *b == mask_of(bits)))
            *b = 1;
        break;
    case INTEGER_REMAINDER_SIGNED: // undefined where an operand is negative
        *a &= ~smallest;
        *b &= ~smallest;
        if (*b == 0)
            *b = 1;
        break;
    case INTEGER_DIVIDE_UNSIGNED:
    case INTEGER_REMAINDER_UNSIGNED:
        if (*b == 0)
            *b = 1;
        break;
    case INTEGER_ABS:
        if (*a == smallest)
            *a += 1;
        break;
    default:
        break;
    }
}

static uint64_t apply(uint32_t operation, uint32_t bits, uint64_t a, uint64_t b)
{
    const int64_t sa = as_signed(bits, a), sb = as_signed(bits, b);
    switch (operation) {
    case INTEGER_ADD:
        return a + b;
    case INTEGER_SUBTRACT:
        return a - b;
    case INTEGER_MULTIPLY:
        return a * b;
    case INTEGER_NEGATE:
        return 0 - a;
    case INTEGER_AND:
        return a & b;
    case INTEGER_OR:
        return a | b;
    case INTEGER_XOR:
        return a ^ b;
    case INTEGER_NOT:
        return ~a;
    case INTEGER_SHIFT_LEFT:
        return a << b;
    case INTEGER_SHIFT_RIGHT_SIGNED:
        return sa < 0 ? ~(~(uint64_t)sa >> b) : a >> b;
    case INTEGER_SHIFT_RIGHT_UNSIGNED:
        return a >> b;
    case INTEGER_DIVIDE_SIGNED:
        return (uint64_t)(sa / sb);
    case INTEGER_DIVIDE_UNSIGNED:
        return a / b;
    case INTEGER_REMAINDER_SIGNED:
    case INTEGER_REMAINDER_UNSIGNED:
        return a % b;
    case INTEGER_MIN_SIGNED:
        return sa < sb ? a : b;
    case INTEGER_MIN_UNSIGNED:
        return a < b ? a : b;
    case INTEGER_MAX_SIGNED:
        return sa > sb ? a : b;
    case INTEGER_MAX_UNSIGNED:
        return a > b ? a : b;
    case INTEGER_ABS:
        return sa < 0 ? 0 - a : a;
    case INTEGER_SIGN:
        return (uint64_t)((sa > 0) - (sa < 0));
    case INTEGER_EQUAL:
        return a == b;
    case INTEGER_LESS_SIGNED:
        return sa < sb;
    case INTEGER_LESS_UNSIGNED:
        return a < b;
    case INTEGER_CLAMP_SIGNED:
        return sa < -100 ? (uint64_t)-100 : sa > 100 ? 100 : a;
    default: // INTEGER_SELECT
        return b & 1 ? a : b;
    }
}

// Numbers where carries, signs and widths go wrong.
static uint64_t edge_value(uint32_t index, uint32_t bits)
{
    static const uint64_t SMALL[] = {0, 1, 2, 3, 5, 7, 10, 100, 127, 128, 255};
    enum { SMALLS = sizeof SMALL / sizeof SMALL[0] };
    const uint64_t half = UINT64_C(1) << (bits - 1), all = mask_of(bits);
    const uint64_t LARGE[] = {half,
                              half - 1,
                              half - 2,
                              half + 1,
                              all,
                              all - 1,
                              all - 2,
                              all - 99,
                              all / 3,
                              all / 3 * 2,
                              all / 255,
                              UINT64_C(1) << (bits / 2),
                              all >> bits / 2,
                              half | (half >> 1)};
    return (index < SMALLS ? SMALL[index] : LARGE[index - SMALLS]) & all;
}

enum {
    EDGES = 11 + 14,
    RANDOM_PAIRS = 4096,
    PAIRS = EDGES * EDGES + RANDOM_PAIRS,
};

static void store(void *array, uint32_t bits, uint32_t index, uint64_t value)
{
    memcpy((uint8_t *)array + index * (bits / 8), &value, bits / 8); // little-endian host
}

static void check_operation(kt_test *t, const char *shader, uint32_t bits)
{
    const uint32_t operation = (uint32_t)kt_param_index(t), size = PAIRS * bits / 8;
    uint8_t *a = kt_alloc(t, size), *b = kt_alloc(t, size);
    uint8_t *expected = kt_alloc(t, size), *actual = kt_alloc(t, size);
    for (uint32_t i = 0; i < PAIRS; i++) {
        uint64_t x = i < EDGES * EDGES ? edge_value(i / EDGES, bits) : kt_random_u64(t);
        uint64_t y = i < EDGES * EDGES ? edge_value(i % EDGES, bits) : kt_random_u64(t);
        if (i % 3 == 1) // small divisors and factors
            y >>= kt_random_below(t, bits);
        x &= mask_of(bits);
        y &= mask_of(bits);
        make_defined(operation, bits, &x, &y);
        store(a, bits, i, x);
        store(b, bits, i, y);
        store(expected, bits, i, apply(operation, bits, x, y));
    }
    const kro_constant constant = {0, .value.u32 = operation};
    if (!kernel_run_once(t, &(kernel_run){.shader = shader,
                                          .inputs = {{a, size}, {b, size}},
                                          .constants = &constant,
                                          .constant_count = 1,
                                          .threads = {PAIRS},
                                          .output = actual,
                                          .output_bytes = size}))
        return;
    switch (bits) {
    case 8:
        CHECK_BYTES(actual, expected, PAIRS);
        break;
    case 16:
        CHECK_U16S((uint16_t *)(void *)actual, (uint16_t *)(void *)expected, PAIRS);
        break;
    case 32:
        CHECK_U32S((uint32_t *)(void *)actual, (uint32_t *)(void *)expected, PAIRS);
        break;
    default:
        CHECK_U64S((uint64_t *)(void *)actual, (uint64_t *)(void *)expected, PAIRS);
        break;
    }
}

TEST_FAMILY_CASE(int8_is_exact)
{
    (void)param;
    check_operation(t, "integer_operation_8", 8);
}

TEST_FAMILY_CASE(int16_is_exact)
{
    (void)param;
    check_operation(t, "integer_operation_16", 16);
}

TEST_FAMILY_CASE(int32_is_exact)
{
    (void)param;
    check_operation(t, "integer_operation_32", 32);
}

TEST_FAMILY_CASE(int64_is_exact)
{
    (void)param;
    check_operation(t, "integer_operation_64", 64);
}

// Matrix products sum many products in order and wrap around.
TEST(integer_matrix_products_are_exact)
{
    enum { N = 67 };
    int32_t *a = kt_alloc(t, 4 * N * N), *b = kt_alloc(t, 4 * N * N);
    uint32_t *expected = kt_alloc(t, 4 * N * N), *actual = kt_alloc(t, 4 * N * N);
    const uint32_t n = N;
    kt_fill_bytes(t, a, 4 * N * N);
    kt_fill_bytes(t, b, 4 * N * N);
    for (int row = 0; row < N; row++)
        for (int column = 0; column < N; column++)
            for (int k = 0; k < N; k++)
                expected[row * N + column] +=
                    (uint32_t)a[row * N + k] * (uint32_t)b[k * N + column];
    if (kernel_run_once(t, &(kernel_run){.shader = "integer_matrix_product",
                                         .inputs = {{a, 4 * N * N}, {b, 4 * N * N}},
                                         .push = &n,
                                         .push_bytes = sizeof n,
                                         .threads = {N, N},
                                         .output = actual,
                                         .output_bytes = 4 * N * N}))
        CHECK_U32S(actual, expected, N * N);
}
