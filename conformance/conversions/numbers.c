#include "conversions/numbers.h"

#include <math.h>

#include "integers/samples.h"

#define NEEDS_8_BITS  (NEEDS_INT8 | NEEDS_STORAGE8)
#define NEEDS_16_BITS (NEEDS_INT16 | NEEDS_STORAGE16)
#define NEEDS_HALVES  (NEEDS_FLOAT16 | NEEDS_STORAGE16)

const number_type NUMBER_TYPE[NUMBER_TYPES] = {
    {"u8", "u8", 8, false, NULL, KRO_ELEMENT_U8, NEEDS_8_BITS},
    {"i8", "u8", 8, true, NULL, KRO_ELEMENT_I8, NEEDS_8_BITS},
    {"u16", "u16", 16, false, NULL, KRO_ELEMENT_U16, NEEDS_16_BITS},
    {"i16", "u16", 16, true, NULL, KRO_ELEMENT_I16, NEEDS_16_BITS},
    {"u32", "u32", 32, false, NULL, KRO_ELEMENT_U32, NEEDS_NOTHING},
    {"i32", "u32", 32, true, NULL, KRO_ELEMENT_I32, NEEDS_NOTHING},
    {"u64", "u64", 64, false, NULL, KRO_ELEMENT_U64, NEEDS_INT64},
    {"i64", "u64", 64, true, NULL, KRO_ELEMENT_I64, NEEDS_INT64},
    {"f16", "f16", 16, true, &exact_half, KRO_ELEMENT_F16, NEEDS_HALVES},
    {"f32", "f32", 32, true, &exact_single, KRO_ELEMENT_F32, NEEDS_NOTHING},
    {"f64", "f64", 64, true, &exact_double, KRO_ELEMENT_F64, NEEDS_FLOAT64},
};

// The magnitude of an integer, and whether it is below zero.
static uint64_t magnitude_of(const number_type *type, uint64_t bits, bool *negative)
{
    *negative = type->is_signed && bits >> (type->bits - 1);
    return *negative ? (0 - bits) & integer_mask(type->bits) : bits;
}

// A number of 2^64 at most, towards zero, in the low bits.
static uint64_t truncated(double value, uint32_t bits)
{
    const double whole = fabs(trunc(value));
    const uint64_t magnitude = whole < 0x1p64 ? (uint64_t)whole : 0;
    return (value < 0 ? 0 - magnitude : magnitude) & integer_mask(bits);
}

static number_bounds from_integer(const number_type *from, const number_type *to, uint64_t bits)
{
    bool negative;
    const uint64_t magnitude = magnitude_of(from, bits, &negative);
    if (to->format)
        return (number_bounds){.range = exact_round_u64(to->format, magnitude, negative)};
    return (number_bounds){.integer =
                               (negative ? 0 - magnitude : magnitude) & integer_mask(to->bits)};
}

static number_bounds from_float(const number_type *from, const number_type *to, uint64_t bits)
{
    const double value = exact_decode(from->format, bits);
    if (!to->format)
        return (number_bounds){.integer = truncated(value, to->bits)};
    const exact_range range = exact_round(to->format, value);
    const double normal = to->format->smallest_normal;
    return (number_bounds){.range = range,
                           .or_zero = exact_is_denormal(from->format, value) ||
                                      (range.low < normal && range.high > -normal)};
}

number_bounds number_converted(const number_type *from, const number_type *to, bool through_bool,
                               uint64_t bits)
{
    if (through_bool) {
        const bool is_zero = from->format ? exact_decode(from->format, bits) == 0 : bits == 0;
        return (number_bounds){.integer = !is_zero, .range = {!is_zero, !is_zero}};
    }
    return from->format ? from_float(from, to, bits) : from_integer(from, to, bits);
}

bool number_is_within(const number_type *type, const number_bounds *bounds, uint64_t bits)
{
    if (!type->format)
        return bits == bounds->integer;
    const double value = exact_decode(type->format, bits);
    return (bounds->range.low <= value && value <= bounds->range.high) ||
           (bounds->or_zero && value == 0);
}

