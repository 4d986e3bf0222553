#include "interval.h"

#include <math.h>

#include "reference.h"

// The host's functions are right to a few units in the last place of a double; this is more.
static const double HOST_ERROR = 0x1p-46;

static bool is_half(const exact_format *format)
{
    return format->precision == exact_half.precision;
}

exact_range interval_of(double value)
{
    return (exact_range){value, value};
}

exact_range interval_unbounded(void)
{
    return (exact_range){-INFINITY, INFINITY};
}

bool interval_is_unbounded(exact_range x)
{
    return x.low == -INFINITY && x.high == INFINITY;
}

// A range of exact results as an operation may return them: beyond the largest number stands
// infinity, and what is denormal may be zero.
static exact_range settle(const exact_format *format, double low, double high)
{
    if (isnan(low) || isnan(high))
        return interval_unbounded();
    const double largest = format->largest, normal = format->smallest_normal;
    if (high > largest) {
        high = INFINITY;
        low = low > largest ? largest : low;
    }
    if (low < -largest) {
        low = -INFINITY;
        high = high < -largest ? -largest : high;
    }
    if (low < normal && high > -normal) {
        low = low > 0 ? 0 : low;
        high = high < 0 ? 0 : high;
    }
    return (exact_range){low, high};
}

exact_range interval_widen(const exact_format *format, exact_range x, double slack)
{
    const double low = x.low - slack, high = x.high + slack;
    return settle(format, isfinite(low) ? low - HOST_ERROR * fabs(low) : low,
                  isfinite(high) ? high + HOST_ERROR * fabs(high) : high);
}

exact_range interval_around(const exact_format *format, double number, double distance)
{
    if (format->precision < exact_double.precision)
        return interval_widen(format, interval_of(number), distance);
    return settle(format, nextafter(number - distance, -INFINITY),
                  nextafter(number + distance, INFINITY));
}

double interval_ulps(const exact_format *format, double exact, double count)
{
    if (format->precision > exact_single.precision)
        return count * fabs(exact) * exact_power_of_two(1 - exact_single.precision);
    return count * exact_ulp(format, exact);
}

exact_range interval_add(const exact_format *format, exact_range x, exact_range y)
{
    const exact_parts low = exact_sum(x.low, y.low), high = exact_sum(x.high, y.high);
    return settle(
        format, isfinite(low.value) ? exact_round_down(format, low.value, low.rest) : low.value,
        isfinite(high.value) ? exact_round_up(format, high.value, high.rest) : high.value);
}

exact_range interval_subtract(const exact_format *format, exact_range x, exact_range y)
{
    return interval_add(format, x, (exact_range){-y.high, -y.low});
}

// The lowest and the highest of what is at pairs of ends; NaN where one of them is.
static exact_range span(double a, double b, double c, double d)
{
    const double low = a < b ? a : b, high = a < b ? b : a;
    const double other_low = c < d ? c : d, other_high = c < d ? d : c;
    if (isnan(a + b + c + d) && (isnan(a) || isnan(b) || isnan(c) || isnan(d)))
        return (exact_range){NAN, NAN};
    return (exact_range){low < other_low ? low : other_low, high > other_high ? high : other_high};
}

// Products of half and of single precision are exact.
exact_range interval_multiply(const exact_format *format, exact_range x, exact_range y)
{
    exact_range ends;
    if (y.low == y.high) // mostly a number
        ends = y.low < 0 ? (exact_range){x.high * y.low, x.low * y.low}
                         : (exact_range){x.low * y.low, x.high * y.low};
    else
        ends = span(x.low * y.low, x.low * y.high, x.high * y.low, x.high * y.high);
    if (format->precision == exact_double.precision) // a neighbour more than needed, at most
        return settle(format, nextafter(ends.low, -INFINITY), nextafter(ends.high, INFINITY));
    return settle(format, isfinite(ends.low) ? exact_round_down(format, ends.low, 0) : ends.low,
                  isfinite(ends.high) ? exact_round_up(format, ends.high, 0) : ends.high);
}

exact_range interval_floor(exact_range x)
{
    return (exact_range){floor(x.low), floor(x.high)};
}

exact_range interval_trunc(exact_range x)
{
    return (exact_range){trunc(x.low), trunc(x.high)};
}

exact_range interval_clamp(exact_range x, double low, double high)
{
    if (interval_is_unbounded(x)) // it may be NaN
        return x;
    return (exact_range){fmin(fmax(x.low, low), high), fmin(fmax(x.high, low), high)};
}

// Everything between two results that are each as far off as `slack` says at its place, whichever
// is farther: a unit in the last place may double in between.
static exact_range between(const exact_format *format, exact_range ends, double low_slack,
                           double high_slack)
{
    return interval_widen(format, ends, low_slack > high_slack ? low_slack : high_slack);
}

