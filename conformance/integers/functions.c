// Functions on the bits of integers, changes of width, and vectors of integers.
#include "kernel.h"

#include <string.h>

enum { SAMPLES = 4096 };

// Words with every bit pattern that matters at the start, random ones behind.
static void fill_samples(kt_test *t, uint32_t words[SAMPLES])
{
    static const uint32_t SPECIAL[] = {0,          1,          2,          0x7f,       0x80,
                                       0xff,       0x100,      0x7fff,     0x8000,     0xffff,
                                       0x10000,    0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe,
                                       0xffffffff, 0x55555555, 0xaaaaaaaa, 0x00ff00ff, 0x0000ff80};
    enum { SPECIALS = sizeof SPECIAL / sizeof SPECIAL[0] };
    for (uint32_t i = 0; i < SAMPLES; i++) {
        if (i < SPECIALS)
            words[i] = SPECIAL[i];
        else if (i < SPECIALS + 32)
            words[i] = 1u << (i - SPECIALS);
        else if (i < SPECIALS + 64)
            words[i] = UINT32_MAX >> (i - SPECIALS - 32);
        else
            words[i] = kt_random_u32(t) >> kt_random_below(t, 32);
    }
}

// What shaders/integer_bit_functions.comp writes of one triple.
typedef struct bit_results {
    uint32_t bit_count, reverse, lowest, lowest_signed, highest, highest_signed;
    uint32_t extract, extract_signed, insert;
    uint32_t add, carry, subtract, borrow;
    uint32_t product_high, product_low, signed_product_high, signed_product_low;
} bit_results;

static uint32_t low_bits(uint32_t count)
{
    return count == 32 ? UINT32_MAX : (1u << count) - 1;
}

// Number of the highest set bit, or -1.
static uint32_t highest_bit(uint32_t x)
{
    uint32_t found = UINT32_MAX;
    for (uint32_t i = 0; i < 32; i++)
        if (x >> i & 1)
            found = i;
    return found;
}

static uint32_t lowest_bit(uint32_t x)
{
    for (uint32_t i = 0; i < 32; i++)
        if (x >> i & 1)
            return i;
    return UINT32_MAX;
}

static bit_results expected_bits(uint32_t x, uint32_t y, uint32_t offset, uint32_t bits)
{
    const uint32_t mask = low_bits(bits), field = bits ? x >> offset & mask : 0;
    const uint64_t product = (uint64_t)x * y;
    const int64_t signed_product = (int64_t)(int32_t)x * (int32_t)y;
    bit_results r = {
        .lowest = lowest_bit(x),
        .lowest_signed = lowest_bit(x),
        .highest = highest_bit(x),
        .highest_signed = highest_bit(x >> 31 ? ~x : x),
        .extract = field,
        .extract_signed = bits && field >> (bits - 1) ? field | ~mask : field,
        .insert = bits ? (x & ~(mask << offset)) | (y & mask) << offset : x,
        .add = x + y,
        .carry = x + y < x,
        .subtract = x - y,
        .borrow = x < y,
        .product_high = (uint32_t)(product >> 32),
        .product_low = (uint32_t)product,
        .signed_product_high = (uint32_t)((uint64_t)signed_product >> 32),
        .signed_product_low = (uint32_t)signed_product,
    };
    for (uint32_t i = 0; i < 32; i++) {
        r.bit_count += x >> i & 1;
        r.reverse |= (x >> i & 1) << (31 - i);
    }
    return r;
}

// bitCount, bitfieldReverse, findLSB, findMSB, bitfieldExtract, bitfieldInsert, uaddCarry,
// usubBorrow, umulExtended and imulExtended, at fields of every offset and length.
TEST(bit_functions_are_exact)
{
    enum { WORDS = sizeof(bit_results) / sizeof(uint32_t) };
    uint32_t a[SAMPLES], b[SAMPLES], c[SAMPLES];
    bit_results *expected = kt_alloc(t, SAMPLES * sizeof *expected);
    bit_results *actual = kt_alloc(t, SAMPLES * sizeof *actual);
    fill_samples(t, a);
    fill_samples(t, b);
    for (uint32_t i = 0; i < SAMPLES; i++) {
        b[i] ^= i & 1 ? kt_random_u32(t) : 0;
        const uint32_t offset = i % 32, bits = (uint32_t)kt_random_below(t, 32 - offset + 1);
        c[i] = offset | bits << 16;
        expected[i] = expected_bits(a[i], b[i], offset, bits);
    }
    if (kernel_map(t, "integer_bit_functions",
                   (kernel_input[]){{a, sizeof a}, {b, sizeof b}, {c, sizeof c}, {0}}, SAMPLES,
                   actual, SAMPLES * sizeof *actual))
        CHECK_U32S(&actual->bit_count, &expected->bit_count, SAMPLES * WORDS);
}

// Runs a kernel that writes `words` words of each sample, and compares them.
static void check_widths(kt_test *t, const char *shader, const uint32_t a[SAMPLES],
                         const uint32_t *b, const void *expected, uint32_t words)
{
    uint32_t *actual = kt_alloc(t, 4 * SAMPLES * words);
    if (kernel_map(t, shader, (kernel_input[]){{a, 4 * SAMPLES}, {b, 4 * SAMPLES}, {0}}, SAMPLES,
                   actual, 4 * SAMPLES * words))
        CHECK_U32S(actual, (const uint32_t *)expected, SAMPLES * words);
}

