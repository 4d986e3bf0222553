// Floats packed into words, unpacked, taken apart and moved.
#include "exact.h"
#include "kernel.h"

#include <math.h>
#include <string.h>

enum { SAMPLES = 4096 };

// Numbers of -1.25 to 1.25 with every multiple of 1/127, 1/255 and the ends among them.
static float random_unit(kt_test *t, uint32_t i)
{
    static const float SPECIAL[] = {0, 1, -1, 0.5f, -0.5f, 2, -2, 65504, -65504, 0x1p-20f};
    if (i < sizeof SPECIAL / sizeof SPECIAL[0])
        return SPECIAL[i];
    const int64_t number = (int64_t)kt_random_below(t, 2 * 320 + 1) - 320;
    switch (i % 4) {
    case 0:
        return (float)number / 255;
    case 1:
        return (float)number / 127;
    case 2:
        return (float)((int64_t)kt_random_below(t, 131071) - 65535) / 65535;
    default:
        return (float)((int64_t)kt_random_below(t, 1 << 24) - (1 << 23)) / (1 << 23) * 1.25f;
    }
}

// Whether an integer is a number clamped to 0 or -1 … 1, scaled and rounded. The kernel scales in
// single precision, to either neighbour, so halves may go either way.
static bool is_scaled(double number, double lowest, double scale, int64_t integer)
{
    const double scaled = fmin(fmax(number, lowest), 1) * scale;
    return fabs((double)integer - scaled) <= 0.5 + scale * 0x1p-23;
}

static int64_t field(uint32_t word, uint32_t bits, uint32_t index, bool is_signed)
{
    const uint32_t value = word >> (bits * index) & ((1u << bits) - 1);
    return is_signed && value >> (bits - 1) ? (int64_t)value - (INT64_C(1) << bits)
                                            : (int64_t)value;
}

// Checks `count` fields of one packed word.
static bool check_fields(kt_test *t, const char *function, const float *x, uint32_t word,
                         uint32_t bits, bool is_signed)
{
    const double scale = is_signed ? (1u << (bits - 1)) - 1 : (1u << bits) - 1;
    for (uint32_t k = 0; k < 32 / bits; k++) {
        const int64_t integer = field(word, bits, k, is_signed);
        if (is_scaled(x[k], is_signed ? -1 : 0, scale, integer))
            continue;
        FAILF(t, "%s of %a gave %lld in component %u", function, x[k], (long long)integer, k);
        return false;
    }
    return true;
}

// What shaders/pack_floats.comp writes of one vector.
typedef struct words {
    uint32_t unorm4x8, snorm4x8, unorm2x16, snorm2x16, half2x16;
} words;

// Checks a word of two halves: each a neighbour of its number in half precision.
static bool check_halves(kt_test *t, const float x[2], uint32_t word)
{
    bool right = true;
    for (uint32_t k = 0; k < 2 && right; k++) {
        const uint32_t half = word >> (16 * k) & 0xffff;
        right = exact_range_allows(&exact_half, exact_round(&exact_half, x[k]),
                                   exact_decode(&exact_half, half));
        if (!right)
            FAILF(t, "packHalf2x16 of %a gave 0x%04x", x[k], half);
    }
    return right;
}

static bool check_integers(kt_test *t, const float x[4], const words *packed)
{
    return check_fields(t, "packUnorm4x8", x, packed->unorm4x8, 8, false) &&
           check_fields(t, "packSnorm4x8", x, packed->snorm4x8, 8, true) &&
           check_fields(t, "packUnorm2x16", x, packed->unorm2x16, 16, false) &&
           check_fields(t, "packSnorm2x16", x, packed->snorm2x16, 16, true);
}

TEST(floats_pack_into_words)
{
    float(*x)[4] = kt_alloc(t, SAMPLES * sizeof *x);
    words *actual = kt_alloc(t, SAMPLES * sizeof *actual);
    for (uint32_t i = 0; i < SAMPLES; i++)
        for (uint32_t k = 0; k < 4; k++)
            x[i][k] = random_unit(t, i / 4 + k * 3);
    if (!kernel_map(t, "pack_floats", (kernel_input[]){{x, SAMPLES * sizeof *x}, {0}}, SAMPLES,
                    actual, SAMPLES * sizeof *actual))
        return;
    for (uint32_t i = 0; i < SAMPLES; i++)
        if (!check_integers(t, x[i], &actual[i]) || !check_halves(t, x[i] + 2, actual[i].half2x16))
            return;
}