// 2.5 ULP for divisors from 2^-126 to 2^126 (2^-14 to 2^14 in half precision), and nothing beyond.
exact_range interval_divide(const exact_format *format, exact_range x, exact_range y)
{
    const double count = 2.5, normal = format->smallest_normal, top = 1 / normal;
    const double least = fmin(fabs(y.low), fabs(y.high)), most = fmax(fabs(y.low), fabs(y.high));
    if (!(y.low > 0 || y.high < 0) || least < normal || most > top)
        return interval_unbounded();
    const exact_range ends = span(x.low / y.low, x.low / y.high, x.high / y.low, x.high / y.high);
    return between(format, ends, interval_ulps(format, ends.low, count),
                   interval_ulps(format, ends.high, count));
}

// Inherited from 1 / inversesqrt(x), which is 2 ULP off at most.
exact_range interval_sqrt(const exact_format *format, exact_range x)
{
    if (!(x.low >= 0) || x.high == INFINITY)
        return interval_unbounded();
    const double normal = format->smallest_normal;
    double ends[2];
    for (int i = 0; i < 2; i++) {
        const double of = i ? x.high : x.low;
        const double root = 1 / sqrt(of), slack = interval_ulps(format, root, 2);
        const double inverse = i ? root - slack : root + slack;
        const double exact = of < normal ? sqrt(of) : 1 / inverse;
        const double off = interval_ulps(format, exact, 2.5);
        ends[i] = of == 0 ? 0 : i ? exact + off : exact - off;
    }
    if (x.low < normal) // may be taken as zero
        ends[0] = 0;
    return interval_widen(format, (exact_range){ends[0], ends[1]}, 0);
}

exact_range interval_inverse_sqrt(const exact_format *format, exact_range x)
{
    if (!(x.low >= format->smallest_normal) || x.high == INFINITY)
        return interval_unbounded();
    const exact_range ends = {1 / sqrt(x.high), 1 / sqrt(x.low)};
    return between(format, ends, 0, interval_ulps(format, ends.high, 2));
}

double interval_exp_slack(const exact_format *format, double x, double exact)
{
    return interval_ulps(format, exact, (is_half(format) ? 1 : 3) + 2 * fabs(x));
}

bool interval_log_is_absolute(double x)
{
    return 0.5 <= x && x <= 2;
}

double interval_log_slack(const exact_format *format, double x, double exact)
{
    if (interval_log_is_absolute(x))
        return is_half(format) ? 0x1p-7 : 0x1p-21;
    return interval_ulps(format, exact, 3);
}

double interval_atan_slack(const exact_format *format, double exact)
{
    return interval_ulps(format, exact, is_half(format) ? 5 : 4096);
}

static exact_range rising(const exact_format *format, exact_range x, double function(double),
                          double slack(const exact_format *, double, double))
{
    if (interval_is_unbounded(x))
        return x;
    const double low = function(x.low);
    const double low_slack = isfinite(low) ? slack(format, x.low, low) : 0;
    if (x.low == x.high)
        return interval_widen(format, interval_of(low), low_slack);
    const double high = function(x.high);
    const double high_slack = isfinite(high) ? slack(format, x.high, high) : 0;
    return between(format, (exact_range){low, high}, low_slack, high_slack);
}

exact_range interval_exp(const exact_format *format, exact_range x)
{
    return rising(format, x, precision_exp, interval_exp_slack);
}

exact_range interval_exp2(const exact_format *format, exact_range x)
{
    return rising(format, x, precision_exp2, interval_exp_slack);
}

static exact_range logarithm(const exact_format *format, exact_range x, double function(double))
{
    if (!(x.low > 0))
        return interval_unbounded();
    const exact_range result = rising(format, x, function, interval_log_slack);
    // Where it crosses into [0.5, 2], the bound there is the wider one.
    const bool crosses = (x.low < 0.5 && x.high >= 0.5) || (x.low <= 2 && x.high > 2);
    return crosses ? interval_widen(format, result, interval_log_slack(format, 1, 0)) : result;
}

exact_range interval_log(const exact_format *format, exact_range x)
{
    return logarithm(format, x, log);
}

exact_range interval_log2(const exact_format *format, exact_range x)
{
    return logarithm(format, x, log2);
}

exact_range interval_atan2(const exact_format *format, exact_range y, exact_range x)
{
    if (interval_is_unbounded(y) || interval_is_unbounded(x))
        return interval_unbounded();
    const exact_range ends = span(atan2(y.low, x.low), atan2(y.low, x.high), atan2(y.high, x.low),
                                  atan2(y.high, x.high));
    return between(format, ends, interval_atan_slack(format, ends.low),
                   interval_atan_slack(format, ends.high));
}
