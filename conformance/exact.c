#include "exact.h"

#include <float.h>

#include <math.h>

const exact_format exact_half = {2, 11, -14, 15, 0x1p-14, 0x1.ffcp15};
const exact_format exact_single = {4, 24, -126, 127, 0x1p-126, 0x1.fffffep127};
const exact_format exact_double = {8, 53, -1022, 1023, DBL_MIN, DBL_MAX};

uint64_t exact_encode(const exact_format *format, double value)
{
    const int fraction_bits = format->precision - 1, width = 8 * (int)format->size_bytes;
    const uint64_t bits = exact_double_bits(value);
    if (width == 64)
        return bits;
    const uint64_t sign = bits >> 63 << (width - 1);
    const uint64_t top = 2 * (uint64_t)format->max_exponent + 1;
    if (isnan(value))
        return sign | top << fraction_bits | UINT64_C(1) << (fraction_bits - 1);
    if (isinf(value))
        return sign | top << fraction_bits;
    const double size = fabs(value);
    if (size < format->smallest_normal)
        return sign | (uint64_t)(size / exact_ulp(format, 0));
    const uint64_t magnitude =
        exact_double_bits(size) >> (EXACT_DOUBLE_FRACTION_BITS - fraction_bits);
    return sign |
           (magnitude - ((uint64_t)(EXACT_DOUBLE_BIAS - format->max_exponent) << fraction_bits));
}

double exact_round_nearest(const exact_format *format, double value, double rest)
{
    if (value < 0)
        return -exact_round_nearest(format, -value, -rest);
    if (format->precision == exact_double.precision)
        return value; // that is what a double and its rest are
    const double low = exact_round_down(format, value, rest);
    const double high = exact_round_up(format, value, rest);
    const double half_ulp = exact_ulp(format, low) / 2, below = value - low;
    const bool is_half = below == half_ulp && rest == 0;
    if (is_half)
        return fmod(low / (2 * half_ulp), 2) != 0 ? high : low;
    return below > half_ulp || (below == half_ulp && rest > 0) ? high : low;
}

exact_range exact_round_parts(const exact_format *format, exact_parts parts)
{
    return (exact_range){exact_round_down(format, parts.value, parts.rest),
                         exact_round_up(format, parts.value, parts.rest)};
}

exact_range exact_round(const exact_format *format, double value)
{
    return exact_round_parts(format, (exact_parts){value, 0});
}

exact_range exact_round_u64(const exact_format *format, uint64_t value, bool negative)
{
    const double sign = negative ? -1 : 1;
    return exact_round_parts(format, exact_sum(sign * (double)(value >> 32) * 0x1p32,
                                               sign * (double)(value & UINT32_MAX)));
}

bool exact_range_allows(const exact_format *format, exact_range range, double result)
{
    const double normal = format->smallest_normal;
    return (range.low <= result && result <= range.high) ||
           (result == 0 && range.low < normal && range.high > -normal);
}