// Numbers of single precision that half precision cannot hold: the largest half or infinity.
TEST(numbers_beyond_half_precision_pack_as_its_ends)
{
    static const float X[] = {65505, 65519,     65520,     65536, 1e5f,
                              1e30f, -65505.0f, -65520.0f, -1e5f, -1e30f};
    enum { COUNT = sizeof X / sizeof X[0] };
    float x[COUNT][4] = {{0}};
    words actual[COUNT];
    for (int i = 0; i < COUNT; i++)
        x[i][2] = x[i][3] = X[i];
    if (!kernel_map(t, "pack_floats", (kernel_input[]){{x, sizeof x}, {0}}, COUNT, actual,
                    sizeof actual))
        return;
    for (int i = 0; i < COUNT; i++)
        check_halves(t, x[i] + 2, actual[i].half2x16);
}

enum { HALVES = 0x7c00, OF_EACH_HALF = 8 };

// A finite half, and of it and the next one what lies halfway, beside that, and beside both: where
// rounding turns. Signs alternate.
static void choose_around(uint32_t half_bits, float out[OF_EACH_HALF])
{
    const float half = (float)exact_decode(&exact_half, half_bits);
    const float next = half + (float)exact_ulp(&exact_half, half), middle = (half + next) / 2;
    const float values[OF_EACH_HALF] = {
        half,   -half,   nextafterf(half, INFINITY),   -nextafterf(middle, -INFINITY),
        middle, -middle, nextafterf(middle, INFINITY), -nextafterf(next, -INFINITY)};
    memcpy(out, values, sizeof values);
}

TEST(every_half_and_what_lies_between_halves_packs)
{
    enum { VECTORS = HALVES * OF_EACH_HALF / 2 };
    float(*x)[4] = kt_alloc(t, VECTORS * sizeof *x);
    words *actual = kt_alloc(t, VECTORS * sizeof *actual);
    for (uint32_t i = 0; i < HALVES; i++) {
        float values[OF_EACH_HALF];
        choose_around(i, values);
        for (uint32_t k = 0; k < OF_EACH_HALF; k++)
            x[(i * OF_EACH_HALF + k) / 2][2 + k % 2] = values[k];
    }
    if (!kernel_map(t, "pack_floats", (kernel_input[]){{x, VECTORS * sizeof *x}, {0}}, VECTORS,
                    actual, VECTORS * sizeof *actual))
        return;
    for (uint32_t i = 0; i < VECTORS; i++)
        if (!check_halves(t, x[i] + 2, actual[i].half2x16))
            return;
}

static bool is_half(double value)
{
    const exact_range around = exact_round(&exact_half, value);
    return isinf(value) || around.low == around.high;
}

// OpQuantizeToF16 of the same, and of what is far too large.
TEST(every_half_and_what_lies_between_halves_is_quantized)
{
    enum { COUNT = HALVES * OF_EACH_HALF + 2 };
    float *x = kt_alloc(t, COUNT * sizeof *x), *actual = kt_alloc(t, COUNT * sizeof *actual);
    for (uint32_t i = 0; i < HALVES; i++)
        choose_around(i, x + i * OF_EACH_HALF);
    x[COUNT - 2] = 1e30f;
    x[COUNT - 1] = -1e30f;
    if (!kernel_map(t, "quantize_to_half", (kernel_input[]){{x, COUNT * sizeof *x}, {0}}, COUNT,
                    actual, COUNT * sizeof *actual))
        return;
    for (uint32_t i = 0; i < COUNT; i++)
        if (!exact_range_allows(&exact_half, exact_round(&exact_half, x[i]), actual[i]) ||
            !is_half(actual[i])) {
            FAILF(t, "OpQuantizeToF16 of %a gave %a", x[i], actual[i]);
            return;
        }
}

