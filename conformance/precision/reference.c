#include "reference.h"

#include <math.h>
#include <mpfr.h>

#include "vectors.h"

enum { PRECISION_BITS = 300 };

static const double PI = 3.14159265358979324, LN_2 = 0.693147180559945309;

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

double precision_exp(double x)
{
    return x > 710 ? INFINITY : x < -746 ? 0 : exp(x);
}

double precision_exp2(double x)
{
    return x > 1024 ? INFINITY : x < -1076 ? 0 : exp2(x);
}

// Functions that are next to 1 for many numbers, and there on one side of it.
static exact_parts power(double x, double logarithm, double function(double))
{
    return fabs(x) < 0x1p-30 ? exact_sum(1, logarithm * x) : (exact_parts){function(x), 0};
}

static exact_parts hyperbolic_cosine(double x)
{
    if (fabs(x) < 0x1p-15)
        return exact_sum(1, x * x / 2);
    return (exact_parts){fabs(x) > 711 ? INFINITY : cosh(x), 0};
}

static exact_parts hyperbolic_tangent(double x)
{
    return fabs(x) > 15 ? exact_sum(sign_of(x), -2 * sign_of(x) * precision_exp(-2 * fabs(x)))
                        : (exact_parts){tanh(x), 0};
}

// In double precision, with a rest where that is cheap to know.
static exact_parts host_reference(uint32_t operation, double x, double y, double z)
{
    switch (operation) {
    case PRECISION_FRACT:
        return exact_sum(x, -floor(x));
    case PRECISION_EXP:
        return power(x, 1, precision_exp);
    case PRECISION_EXP2:
        return power(x, LN_2, precision_exp2);
    case PRECISION_COSH:
        return hyperbolic_cosine(x);
    case PRECISION_TANH:
        return hyperbolic_tangent(x);
    case PRECISION_ADD:
        return exact_sum(x, y);
    case PRECISION_SUBTRACT:
        return exact_sum(x, -y);
    case PRECISION_MULTIPLY:
    case PRECISION_VECTOR_TIMES_SCALAR:
    case PRECISION_MATRIX_TIMES_SCALAR:
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

bool precision_is_product(uint32_t operation)
{
    return operation == PRECISION_MULTIPLY || operation == PRECISION_VECTOR_TIMES_SCALAR ||
           operation == PRECISION_MATRIX_TIMES_SCALAR;
}

static double host_value(uint32_t operation, double x, double y, double z)
{
    int exponent;
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
    case PRECISION_MODF_WHOLE:
        return trunc(x);
    case PRECISION_MODF_FRACTION:
        return x - trunc(x);
    case PRECISION_FREXP_SIGNIFICAND:
        return frexp(x, &exponent);
    case PRECISION_FREXP_EXPONENT:
        (void)frexp(x, &exponent);
        return exponent;
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
        return fabs(x) > 711 ? x * INFINITY : sinh(x);
    case PRECISION_ASINH:
        return asinh(x);
    case PRECISION_ACOSH:
        return acosh(x);
    case PRECISION_ATANH:
        return atanh(x);
    case PRECISION_LOG:
        return log(x);
    case PRECISION_LOG2:
        return log2(x);
    case PRECISION_DIVIDE:
        return x / y;
    case PRECISION_REMAINDER:
        return fmod(x, y);
    case PRECISION_MIN:
    case PRECISION_NMIN:
        return y < x ? y : x;
    case PRECISION_MAX:
    case PRECISION_NMAX:
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
    case PRECISION_UNORDERED_LESS:
        return x < y;
    case PRECISION_GREATER:
    case PRECISION_UNORDERED_GREATER:
        return x > y;
    case PRECISION_LESS_EQUAL:
    case PRECISION_UNORDERED_LESS_EQUAL:
        return x <= y;
    case PRECISION_GREATER_EQUAL:
    case PRECISION_UNORDERED_GREATER_EQUAL:
        return x >= y;
    case PRECISION_EQUAL:
    case PRECISION_UNORDERED_EQUAL:
        return x == y;
    case PRECISION_NOT_EQUAL:
    case PRECISION_ORDERED_NOT_EQUAL:
        return x != y;
    case PRECISION_LENGTH:
        return sqrt(x * x + y * y);
    case PRECISION_NORMALIZE:
        return x / sqrt(x * x + y * y);
    case PRECISION_CLAMP:
    case PRECISION_NCLAMP:
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

// By MPFR. False where the host's value is as good.
static bool certain_reference(uint32_t operation, const double operands[], exact_parts *out)
{
    mpfr_t x[PRECISION_OPERANDS];
    for (int i = 0; i < PRECISION_OPERANDS; i++) {
        mpfr_init2(x[i], PRECISION_BITS);
        mpfr_set_d(x[i], operands[i], MPFR_RNDN);
    }
    bool applied = true;
    if (precision_is_of_vectors(operation))
        precision_of_vectors(operation, x);
    else
        applied = apply_certain(operation, x[0], x[1], x[2]);
    out->value = mpfr_get_d(x[0], MPFR_RNDN);
    mpfr_sub_d(x[0], x[0], out->value, MPFR_RNDN);
    out->rest = mpfr_get_d(x[0], MPFR_RNDN);
    for (int i = 0; i < PRECISION_OPERANDS; i++)
        mpfr_clear(x[i]);
    return applied;
}

// Operations that are judged of lists only, where the host would lose what cancels.
static bool cancels(uint32_t operation)
{
    return precision_is_of_vectors(operation) && operation != PRECISION_LENGTH &&
           operation != PRECISION_NORMALIZE;
}

exact_parts precision_reference(uint32_t operation, const double x[PRECISION_OPERANDS],
                                bool certain)
{
    exact_parts parts;
    if ((certain || cancels(operation)) && certain_reference(operation, x, &parts))
        return parts;
    switch (operation) {
    case PRECISION_FRACT:
    case PRECISION_EXP:
    case PRECISION_EXP2:
    case PRECISION_COSH:
    case PRECISION_TANH:
    case PRECISION_ADD:
    case PRECISION_SUBTRACT:
    case PRECISION_MULTIPLY:
    case PRECISION_VECTOR_TIMES_SCALAR:
    case PRECISION_MATRIX_TIMES_SCALAR:
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
