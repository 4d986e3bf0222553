#include "reference.h"

#include <math.h>
#include <mpfr.h>

enum { PRECISION_BITS = 300 };

static const double PI = 3.14159265358979324;

static double sign_of(double x)
{
    return (double)((x > 0) - (x < 0));
}

static double smoothstep(double from, double to, double x)
{
    const double share = (x - from) / (to - from), t = share < 0 ? 0 : share > 1 ? 1 : share;
    return t * t * (3 - 2 * t);
}

// The remainder of a division that rounds down.
static exact_parts modulo(double x, double y)
{
    const double rest = fmod(x, y);
    const bool wrong_side = rest != 0 && (rest < 0) != (y < 0);
    return wrong_side ? exact_sum(rest, y) : (exact_parts){rest, 0};
}

static exact_parts fused(double x, double y, double z)
{
    const exact_parts product = exact_product(x, y), sum = exact_sum(product.value, z);
    return exact_sum(sum.value, sum.rest + product.rest);
}

// Of operands of single precision, whose products are doubles.
static exact_parts mixed(double x, double y, double share)
{
    const exact_parts moved = exact_sum(x, y * share), sum = exact_sum(moved.value, -x * share);
    return exact_sum(sum.value, sum.rest + moved.rest);
}

// In double precision, with a rest where that is cheap to know.
static exact_parts host_reference(uint32_t operation, double x, double y, double z)
{
    switch (operation) {
    case PRECISION_FRACT:
        return exact_sum(x, -floor(x));
    case PRECISION_ADD:
        return exact_sum(x, y);
    case PRECISION_SUBTRACT:
        return exact_sum(x, -y);
    case PRECISION_MULTIPLY:
        return exact_product(x, y);
    case PRECISION_FMA:
        return fused(x, y, z);
    case PRECISION_MODULO:
        return modulo(x, y);
    case PRECISION_MIX:
        return mixed(x, y, z);
    default:
        return (exact_parts){0, 0};
    }
}

static double host_value(uint32_t operation, double x, double y, double z)
{
    switch (operation) {
    case PRECISION_NEGATE:
        return -x;
    case PRECISION_ABS:
        return fabs(x);
    case PRECISION_SIGN:
        return sign_of(x);
    case PRECISION_FLOOR:
        return floor(x);
    case PRECISION_CEIL:
        return ceil(x);
    case PRECISION_TRUNC:
        return trunc(x);
    case PRECISION_ROUND:
    case PRECISION_ROUND_EVEN:
        return nearbyint(x); // nobody changes the host's rounding mode
    case PRECISION_SQRT:
        return sqrt(x);
    case PRECISION_INVERSE_SQRT:
        return 1 / sqrt(x);
    case PRECISION_RECIPROCAL:
        return 1 / x;
    case PRECISION_RADIANS:
        return x * (PI / 180);
    case PRECISION_DEGREES:
        return x * (180 / PI);
    case PRECISION_SIN:
        return sin(x);
    case PRECISION_COS:
        return cos(x);
    case PRECISION_TAN:
        return tan(x);
    case PRECISION_ASIN:
        return asin(x);
    case PRECISION_ACOS:
        return acos(x);
    case PRECISION_ATAN:
        return atan(x);
    case PRECISION_SINH:
        return sinh(x);
    case PRECISION_COSH:
        return cosh(x);
    case PRECISION_TANH:
        return tanh(x);
    case PRECISION_ASINH:
        return asinh(x);
    case PRECISION_ACOSH:
        return acosh(x);
    case PRECISION_ATANH:
        return atanh(x);
    case PRECISION_EXP:
        return exp(x);
    case PRECISION_EXP2:
        return exp2(x);
    case PRECISION_LOG:
        return log(x);
    case PRECISION_LOG2:
        return log2(x);
    case PRECISION_DIVIDE:
        return x / y;
    case PRECISION_REMAINDER:
        return fmod(x, y);
    case PRECISION_MIN:
        return y < x ? y : x;
    case PRECISION_MAX:
        return x < y ? y : x;
    case PRECISION_STEP:
        return y < x ? 0 : 1;
    case PRECISION_ATAN2:
        return atan2(x, y);
    case PRECISION_POW:
        return pow(x, y);
    case PRECISION_LDEXP:
        return ldexp(x, (int)y);
    case PRECISION_LESS:
        return x < y;
    case PRECISION_EQUAL:
        return x == y;
    case PRECISION_CLAMP:
        return x < y ? y : x > z ? z : x;
    default: // PRECISION_SMOOTHSTEP
        return smoothstep(x, y, z);
    }
}

typedef int unary_function(mpfr_ptr out, mpfr_srcptr x, mpfr_rnd_t direction);

