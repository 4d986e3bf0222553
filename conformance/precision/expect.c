#include "expect.h"

#include <math.h>

#include "interval.h"
#include "vectors.h"

// The float next to it lies outside of [-pi, pi].
static const double PI = 3.14159265358979324, LN_2 = 0.693147180559945309;

static bool is_half(const exact_format *format)
{
    return format->precision == exact_half.precision;
}

// Whether the table says anything of the operation there.
static bool is_defined(const exact_format *format, uint32_t operation, const double x[])
{
    const double normal = format->smallest_normal;
    switch (operation) {
    case PRECISION_SQRT:
        return x[0] >= 0;
    case PRECISION_INVERSE_SQRT:
    case PRECISION_LOG:
    case PRECISION_LOG2:
    case PRECISION_POW:
        return x[0] > 0;
    case PRECISION_RECIPROCAL:
        return fabs(x[0]) >= normal && fabs(x[0]) <= 1 / normal;
    case PRECISION_DIVIDE:
    case PRECISION_REMAINDER:
    case PRECISION_MODULO:
        return fabs(x[1]) >= normal && fabs(x[1]) <= 1 / normal;
    case PRECISION_SIN:
    case PRECISION_COS:
    case PRECISION_TAN:
        return fabs(x[0]) <= PI;
    case PRECISION_ASIN:
    case PRECISION_ACOS:
        return fabs(x[0]) <= 1;
    case PRECISION_ACOSH:
        return x[0] >= 1;
    case PRECISION_ATANH:
        return fabs(x[0]) < 1;
    case PRECISION_ATAN2:
        return x[0] != 0 && x[1] != 0;
    case PRECISION_LDEXP: // by less the result may be zero, by more it may be anything
        return x[1] == trunc(x[1]) && x[1] >= format->min_exponent &&
               x[1] <= format->max_exponent + 1;
    case PRECISION_CLAMP:
    case PRECISION_NCLAMP:
        return x[1] <= x[2];
    case PRECISION_SMOOTHSTEP:
        return x[0] < x[1];
    default:
        return true;
    }
}

// (exp(x) - exp(-x)) / 2, or with +.
static exact_range hyperbolic(const exact_format *format, exact_range up, exact_range down,
                              bool cosine)
{
    const exact_range both =
        cosine ? interval_add(format, up, down) : interval_subtract(format, up, down);
    return interval_multiply(format, both, interval_of(0.5));
}

static exact_range hyperbolic_function(const exact_format *format, uint32_t operation, double x)
{
    // Half of all numbers: exp(|x|) is above 2^(max_exponent + 1), and a quotient by that has no
    // bound.
    if (operation == PRECISION_TANH && fabs(x) > (format->max_exponent + 1) * LN_2)
        return interval_unbounded();
    const exact_range up = interval_exp(format, interval_of(x));
    const exact_range down = interval_exp(format, interval_of(-x));
    if (operation == PRECISION_TANH)
        return interval_divide(format, hyperbolic(format, up, down, false),
                               hyperbolic(format, up, down, true));
    return hyperbolic(format, up, down, operation == PRECISION_COSH);
}

// sqrt(x x + one)
static exact_range root_beside(const exact_format *format, double x, double one)
{
    const exact_range square = interval_multiply(format, interval_of(x), interval_of(x));
    return interval_sqrt(format, interval_add(format, square, interval_of(one)));
}

// sqrt(1 - x x)
static exact_range other_leg(const exact_format *format, double x)
{
    const exact_range square = interval_multiply(format, interval_of(x), interval_of(x));
    exact_range rest = interval_subtract(format, interval_of(1), square);
    rest.low = rest.low < 0 ? 0 : rest.low; // its exact value is not negative, nor is a rounded one
    return interval_sqrt(format, rest);
}

// Functions of one operand that are as precise as an expression.
static exact_range inherited_of_one(const exact_format *format, uint32_t operation, double x)
{
    const exact_range at = interval_of(x), one = interval_of(1);
    switch (operation) {
    case PRECISION_SQRT:
        return interval_sqrt(format, at);
    case PRECISION_RADIANS: // the constant is rounded, too
        return interval_multiply(format, at, exact_round(format, PI / 180));
    case PRECISION_DEGREES:
        return interval_multiply(format, at, exact_round(format, 180 / PI));
    case PRECISION_TAN: {
        const double slack = is_half(format) ? 0x1p-7 : 0x1p-11;
        return interval_divide(format, interval_widen(format, interval_of(sin(x)), slack),
                               interval_widen(format, interval_of(cos(x)), slack));
    }
    case PRECISION_ASIN:
        return interval_atan2(format, at, other_leg(format, x));
    case PRECISION_ACOS:
        return interval_atan2(format, other_leg(format, x), at);
    case PRECISION_SINH:
    case PRECISION_COSH:
    case PRECISION_TANH:
        return hyperbolic_function(format, operation, x);
    case PRECISION_ASINH:
    case PRECISION_ACOSH: {
        const double sign = operation == PRECISION_ASINH ? 1 : -1;
        return interval_log(format, interval_add(format, at, root_beside(format, x, sign)));
    }
    default: { // PRECISION_ATANH
        const exact_range ratio = interval_divide(format, interval_add(format, one, at),
                                                  interval_subtract(format, one, at));
        return interval_multiply(format, interval_log(format, ratio), interval_of(0.5));
    }
    }
}

