// result[i] = OPERATION of a[i], b[i] and c[i], for floating-point type T.
#include "float_operations.h"

layout(local_size_x = 64) in;

layout(constant_id = 0) const uint OPERATION = FLOAT_ADD;

layout(std430, binding = 0) readonly buffer A { T a[]; };
layout(std430, binding = 1) readonly buffer B { T b[]; };
layout(std430, binding = 2) readonly buffer C { T c[]; };
layout(std430, binding = 3) writeonly buffer Result { T result[]; };

T truth(bool is)
{
    return is ? T(1) : T(0);
}

T apply(T x, T y, T z)
{
    switch (OPERATION) {
    case FLOAT_ADD: return x + y;
    case FLOAT_SUBTRACT: return x - y;
    case FLOAT_MULTIPLY: return x * y;
    case FLOAT_DIVIDE: return x / y;
    case FLOAT_FMA: return fma(x, y, z);
    case FLOAT_SQRT: return sqrt(x);
    case FLOAT_INVERSE_SQRT: return inversesqrt(x);
    case FLOAT_NEGATE: return -x;
    case FLOAT_ABS: return abs(x);
    case FLOAT_SIGN: return sign(x);
    case FLOAT_MIN: return min(x, y);
    case FLOAT_MAX: return max(x, y);
    case FLOAT_CLAMP: return clamp(x, y, z);
    case FLOAT_STEP: return step(x, y);
    case FLOAT_FLOOR: return floor(x);
    case FLOAT_CEIL: return ceil(x);
    case FLOAT_TRUNC: return trunc(x);
    case FLOAT_ROUND: return round(x);
    case FLOAT_ROUND_EVEN: return roundEven(x);
    case FLOAT_FRACT: return fract(x);
    case FLOAT_LESS: return truth(x < y);
    case FLOAT_LESS_EQUAL: return truth(x <= y);
    case FLOAT_EQUAL: return truth(x == y);
    case FLOAT_NOT_EQUAL: return truth(x != y);
    default: return T(0);
    }
}

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < result.length())
        result[i] = apply(a[i], b[i], c[i]);
}