// MPFR's function of one operand where the host's is not exact.
static unary_function *certain_function(uint32_t operation)
{
    switch (operation) {
    case PRECISION_SQRT:
        return mpfr_sqrt;
    case PRECISION_INVERSE_SQRT:
        return mpfr_rec_sqrt;
    case PRECISION_SIN:
        return mpfr_sin;
    case PRECISION_COS:
        return mpfr_cos;
    case PRECISION_TAN:
        return mpfr_tan;
    case PRECISION_ASIN:
        return mpfr_asin;
    case PRECISION_ACOS:
        return mpfr_acos;
    case PRECISION_ATAN:
        return mpfr_atan;
    case PRECISION_SINH:
        return mpfr_sinh;
    case PRECISION_COSH:
        return mpfr_cosh;
    case PRECISION_TANH:
        return mpfr_tanh;
    case PRECISION_ASINH:
        return mpfr_asinh;
    case PRECISION_ACOSH:
        return mpfr_acosh;
    case PRECISION_ATANH:
        return mpfr_atanh;
    case PRECISION_EXP:
        return mpfr_exp;
    case PRECISION_EXP2:
        return mpfr_exp2;
    case PRECISION_LOG:
        return mpfr_log;
    case PRECISION_LOG2:
        return mpfr_log2;
    default:
        return NULL;
    }
}

// x = operation of x, y and z. False where the host's value is as good.
static bool apply_certain(uint32_t operation, mpfr_t x, mpfr_t y, mpfr_t z)
{
    unary_function *function = certain_function(operation);
    if (function) {
        function(x, x, MPFR_RNDN);
        return true;
    }
    switch (operation) {
    case PRECISION_RECIPROCAL:
        mpfr_ui_div(x, 1, x, MPFR_RNDN);
        return true;
    case PRECISION_RADIANS:
    case PRECISION_DEGREES:
        mpfr_const_pi(y, MPFR_RNDN);
        mpfr_div_ui(y, y, 180, MPFR_RNDN);
        (operation == PRECISION_RADIANS ? mpfr_mul : mpfr_div)(x, x, y, MPFR_RNDN);
        return true;
    case PRECISION_DIVIDE:
        mpfr_div(x, x, y, MPFR_RNDN);
        return true;
    case PRECISION_ATAN2:
        mpfr_atan2(x, x, y, MPFR_RNDN);
        return true;
    case PRECISION_POW:
        mpfr_pow(x, x, y, MPFR_RNDN);
        return true;
    case PRECISION_FMA:
        mpfr_fma(x, x, y, z, MPFR_RNDN);
        return true;
    case PRECISION_MIX: // x + (y - x) z
        mpfr_sub(y, y, x, MPFR_RNDN);
        mpfr_fma(x, y, z, x, MPFR_RNDN);
        return true;
    case PRECISION_SMOOTHSTEP: // share share (3 - 2 share)
        mpfr_sub(z, z, x, MPFR_RNDN);
        mpfr_sub(y, y, x, MPFR_RNDN);
        mpfr_div(y, z, y, MPFR_RNDN);
        if (mpfr_sgn(y) < 0)
            mpfr_set_ui(y, 0, MPFR_RNDN);
        if (mpfr_cmp_ui(y, 1) > 0)
            mpfr_set_ui(y, 1, MPFR_RNDN);
        mpfr_mul_ui(z, y, 2, MPFR_RNDN);
        mpfr_ui_sub(z, 3, z, MPFR_RNDN);
        mpfr_sqr(y, y, MPFR_RNDN);
        mpfr_mul(x, y, z, MPFR_RNDN);
        return true;
    default:
        return false;
    }
}

exact_parts precision_reference(uint32_t operation, const double x[PRECISION_OPERANDS],
                                bool certain)
{
    if (certain) {
        mpfr_t value, y, z;
        mpfr_inits2(PRECISION_BITS, value, y, z, (mpfr_ptr)0);
        mpfr_set_d(value, x[0], MPFR_RNDN);
        mpfr_set_d(y, x[1], MPFR_RNDN);
        mpfr_set_d(z, x[2], MPFR_RNDN);
        const bool applied = apply_certain(operation, value, y, z);
        exact_parts parts = {mpfr_get_d(value, MPFR_RNDN), 0};
        mpfr_sub_d(value, value, parts.value, MPFR_RNDN);
        parts.rest = mpfr_get_d(value, MPFR_RNDN);
        mpfr_clears(value, y, z, (mpfr_ptr)0);
        if (applied)
            return parts;
    }
    switch (operation) {
    case PRECISION_FRACT:
    case PRECISION_ADD:
    case PRECISION_SUBTRACT:
    case PRECISION_MULTIPLY:
    case PRECISION_FMA:
    case PRECISION_MODULO:
    case PRECISION_MIX:
        return host_reference(operation, x[0], x[1], x[2]);
    default:
        return (exact_parts){host_value(operation, x[0], x[1], x[2]), 0};
    }
}

void precision_reference_end_thread(void)
{
    mpfr_free_cache2(MPFR_FREE_LOCAL_CACHE);
}