// x - y trunc(x / y), or with floor.
static exact_range remainder_range(const exact_format *format, uint32_t operation, double x,
                                   double y)
{
    const exact_range quotient = interval_divide(format, interval_of(x), interval_of(y));
    const exact_range whole =
        operation == PRECISION_MODULO ? interval_floor(quotient) : interval_trunc(quotient);
    return interval_subtract(format, interval_of(x),
                             interval_multiply(format, interval_of(y), whole));
}

static exact_range smoothstep_range(const exact_format *format, double from, double to, double x)
{
    const exact_range start = interval_of(from);
    const exact_range share =
        interval_divide(format, interval_subtract(format, interval_of(x), start),
                        interval_subtract(format, interval_of(to), start));
    const exact_range t = interval_clamp(share, 0, 1);
    const exact_range rest =
        interval_subtract(format, interval_of(3), interval_multiply(format, interval_of(2), t));
    return interval_multiply(format, interval_multiply(format, t, t), rest);
}

// x (1 - share) + y share; or x + (y - x) share, as NVIDIA computes it and Khronos' own suite
// takes, too. Where the difference overflows the latter bounds nothing.
static exact_range mix_range(const exact_format *format, exact_range x, exact_range y,
                             exact_range share)
{
    const exact_range rest = interval_subtract(format, interval_of(1), share);
    const exact_range parts = interval_add(format, interval_multiply(format, x, rest),
                                           interval_multiply(format, y, share));
    const exact_range step = interval_multiply(format, interval_subtract(format, y, x), share);
    const exact_range sum = interval_add(format, x, step);
    return (exact_range){fmin(parts.low, sum.low), fmax(parts.high, sum.high)};
}

static exact_range inherited(const exact_format *format, uint32_t operation, const double x[])
{
    const exact_range a = interval_of(x[0]), b = interval_of(x[1]), c = interval_of(x[2]);
    switch (operation) {
    case PRECISION_REMAINDER:
    case PRECISION_MODULO:
        return remainder_range(format, operation, x[0], x[1]);
    case PRECISION_POW:
        return interval_exp2(format, interval_multiply(format, b, interval_log2(format, a)));
    case PRECISION_FMA:
        return interval_add(format, interval_multiply(format, a, b), c);
    case PRECISION_MIX:
        return mix_range(format, a, b, c);
    case PRECISION_SMOOTHSTEP:
        return smoothstep_range(format, x[0], x[1], x[2]);
    default:
        return precision_is_of_vectors(operation) ? precision_range_of_vectors(format, operation, x)
                                                  : inherited_of_one(format, operation, x[0]);
    }
}

// Whether it is a power of two, or that and a little less, so that the neighbour below is closer.
// Beyond the largest number that is so already: ULPs are those of the two numbers nearest to it.
static bool is_at_power_of_two(const exact_format *format, exact_parts exact)
{
    const uint64_t fraction = (UINT64_C(1) << EXACT_DOUBLE_FRACTION_BITS) - 1;
    return (exact_double_bits(exact.value) & fraction) == 0 && exact.value * exact.rest <= 0 &&
           fabs(exact.value) > format->smallest_normal && fabs(exact.value) <= format->largest;
}

double precision_ulp(const exact_format *format, exact_parts exact)
{
    return exact_ulp(format, exact.value) * (is_at_power_of_two(format, exact) ? 0.5 : 1);
}

