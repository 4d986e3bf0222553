// result[i] = FUNCTION of x[i], or of x[i] and y[i], for floating-point type T.
#include "float_functions.h"

layout(local_size_x = 64) in;

layout(constant_id = 0) const uint FUNCTION = FUNCTION_EXP;

layout(std430, binding = 0) readonly buffer X { T x[]; };
layout(std430, binding = 1) readonly buffer Y { T y[]; };
layout(std430, binding = 2) writeonly buffer Result { T result[]; };

T apply(T u, T v)
{
    switch (FUNCTION) {
    case FUNCTION_EXP: return exp(u);
    case FUNCTION_EXP2: return exp2(u);
    case FUNCTION_LOG: return log(u);
    case FUNCTION_LOG2: return log2(u);
    case FUNCTION_SIN: return sin(u);
    case FUNCTION_COS: return cos(u);
    case FUNCTION_ATAN: return atan(u);
    case FUNCTION_ATAN2: return atan(u, v);
    case FUNCTION_POW: return pow(u, v);
    default: return T(0);
    }
}

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < result.length())
        result[i] = apply(x[i], y[i]);
}