// Every integer of 8 and of 16 bits, signed and not, over the largest, and what is just not halfway
// to the next one and to the one before.
TEST(every_fraction_and_what_lies_between_fractions_packs)
{
    static const struct {
        int32_t first, count;
        double largest;
    } KINDS[] = {{0, 1 << 8, 255},
                 {-(1 << 7), 1 << 8, 127},
                 {0, 1 << 16, 65535},
                 {-(1 << 15), 1 << 16, 32767}};
    static const double BESIDE[] = {0, 0.46875, -0.46875, 0.25};
    enum { VECTORS = 4 * ((1 << 8) + (1 << 16)) };
    float(*x)[4] = kt_alloc(t, VECTORS * sizeof *x);
    words *actual = kt_alloc(t, VECTORS * sizeof *actual);
    uint32_t count = 0;
    for (uint32_t kind = 0; kind < sizeof KINDS / sizeof KINDS[0]; kind++)
        for (int32_t i = 0; i < 2 * KINDS[kind].count; i++, count++)
            for (uint32_t k = 0; k < 4; k++) { // words of 16 bits take the first two alone
                const double beside = BESIDE[(k + 2 * (uint32_t)(i % 2)) % 4];
                x[count][k] = (float)((KINDS[kind].first + i / 2 + beside) / KINDS[kind].largest);
            }
    if (!kernel_map(t, "pack_floats", (kernel_input[]){{x, VECTORS * sizeof *x}, {0}}, VECTORS,
                    actual, VECTORS * sizeof *actual))
        return;
    for (uint32_t i = 0; i < VECTORS; i++)
        if (!check_integers(t, x[i], &actual[i]))
            return;
}

// Checks what `32 / bits` fields of a word became: the integer over its scale, within the 2.5 ULP
// of a division.
static bool check_unpacked(kt_test *t, const char *function, uint32_t word, uint32_t bits,
                           bool is_signed, const float *actual)
{
    const double scale = is_signed ? (1u << (bits - 1)) - 1 : (1u << bits) - 1;
    for (uint32_t k = 0; k < 32 / bits; k++) {
        const double exact = fmax((double)field(word, bits, k, is_signed) / scale, -1);
        if (fabs(actual[k] - exact) <= 2.5 * exact_ulp(&exact_single, exact) * (exact != 0))
            continue;
        FAILF(t, "%s of 0x%08x gave %a in component %u, not %a", function, word, actual[k], k,
              exact);
        return false;
    }
    return true;
}

TEST(words_unpack_into_floats)
{
    typedef struct floats {
        float unorm4x8[4], snorm4x8[4], unorm2x16[2], snorm2x16[2], half2x16[2], padding[2];
    } floats;
    enum { COUNT = 1 << 16 };
    uint32_t *x = kt_alloc(t, COUNT * sizeof *x);
    floats *actual = kt_alloc(t, COUNT * sizeof *actual);
    for (uint32_t i = 0; i < COUNT; i++)
        x[i] = i | (i * 40503u & 0xffff) << 16; // every low and every high half
    if (!kernel_map(t, "unpack_floats", (kernel_input[]){{x, COUNT * sizeof *x}, {0}}, COUNT,
                    actual, COUNT * sizeof *actual))
        return;
    bool right = true;
    for (uint32_t i = 0; i < COUNT && right; i++) {
        right = check_unpacked(t, "unpackUnorm4x8", x[i], 8, false, actual[i].unorm4x8) &&
                check_unpacked(t, "unpackSnorm4x8", x[i], 8, true, actual[i].snorm4x8) &&
                check_unpacked(t, "unpackUnorm2x16", x[i], 16, false, actual[i].unorm2x16) &&
                check_unpacked(t, "unpackSnorm2x16", x[i], 16, true, actual[i].snorm2x16);
        for (uint32_t k = 0; k < 2 && right; k++) {
            const double exact = exact_decode(&exact_half, x[i] >> (16 * k) & 0xffff);
            right = !isfinite(exact) || exact_range_allows(&exact_half, (exact_range){exact, exact},
                                                           actual[i].half2x16[k]);
            if (!right)
                FAILF(t, "unpackHalf2x16 of 0x%08x gave %a in component %u", x[i],
                      actual[i].half2x16[k], k);
        }
    }
}

