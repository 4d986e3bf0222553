#include "exact.h"

#include <math.h>
#include <mpfr.h>

#include "../shaders/float_operations.h"

// Directed rounding composes, so a value rounded down here and down again to a format is right
// whatever this precision is; it only has to exceed every format's.
enum { PRECISION = 256, MAX_RANGES = 4 };

const exact_format exact_half = {2, 11, -14, 15};
const exact_format exact_single = {4, 24, -126, 127};
const exact_format exact_double = {8, 53, -1022, 1023};

double exact_smallest_normal(const exact_format *format)
{
    return ldexp(1, format->min_exponent);
}

double exact_largest(const exact_format *format)
{
    return ldexp(2 - ldexp(1, 1 - format->precision), format->max_exponent);
}

double exact_ulp(const exact_format *format, double value)
{
    int exponent = value != 0 ? ilogb(value) : format->min_exponent;
    if (exponent < format->min_exponent)
        exponent = format->min_exponent;
    return ldexp(1, exponent - format->precision + 1);
}

double exact_decode(const exact_format *format, uint64_t bits)
{
    const int fraction_bits = format->precision - 1;
    const uint64_t fraction = bits & ((UINT64_C(1) << fraction_bits) - 1);
    const uint64_t sign = bits >> (8 * format->size_bytes - 1) & 1;
    const uint64_t top = bits & ((UINT64_C(1) << (8 * format->size_bytes - 1)) - 1);
    const int exponent = (int)(top >> fraction_bits);
    double value;
    if (exponent == 2 * format->max_exponent + 1)
        value = fraction ? NAN : INFINITY;
    else if (exponent == 0)
        value = ldexp((double)fraction, format->min_exponent - fraction_bits);
    else
        value = ldexp((double)(fraction | UINT64_C(1) << fraction_bits),
                      exponent - format->max_exponent - fraction_bits);
    return sign ? -value : value;
}

// Rounds a number to a format in a direction; `value` is spent.
static double round_to(const exact_format *format, mpfr_t value, mpfr_rnd_t direction)
{
    if (mpfr_zero_p(value) || !mpfr_number_p(value))
        return mpfr_get_d(value, MPFR_RNDN);
    long exponent = mpfr_get_exp(value) - 1;
    if (exponent < format->min_exponent)
        exponent = format->min_exponent;
    const long ulp = exponent - format->precision + 1;
    mpfr_mul_2si(value, value, -ulp, direction);
    mpfr_rint(value, value, direction);
    mpfr_mul_2si(value, value, ulp, direction);
    const double largest = exact_largest(format);
    if (mpfr_cmp_d(value, largest) > 0)
        return direction == MPFR_RNDU ? INFINITY : largest;
    if (mpfr_cmp_d(value, -largest) < 0)
        return direction == MPFR_RNDD ? -INFINITY : -largest;
    return mpfr_get_d(value, direction);
}

exact_range exact_round(const exact_format *format, double value)
{
    mpfr_t x;
    mpfr_init2(x, PRECISION);
    mpfr_set_d(x, value, MPFR_RNDN);
    exact_range range;
    range.low = round_to(format, x, MPFR_RNDD);
    mpfr_set_d(x, value, MPFR_RNDN);
    range.high = round_to(format, x, MPFR_RNDU);
    mpfr_clear(x);
    return range;
}

exact_range exact_round_u64(const exact_format *format, uint64_t value, bool negative)
{
    mpfr_t x;
    mpfr_init2(x, PRECISION);
    double ends[2];
    for (int up = 0; up < 2; up++) {
        mpfr_set_ui_2exp(x, (unsigned long)(value >> 32), 32, MPFR_RNDN);
        mpfr_add_ui(x, x, (unsigned long)(value & UINT32_MAX), MPFR_RNDN);
        if (negative)
            mpfr_neg(x, x, MPFR_RNDN);
        ends[up] = round_to(format, x, up ? MPFR_RNDU : MPFR_RNDD);
    }
    mpfr_clear(x);
    return (exact_range){ends[0], ends[1]};
}

// One correctly rounded operation of two or three operands, to either side.
static exact_range rounded_operation(const exact_format *format, uint32_t operation, double a,
                                     double b, double c)
{
    mpfr_t x, y, z;
    mpfr_inits2(PRECISION, x, y, z, (mpfr_ptr)0);
    double ends[2];
    for (int up = 0; up < 2; up++) {
        const mpfr_rnd_t direction = up ? MPFR_RNDU : MPFR_RNDD;
        mpfr_set_d(x, a, MPFR_RNDN);
        mpfr_set_d(y, b, MPFR_RNDN);
        mpfr_set_d(z, c, MPFR_RNDN);
        switch (operation) {
        case FLOAT_ADD:
            mpfr_add(x, x, y, direction);
            break;
        case FLOAT_SUBTRACT:
            mpfr_sub(x, x, y, direction);
            break;
        case FLOAT_MULTIPLY:
            mpfr_mul(x, x, y, direction);
            break;
        case FLOAT_FMA:
            mpfr_fma(x, x, y, z, direction);
            break;
        default: // FLOAT_FRACT
            mpfr_floor(y, x);
            mpfr_sub(x, x, y, direction);
            break;
        }
        ends[up] = round_to(format, x, direction);
    }
    mpfr_clears(x, y, z, (mpfr_ptr)0);
    return (exact_range){ends[0], ends[1]};
}

// Some units in the last place of a number, in that number's measure.
static long double ulps(const exact_format *format, long double exact, long double count)
{
    // Double precision must only be as good as single precision is.
    if (format->precision > exact_single.precision)
        return count * fabsl(exact) * ldexp(1, 1 - exact_single.precision);
    return count * exact_ulp(format, (double)exact);
}