// Sums of the parts of a word, each times the next odd number, so that order and signs show.
static uint32_t weigh(uint32_t x, uint32_t bits, bool is_signed)
{
    uint32_t sum = 0;
    for (uint32_t at = 0, weight = 1; at < 32; at += bits, weight += 2) {
        uint32_t part = x >> at & low_bits(bits);
        if (is_signed && part >> (bits - 1))
            part |= ~low_bits(bits);
        sum += part * weight;
    }
    return sum;
}

TEST(integers_change_between_8_and_32_bits)
{
    enum { WORDS = 6 };
    uint32_t a[SAMPLES], (*expected)[WORDS] = kt_alloc(t, SAMPLES * sizeof *expected);
    fill_samples(t, a);
    for (uint32_t i = 0; i < SAMPLES; i++) {
        const uint32_t x = a[i];
        const uint32_t row[WORDS] = {x & 0xff,
                                     (uint32_t)(int8_t)(x & 0xff),
                                     x << 24 | x >> 24 | (x & 0xff00) << 8 | (x >> 8 & 0xff00),
                                     x & 0xff,
                                     weigh(x, 8, true),
                                     weigh(x, 8, false)};
        memcpy(expected[i], row, sizeof row);
    }
    check_widths(t, "integer_widths_8", a, NULL, expected, WORDS);
}

TEST(integers_change_between_16_and_32_bits)
{
    enum { WORDS = 6 };
    uint32_t a[SAMPLES], (*expected)[WORDS] = kt_alloc(t, SAMPLES * sizeof *expected);
    fill_samples(t, a);
    for (uint32_t i = 0; i < SAMPLES; i++) {
        const uint32_t x = a[i];
        const uint32_t row[WORDS] = {x & 0xffff,         (uint32_t)(int16_t)(x & 0xffff),
                                     x << 16 | x >> 16,  x & 0xffff,
                                     weigh(x, 16, true), weigh(x, 16, false)};
        memcpy(expected[i], row, sizeof row);
    }
    check_widths(t, "integer_widths_16", a, NULL, expected, WORDS);
}

// Parts of a 16-bit value, where drivers have taken the wrong byte (ggml-org/llama.cpp#10710).
TEST(integers_change_between_8_and_16_bits)
{
    enum { WORDS = 5 };
    uint32_t a[SAMPLES], (*expected)[WORDS] = kt_alloc(t, SAMPLES * sizeof *expected);
    fill_samples(t, a);
    for (uint32_t i = 0; i < SAMPLES; i++) {
        const uint32_t low = a[i] & 0xff, high = a[i] >> 8 & 0xff;
        const uint32_t row[WORDS] = {low << 8 | high, low, high, (uint32_t)(int8_t)high,
                                     (uint16_t)(int8_t)low};
        memcpy(expected[i], row, sizeof row);
    }
    check_widths(t, "integer_widths_8_16", a, NULL, expected, WORDS);
}

TEST(integers_change_between_32_and_64_bits)
{
    typedef struct results {
        uint64_t joined, from_unsigned, from_signed;
        uint32_t low, high, cut, sum;
    } results;
    uint32_t a[SAMPLES], b[SAMPLES];
    results *expected = kt_alloc(t, SAMPLES * sizeof *expected);
    fill_samples(t, a);
    kt_fill_u32s(t, b, SAMPLES);
    for (uint32_t i = 0; i < SAMPLES; i++) {
        const uint64_t joined = (uint64_t)b[i] << 32 | a[i], product = joined * 3;
        const int64_t sum = (int64_t)(int32_t)a[i] + (int32_t)b[i];
        expected[i] = (results){joined,
                                a[i],
                                (uint64_t)(int64_t)(int32_t)a[i],
                                (uint32_t)product,
                                (uint32_t)(product >> 32),
                                (uint32_t)(joined >> 13),
                                (uint32_t)((sum - (sum & 1)) / 2)}; // rounds down, as >> does
    }
    check_widths(t, "integer_widths_64", a, b, expected, sizeof(results) / sizeof(uint32_t));
}

// Multiplication, shifts, comparisons and choices of vectors, with swizzles on both sides.
TEST(integer_vectors_work_by_component)
{
    enum { VECTORS = 500, WORDS = 14 };
    uint32_t a[VECTORS][4], b[VECTORS][4], expected[VECTORS][WORDS], actual[VECTORS][WORDS];
    kt_fill_u32s(t, a[0], VECTORS * 4);
    kt_fill_u32s(t, b[0], VECTORS * 4);
    for (uint32_t i = 0; i < VECTORS; i++) {
        const uint32_t *x = a[i], *y = b[i];
        uint32_t *out = expected[i], less[4], any = 0, all = 1;
        for (uint32_t k = 0; k < 4; k++) {
            out[k] = (x[k] * y[3 - k] + x[k ^ 1]) ^ 0x5a;
            less[k] = (int32_t)x[k] < (int32_t)y[k];
            any |= less[k];
            all &= less[k];
        }
        out[0] += y[1];
        out[2] += y[3];
        for (uint32_t k = 0; k < 3; k++) {
            const uint32_t shift = y[k] & 31, fill = x[k] >> 31 ? ~(UINT32_MAX >> shift) : 0;
            out[4 + k] = x[k] >> shift | fill;
        }
        memcpy(out + 7, less, sizeof less);
        out[11] = less[1] ? y[0] : x[2];
        out[12] = less[3] ? y[1] : x[3];
        out[13] = any | all << 1 | (uint32_t)!all << 2;
    }
    if (kernel_map(t, "integer_vectors", (kernel_input[]){{a, sizeof a}, {b, sizeof b}, {0}},
                   VECTORS, actual, sizeof actual))
        CHECK_U32S(actual[0], expected[0], VECTORS * WORDS);
}
