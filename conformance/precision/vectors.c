#include "vectors.h"

#include <math.h>

bool precision_is_of_vectors(uint32_t operation)
{
    switch (operation) {
    case PRECISION_LENGTH:
    case PRECISION_NORMALIZE:
    case PRECISION_FACE_FORWARD:
    case PRECISION_REFRACT:
    case PRECISION_DOT:
    case PRECISION_DISTANCE:
    case PRECISION_CROSS:
    case PRECISION_REFLECT:
        return true;
    default:
        return false;
    }
}

// x, of a ray through a surface with that normal: (incident, normal, ratio).
static void refract(mpfr_t x[])
{
    mpfr_t cosine;
    mpfr_init2(cosine, mpfr_get_prec(x[0]));
    mpfr_mul(cosine, x[0], x[1], MPFR_RNDN);
    mpfr_sqr(x[3], cosine, MPFR_RNDN);
    mpfr_ui_sub(x[3], 1, x[3], MPFR_RNDN);
    mpfr_mul(x[3], x[3], x[2], MPFR_RNDN);
    mpfr_mul(x[3], x[3], x[2], MPFR_RNDN);
    mpfr_ui_sub(x[3], 1, x[3], MPFR_RNDN);
    if (mpfr_sgn(x[3]) < 0) {
        mpfr_set_ui(x[0], 0, MPFR_RNDN);
    } else {
        mpfr_sqrt(x[3], x[3], MPFR_RNDN);
        mpfr_fma(cosine, cosine, x[2], x[3], MPFR_RNDN);
        mpfr_fmms(x[0], x[0], x[2], cosine, x[1], MPFR_RNDN);
    }
    mpfr_clear(cosine);
}

void precision_of_vectors(uint32_t operation, mpfr_t x[PRECISION_OPERANDS])
{
    switch (operation) {
    case PRECISION_LENGTH:
        mpfr_hypot(x[0], x[0], x[1], MPFR_RNDN);
        break;
    case PRECISION_NORMALIZE:
        mpfr_hypot(x[1], x[0], x[1], MPFR_RNDN);
        mpfr_div(x[0], x[0], x[1], MPFR_RNDN);
        break;
    case PRECISION_FACE_FORWARD:
        if (mpfr_sgn(x[1]) * mpfr_sgn(x[2]) >= 0)
            mpfr_neg(x[0], x[0], MPFR_RNDN);
        break;
    case PRECISION_REFRACT:
        refract(x);
        break;
    case PRECISION_DOT:
        mpfr_fmma(x[0], x[0], x[2], x[1], x[3], MPFR_RNDN);
        break;
    case PRECISION_DISTANCE:
        mpfr_sub(x[0], x[0], x[2], MPFR_RNDN);
        mpfr_sub(x[1], x[1], x[3], MPFR_RNDN);
        mpfr_hypot(x[0], x[0], x[1], MPFR_RNDN);
        break;
    case PRECISION_CROSS:
        mpfr_fmms(x[0], x[0], x[3], x[1], x[2], MPFR_RNDN);
        break;
    default: // PRECISION_REFLECT
        mpfr_fmma(x[1], x[0], x[2], x[1], x[3], MPFR_RNDN);
        mpfr_mul_ui(x[1], x[1], 2, MPFR_RNDN);
        mpfr_mul(x[1], x[1], x[2], MPFR_RNDN);
        mpfr_sub(x[0], x[0], x[1], MPFR_RNDN);
        break;
    }
}

// x of itself is not negative.
static exact_range square(const exact_format *format, exact_range x)
{
    exact_range range = interval_multiply(format, x, x);
    range.low = range.low < 0 ? 0 : range.low;
    return range;
}

static exact_range dot(const exact_format *format, exact_range a, exact_range b, exact_range c,
                       exact_range d)
{
    return interval_add(format, interval_multiply(format, a, b), interval_multiply(format, c, d));
}

static exact_range length(const exact_format *format, exact_range a, exact_range b)
{
    return interval_sqrt(format, interval_add(format, square(format, a), square(format, b)));
}

static exact_range hull(exact_range x, exact_range y)
{
    return (exact_range){x.low < y.low ? x.low : y.low, x.high > y.high ? x.high : y.high};
}

// normal or -normal, by whether the product is below 0.
static exact_range face_forward(const exact_format *format, exact_range normal, exact_range product)
{
    const exact_range other = {-normal.high, -normal.low};
    const bool flushes = product.low < 0 && product.high > -format->smallest_normal;
    if (product.high < 0 && !flushes)
        return normal;
    return product.low < 0 ? hull(normal, other) : other;
}

// 1 - eta eta (1 - cosine cosine), whose products may be taken in either order.
static exact_range refraction(const exact_format *format, exact_range eta, exact_range cosine)
{
    const exact_range one = interval_of(1);
    const exact_range sine = interval_subtract(format, one, square(format, cosine));
    const exact_range first = interval_multiply(format, square(format, eta), sine);
    const exact_range last = interval_multiply(format, eta, interval_multiply(format, eta, sine));
    return interval_subtract(format, one, hull(first, last));
}

static exact_range refract_range(const exact_format *format, exact_range incident,
                                 exact_range normal, exact_range eta)
{
    const exact_range cosine = interval_multiply(format, incident, normal);
    exact_range k = refraction(format, eta, cosine);
    if (interval_is_unbounded(k))
        return k;
    if (k.high < 0)
        return interval_of(0);
    const bool may_reflect = k.low < 0;
    k.low = may_reflect ? 0 : k.low;
    const exact_range bend =
        interval_add(format, interval_multiply(format, eta, cosine), interval_sqrt(format, k));
    const exact_range range = interval_subtract(format, interval_multiply(format, eta, incident),
                                                interval_multiply(format, bend, normal));
    return may_reflect ? hull(range, interval_of(0)) : range;
}

exact_range precision_range_of_vectors(const exact_format *format, uint32_t operation,
                                       const double x[PRECISION_OPERANDS])
{
    const exact_range a = interval_of(x[0]), b = interval_of(x[1]);
    const exact_range c = interval_of(x[2]), d = interval_of(x[3]);
    switch (operation) {
    case PRECISION_LENGTH:
        return length(format, a, b);
    case PRECISION_NORMALIZE:
        return interval_multiply(format, a, interval_inverse_sqrt(format, dot(format, a, a, b, b)));
    case PRECISION_FACE_FORWARD:
        return face_forward(format, a, interval_multiply(format, b, c));
    case PRECISION_REFRACT:
        return refract_range(format, a, b, c);
    case PRECISION_DOT:
        return dot(format, a, c, b, d);
    case PRECISION_DISTANCE:
        return length(format, interval_subtract(format, a, c), interval_subtract(format, b, d));
    case PRECISION_CROSS:
        return interval_subtract(format, interval_multiply(format, a, d),
                                 interval_multiply(format, b, c));
    default: { // PRECISION_REFLECT
        const exact_range twice =
            interval_multiply(format, interval_of(2), dot(format, c, a, d, b));
        return interval_subtract(format, a, interval_multiply(format, twice, c));
    }
    }
}