// Everything within some units in the last place of a / b, 1 / sqrt(a) or sqrt(a). Computed in long
// double: far closer than these bounds.
static exact_range near_operation(const exact_format *format, uint32_t operation, double a,
                                  double b)
{
    enum { ROOT_ULPS = 2 };
    const long double quotient_ulps = 2.5L;
    if (operation == FLOAT_SQRT && a == 0)
        return (exact_range){0, 0};
    long double low, high;
    switch (operation) {
    case FLOAT_DIVIDE:
        low = high = (long double)a / b;
        break;
    case FLOAT_INVERSE_SQRT:
        low = high = 1 / sqrtl(a);
        break;
    default: { // FLOAT_SQRT: inherited from 1 / inversesqrt(a), whose divisor may be off
        const long double root = 1 / sqrtl(a), slack = ulps(format, root, ROOT_ULPS);
        low = 1 / (root + slack);
        high = 1 / (root - slack);
        break;
    }
    }
    const long double count = operation == FLOAT_INVERSE_SQRT ? ROOT_ULPS : quotient_ulps;
    exact_range range = {(double)(low - ulps(format, low, count)),
                         (double)(high + ulps(format, high, count))};
    // Beyond the largest number the neighbours are that number and infinity.
    const double largest = exact_largest(format);
    if (range.high > largest)
        range = (exact_range){fmin(range.low, largest), INFINITY};
    if (range.low < -largest)
        range = (exact_range){-INFINITY, fmax(range.high, -largest)};
    return range;
}

static double sign_of(double x)
{
    return (double)((x > 0) - (x < 0));
}

// Operations whose result is a number of the format by nature.
static double plain_operation(uint32_t operation, double a, double b, double c)
{
    switch (operation) {
    case FLOAT_NEGATE:
        return -a;
    case FLOAT_ABS:
        return fabs(a);
    case FLOAT_SIGN:
        return sign_of(a);
    case FLOAT_MIN:
        return b < a ? b : a;
    case FLOAT_MAX:
        return a < b ? b : a;
    case FLOAT_CLAMP:
        return a < b ? b : a > c ? c : a;
    case FLOAT_STEP:
        return b < a ? 0 : 1;
    case FLOAT_FLOOR:
        return floor(a);
    case FLOAT_CEIL:
        return ceil(a);
    case FLOAT_TRUNC:
        return trunc(a);
    case FLOAT_ROUND_EVEN:
        return nearbyint(a); // nobody changes the host's rounding mode
    case FLOAT_LESS:
        return a < b;
    case FLOAT_LESS_EQUAL:
        return a <= b;
    case FLOAT_EQUAL:
        return a == b;
    default: // FLOAT_NOT_EQUAL
        return a != b;
    }
}

// The ranges that an operation may return from, for operands as they are.
static int operation_ranges(const exact_format *format, uint32_t operation, double a, double b,
                            double c, exact_range ranges[MAX_RANGES])
{
    switch (operation) {
    case FLOAT_ADD:
    case FLOAT_SUBTRACT:
    case FLOAT_MULTIPLY:
    case FLOAT_FRACT:
        ranges[0] = rounded_operation(format, operation, a, b, c);
        return 1;
    case FLOAT_FMA: {
        // Fused, or a product rounded to either side or flushed, and then a sum.
        exact_range product = rounded_operation(format, FLOAT_MULTIPLY, a, b, 0);
        ranges[0] = rounded_operation(format, FLOAT_FMA, a, b, c);
        ranges[1] = rounded_operation(format, FLOAT_ADD, product.low, c, 0);
        ranges[2] = rounded_operation(format, FLOAT_ADD, product.high, c, 0);
        ranges[3] = (exact_range){c, c};
        return exact_range_allows(format, product, 0) ? 4 : 3;
    }
    case FLOAT_DIVIDE:
    case FLOAT_SQRT:
    case FLOAT_INVERSE_SQRT:
        ranges[0] = near_operation(format, operation, a, b);
        return 1;
    case FLOAT_ROUND: {
        // Halves go to the side that the driver chooses.
        const double down = floor(a), rest = a - down;
        ranges[0] = (exact_range){rest <= 0.5 ? down : down + 1, rest < 0.5 ? down : down + 1};
        return 1;
    }
    default:
        ranges[0].low = ranges[0].high = plain_operation(operation, a, b, c);
        return 1;
    }
}

bool exact_range_allows(const exact_format *format, exact_range range, double result)
{
    const double normal = exact_smallest_normal(format);
    return (range.low <= result && result <= range.high) ||
           (result == 0 && range.low < normal && range.high > -normal);
}

bool exact_allows(const exact_format *format, uint32_t operation, const double operands[3],
                  double result)
{
    const double normal = exact_smallest_normal(format);
    // Each denormal operand may have been taken as zero: one bit of `flush` for each.
    for (unsigned flush = 0; flush < 8; flush++) {
        double used[3];
        bool possible = true;
        for (int i = 0; i < 3; i++) {
            const bool flushed = flush >> i & 1;
            used[i] = flushed ? 0 : operands[i];
            possible = possible && (!flushed || (operands[i] != 0 && fabs(operands[i]) < normal));
        }
        if (!possible)
            continue;
        exact_range ranges[MAX_RANGES];
        const int count = operation_ranges(format, operation, used[0], used[1], used[2], ranges);
        for (int i = 0; i < count; i++)
            if (exact_range_allows(format, ranges[i], result))
                return true;
    }
    return false;
}
