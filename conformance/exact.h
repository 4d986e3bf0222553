// Numbers of the three floating-point formats, and exact results rounded to them.
//
// Vulkan lets a correctly rounded result go to either neighbour of the exact value, lets denormal
// operands and results become zero, and says nothing of a zero's sign. Operands here are finite,
// and results are compared as numbers. Every value of the three formats is exact in a double.
// Source: Vulkan 1.3, "Precision and Operation of SPIR-V Instructions".
#ifndef EXACT_H
#define EXACT_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef struct exact_format {
    uint32_t size_bytes;
    int precision;    // bits of a significand, with the leading one
    int min_exponent; // of the smallest normal number: 2^min_exponent
    int max_exponent; // of the largest number
    double smallest_normal, largest;
} exact_format;

extern const exact_format exact_half, exact_single, exact_double;

// Numbers from `low` to `high`; infinite where the format overflows.
typedef struct exact_range {
    double low, high;
} exact_range;

// Small functions stand here: sweeps of all 2^32 numbers call them some ten times for each.

enum { EXACT_DOUBLE_BIAS = 1023, EXACT_DOUBLE_FRACTION_BITS = 52, EXACT_SINGLE_PRECISION = 24 };

static inline double exact_double_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint64_t exact_double_bits(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

// 2^exponent, of a normal double.
static inline double exact_power_of_two(int exponent)
{
    return exact_double_of((uint64_t)(exponent + EXACT_DOUBLE_BIAS) << EXACT_DOUBLE_FRACTION_BITS);
}

// Whether it is a denormal number of the format; zero is none.
static inline bool exact_is_denormal(const exact_format *format, double value)
{
    return value != 0 && fabs(value) < format->smallest_normal;
}

// The exponent of a number's ulp; at most that of the largest number.
static inline int exact_ulp_exponent(const exact_format *format, double value)
{
    // Of doubles that are zero or denormal: less than every format's, as it should be.
    int exponent =
        (int)(exact_double_bits(value) >> EXACT_DOUBLE_FRACTION_BITS & 0x7ff) - EXACT_DOUBLE_BIAS;
    if (exponent < format->min_exponent)
        exponent = format->min_exponent;
    if (exponent > format->max_exponent)
        exponent = format->max_exponent;
    return exponent - format->precision + 1;
}

// Distance of neighbours at `value`.
static inline double exact_ulp(const exact_format *format, double value)
{
    const int exponent = exact_ulp_exponent(format, value);
    return exponent > -EXACT_DOUBLE_BIAS ? exact_power_of_two(exponent) : ldexp(1, exponent);
}

// The bits of a number of a format as a double, and back; `value` is a number of the format.
static inline double exact_decode(const exact_format *format, uint64_t bits)
{
    const int fraction_bits = format->precision - 1, width = 8 * (int)format->size_bytes;
    const uint64_t fraction = bits & ((UINT64_C(1) << fraction_bits) - 1);
    const uint64_t sign = bits >> (width - 1) & 1;
    const int exponent = (int)(bits >> fraction_bits) & (2 * format->max_exponent + 1);
    if (width == 64)
        return exact_double_of(bits);
    if (exponent == 0) {
        const double value =
            (double)fraction * exact_power_of_two(format->min_exponent - fraction_bits);
        return sign ? -value : value;
    }
    const bool is_number = exponent <= 2 * format->max_exponent;
    const uint64_t biased =
        is_number ? (uint64_t)(exponent - format->max_exponent + EXACT_DOUBLE_BIAS) : 0x7ff;
    return exact_double_of(sign << 63 | biased << EXACT_DOUBLE_FRACTION_BITS |
                           fraction << (EXACT_DOUBLE_FRACTION_BITS - fraction_bits));
}

uint64_t exact_encode(const exact_format *format, double value);

// A sum and a product as they are, in two parts: the double nearest to it, and the rest, which is
// right where nothing overflows or underflows.
typedef struct exact_parts {
    double value, rest;
} exact_parts;

static inline exact_parts exact_sum(double a, double b)
{
    const double sum = a + b, other = sum - a;
    return (exact_parts){sum, (a - (sum - other)) + (b - other)};
}

static inline exact_parts exact_product(double a, double b)
{
    const double product = a * b;
    return (exact_parts){product, fma(a, b, -product)};
}

// exact_round_down of single precision, by what the processor makes of a double: the nearest float,
// of which the one below is the integer before its bits. `value` is at most the largest float.
static inline double exact_single_below(double value, double rest)
{
    const float nearest = (float)value;
    const bool above = nearest > value || (nearest == value && rest < 0);
    if (!above || nearest == 0)
        return above ? -0x1p-149 : nearest;
    int32_t bits;
    memcpy(&bits, &nearest, sizeof bits);
    bits += bits < 0 ? 1 : -1;
    float below;
    memcpy(&below, &bits, sizeof below);
    return below;
}

// The neighbour below and the one above of value + rest, where |rest| is at most half the distance
// of doubles at `value`.
static inline double exact_round_down(const exact_format *format, double value, double rest)
{
    const double largest = format->largest;
    if (value > largest || (value == largest && rest > 0))
        return largest;
    if (value < -largest || (value == -largest && rest < 0))
        return -INFINITY;
    if (format->precision == EXACT_SINGLE_PRECISION)
        return exact_single_below(value, rest);
    double low = value;
    // Every double is a number of its own format.
    if (format->precision < exact_double.precision) {
        const int exponent = exact_ulp_exponent(format, value);
        low = floor(value * exact_power_of_two(-exponent)) * exact_power_of_two(exponent);
    }
    if (low < value || rest >= 0)
        return low;
    if (format->precision == exact_double.precision)
        return nextafter(low, -INFINITY);
    // Below a power of two neighbours are closer.
    const double closer = low * (low > 0 ? 1 - 0x1p-40 : 1 + 0x1p-40);
    return low - (low == 0 ? exact_ulp(format, 0) : exact_ulp(format, closer));
}

static inline double exact_round_up(const exact_format *format, double value, double rest)
{
    return -exact_round_down(format, -value, -rest);
}

// value + rest rounded to the nearest number, to the even one of two; infinite where it overflows.
double exact_round_nearest(const exact_format *format, double value, double rest);
// The neighbours of a number in a format; twice itself where it is exact.
exact_range exact_round(const exact_format *format, double value);
exact_range exact_round_parts(const exact_format *format, exact_parts parts);
exact_range exact_round_u64(const exact_format *format, uint64_t value, bool negative);

// Whether `result` may stand for a number of `range` that the operation computed: it lies inside,
// or is zero where the range has denormals.
bool exact_range_allows(const exact_format *format, exact_range range, double result);

#endif