TEST(doubles_pack_and_unpack_as_two_words)
{
    uint64_t x[SAMPLES], expected[SAMPLES], actual[SAMPLES];
    for (uint32_t i = 0; i < SAMPLES; i++) {
        // Exponents that doubling keeps finite.
        const uint64_t exponent = 1 + kt_random_below(t, 2045);
        x[i] = (kt_random_u64(t) & ~(UINT64_C(0x7ff) << 52)) | exponent << 52;
        expected[i] = x[i] + (UINT64_C(1) << 52);
    }
    if (kernel_map(t, "pack_doubles", (kernel_input[]){{x, sizeof x}, {0}}, SAMPLES, actual,
                   sizeof actual))
        CHECK_U64S(actual, expected, SAMPLES);
}

// Loads, stores, casts, choices and calls keep every bit of a number, denormals too: Vulkan lets
// only arithmetic flush them.
TEST(moved_floats_keep_their_bits)
{
    uint32_t x[SAMPLES], f[SAMPLES], expected[SAMPLES], actual[SAMPLES];
    for (uint32_t i = 0; i < SAMPLES; i++) {
        const uint32_t finite = ~(1u << 23); // clears one bit of the exponent: no NaN, no infinity
        x[i] = kt_random_u32(t) & finite;
        f[i] = kt_random_u32(t) & (i & 8 ? 0x807fffff : finite);
    }
    for (uint32_t i = 0; i < SAMPLES; i++) {
        const uint32_t array[] = {f[SAMPLES - 1 - i], f[i], x[i]};
        const uint32_t chosen = i & 4 ? array[i % 3] : x[i], other = i & 4 ? f[i] : array[i % 3];
        expected[i] = i & 16 ? other : chosen;
    }
    if (kernel_map(t, "copy_floats", (kernel_input[]){{x, sizeof x}, {f, sizeof f}, {0}}, SAMPLES,
                   actual, sizeof actual))
        CHECK_U32S(actual, expected, SAMPLES);
}

// frexp, ldexp and modf are exact where nothing is denormal.
TEST(floats_come_apart_and_together_exactly)
{
    typedef struct results {
        float fraction;
        int32_t exponent;
        float scaled, whole, rest;
    } results;
    float x[SAMPLES];
    int32_t e[SAMPLES];
    results *expected = kt_alloc(t, SAMPLES * sizeof *expected);
    results *actual = kt_alloc(t, SAMPLES * sizeof *actual);
    for (uint32_t i = 0; i < SAMPLES; i++) {
        const float unit = 1 + (float)kt_random_below(t, 1 << 23) / (1 << 23);
        const int exponent = (int)kt_random_below(t, i & 1 ? 250 : 40) - (i & 1 ? 125 : 10);
        x[i] = ldexpf(i & 2 ? unit : -unit, exponent);
        e[i] = (int32_t)kt_random_below(t, 250) - 125 - exponent;
        if (e[i] > 126)
            e[i] = 126;
        if (e[i] < -126)
            e[i] = -126;
        int fraction_exponent;
        expected[i].fraction = frexpf(x[i], &fraction_exponent);
        expected[i].exponent = fraction_exponent;
        expected[i].scaled = ldexpf(x[i], e[i]);
        expected[i].rest = modff(x[i], &expected[i].whole);
    }
    if (!kernel_map(t, "frexp_ldexp", (kernel_input[]){{x, sizeof x}, {e, sizeof e}, {0}}, SAMPLES,
                    actual, SAMPLES * sizeof *actual))
        return;
    for (uint32_t i = 0; i < SAMPLES; i++) {
        const results *r = &actual[i], *right = &expected[i];
        if (r->fraction == right->fraction && r->exponent == right->exponent &&
            r->scaled == right->scaled && r->whole == right->whole && r->rest == right->rest)
            continue;
        FAILF(t, "%a gave fraction %a, exponent %d, %a scaled by %d, whole %a, rest %a", x[i],
              r->fraction, r->exponent, r->scaled, e[i], r->whole, r->rest);
        return;
    }
}