// Bounds on the distance from the exact result. False where the operation has none.
static bool find_wide_slack(const exact_format *format, uint32_t operation, const double x[],
                            precision_expected *out)
{
    const double exact = out->exact.value;
    switch (operation) {
    case PRECISION_INVERSE_SQRT:
        out->slack = interval_ulps(format, exact, 2);
        return true;
    case PRECISION_RECIPROCAL:
    case PRECISION_DIVIDE:
        out->slack = interval_ulps(format, exact, 2.5);
        return true;
    case PRECISION_SIN:
    case PRECISION_COS:
        out->absolute = true;
        out->slack = is_half(format) ? 0x1p-7 : 0x1p-11;
        return true;
    case PRECISION_ATAN:
    case PRECISION_ATAN2:
        out->slack = interval_atan_slack(format, exact);
        return true;
    case PRECISION_EXP:
    case PRECISION_EXP2:
        out->slack = interval_exp_slack(format, x[0], exact);
        return true;
    case PRECISION_LOG:
    case PRECISION_LOG2:
        out->absolute = interval_log_is_absolute(x[0]);
        out->slack = interval_log_slack(format, x[0], exact);
        return true;
    default:
        return false;
    }
}

static bool find_slack(const exact_format *format, uint32_t operation, const double x[],
                       precision_expected *out)
{
    if (!find_wide_slack(format, operation, x, out))
        return false;
    if (!out->absolute && is_at_power_of_two(format, out->exact))
        out->slack /= 2;
    return true;
}

static bool is_rounded(uint32_t operation)
{
    switch (operation) {
    case PRECISION_SQRT:
    case PRECISION_POW:
    case PRECISION_REMAINDER:
    case PRECISION_MODULO:
    case PRECISION_FMA:
    case PRECISION_MIX:
    case PRECISION_SMOOTHSTEP:
        return false;
    default:
        return (operation < PRECISION_RADIANS || operation > PRECISION_LOG2) &&
               !precision_is_of_vectors(operation);
    }
}

// Both neighbours of the exact result.
static exact_range rounded_range(const exact_format *format, uint32_t operation, double x,
                                 exact_parts exact)
{
    if (operation == PRECISION_ROUND) { // halves go to the side that the driver chooses
        const double down = floor(x), rest = x - down;
        return (exact_range){rest <= 0.5 ? down : down + 1, rest < 0.5 ? down : down + 1};
    }
    const exact_range range = isfinite(exact.value)
                                  ? (exact_range){exact_round_down(format, exact.value, exact.rest),
                                                  exact_round_up(format, exact.value, exact.rest)}
                                  : interval_of(exact.value);
    // The rest of a product of doubles is lost where it underflows.
    const bool lost = format->precision == exact_double.precision &&
                      precision_is_product(operation) && fabs(exact.value) < 0x1p-900;
    return lost ? (exact_range){nextafter(range.low, -INFINITY), nextafter(range.high, INFINITY)}
                : range;
}

// Everything that is no farther from the exact result, to either side, than what the expression may
// be; and what overflows on its way.
static exact_range as_far_as(const exact_format *format, exact_parts exact, exact_range expression)
{
    if (!isfinite(exact.value)) {
        const exact_range best = exact_round(format, exact.value);
        return (exact_range){fmin(best.low, expression.low), fmax(best.high, expression.high)};
    }
    const double below = fabs(exact.value - expression.low);
    const double above = fabs(expression.high - exact.value);
    const double distance = isinf(below) ? above : isinf(above) || below > above ? below : above;
    const exact_range range = interval_around(format, exact.value, distance);
    return (exact_range){range.low < expression.low ? range.low : expression.low,
                         range.high > expression.high ? range.high : expression.high};
}

bool precision_expect(const exact_format *format, uint32_t operation,
                      const double x[PRECISION_OPERANDS], bool certain, precision_expected *out)
{
    if (!is_defined(format, operation, x))
        return false;
    *out = (precision_expected){.exact = precision_reference(operation, x, certain), .slack = -1};
    if (find_slack(format, operation, x, out)) {
        // An exact result beyond every number of the host's is only known to overflow.
        const double slack = isfinite(out->exact.value) ? out->slack : 0;
        out->range = interval_widen(format, interval_of(out->exact.value), slack);
        return true;
    }
    out->rounded = is_rounded(operation);
    if (out->rounded) {
        out->range = rounded_range(format, operation, x[0], out->exact);
        return true;
    }
    out->range = inherited(format, operation, x);
    if (interval_is_unbounded(out->range))
        return false;
    out->range = as_far_as(format, out->exact, out->range);
    return true;
}

double precision_error(const precision_expected *expected, double result)
{
    return result - expected->exact.value - expected->exact.rest;
}

bool precision_allows(const exact_format *format, const precision_expected *expected, double result)
{
    if (!exact_range_allows(format, expected->range, result)) // nor a NaN
        return false;
    // The range of a bound is a little too wide; what overflowed or became zero is right.
    if (expected->slack < 0 || result == 0 || fabs(result) >= format->largest)
        return true;
    return fabs(precision_error(expected, result)) <= expected->slack;
}