// Whether it has a value in that type, and one alone where it becomes an integer.
static bool is_defined(const number_type *from, const number_type *to, bool through_bool,
                       uint64_t bits)
{
    if (!from->format)
        return true;
    const double value = exact_decode(from->format, bits), whole = trunc(value);
    if (through_bool) // a denormal number may be taken for zero
        return isfinite(value) && !exact_is_denormal(from->format, value);
    if (to->format)
        return isfinite(value);
    const double end = ldexp(1, (int)to->bits - to->is_signed);
    return whole < end && whole >= (to->is_signed ? -end : 0);
}

enum { RANDOM_NUMBERS = 8192, MOST_NUMBERS = (1 << 16) + 8192 + 12, VECTORS = 12 };

typedef struct sampling {
    const number_type *from, *to;
    bool through_bool;
    numbers numbers;
} sampling;

static void add(sampling *s, uint64_t bits)
{
    bits &= integer_mask(s->from->bits);
    if (is_defined(s->from, s->to, s->through_bool, bits))
        s->numbers.bits[s->numbers.count++] = bits;
}

// The nearest number of the format, and both beside it, of both signs.
static void add_near(sampling *s, double value)
{
    const exact_format *format = s->from->format;
    const uint64_t bits = exact_encode(format, exact_round_nearest(format, value, 0));
    const uint64_t sign = UINT64_C(1) << (s->from->bits - 1);
    for (uint64_t k = 0; k < 3; k++) {
        add(s, bits + k - 1);
        add(s, (bits + k - 1) ^ sign);
    }
}

static void add_float_corners(sampling *s)
{
    const exact_format *format = s->from->format;
    add_near(s, 0.0);
    add_near(s, format->smallest_normal);
    add_near(s, format->largest);
    for (int k = -2; k <= 64; k++) {
        static const double BESIDE[] = {-1, -0.5, 0, 0.5, 1};
        for (uint32_t i = 0; i < sizeof BESIDE / sizeof BESIDE[0]; i++)
            add_near(s, ldexp(1, k) + BESIDE[i]);
    }
}

// Around a number of the target: itself, halfway to the next, and between.
static double random_near_target(kt_test *t, const exact_format *to)
{
    static const double PARTS[] = {0, 0.5, 0.25, 0x1.fff8p-2, 0x1.0008p-1, 0.75};
    const double value = exact_decode(to, integer_random(t, 8 * to->size_bytes));
    return isfinite(value) ? value + exact_ulp(to, value) * PARTS[kt_random_below(t, 6)] : 0;
}

static uint64_t random_float(kt_test *t, const sampling *s)
{
    const exact_format *from = s->from->format;
    double value;
    if (s->to->format && s->to->bits < s->from->bits && kt_random_below(t, 4)) {
        value = random_near_target(t, s->to->format);
    } else if (s->to->format) {
        return integer_random(t, s->from->bits);
    } else { // as large as the integer type holds, or smaller
        const double unit = (double)(kt_random_u64(t) >> 11) / 0x1p53;
        const int exponent = (int)kt_random_below(t, s->to->bits + 2) - 2;
        value = ldexp(kt_random_below(t, 2) ? 1 + unit : -1 - unit, exponent);
    }
    return exact_encode(from, exact_round_nearest(from, value, 0));
}

numbers numbers_to_convert(kt_test *t, const number_type *from, const number_type *to,
                           bool through_bool)
{
    sampling s = {from, to, through_bool, {kt_alloc(t, MOST_NUMBERS * sizeof(uint64_t)), 0}};
    if (from->bits <= 16)
        for (uint64_t bits = 0; bits <= integer_mask(from->bits); bits++)
            add(&s, bits);
    if (from->bits > 16 && from->format)
        add_float_corners(&s);
    if (from->bits > 16 && !from->format) {
        uint64_t corners[INTEGER_MOST_CORNERS];
        const uint32_t count = integer_corners(from->bits, corners);
        for (uint32_t i = 0; i < count; i++)
            add(&s, corners[i]);
    }
    for (uint32_t i = 0; from->bits > 16 && i < RANDOM_NUMBERS; i++)
        add(&s, from->format ? random_float(t, &s) : integer_random(t, from->bits));
    while (s.numbers.count % VECTORS > 0) {
        s.numbers.bits[s.numbers.count] = s.numbers.bits[s.numbers.count - 1];
        s.numbers.count++;
    }
    return s.numbers;
}
