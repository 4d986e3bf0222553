// result[i] is a[i] as a number of another type. Each kernel made of this says (see CMakeLists.txt):
//
//     FROM_U, FROM_S        the type of a, as the buffer has it and with a sign; twice the same where
//     TO_U, TO_S            it is a floating-point type, and so for the result's
//     FROM_U_VECTOR, …      those types' vectors but for the number of components
#extension GL_EXT_shader_explicit_arithmetic_types : require

#include "conversions.h"

layout(local_size_x = 64) in;

layout(constant_id = 0) const uint MODE = 0;
layout(constant_id = 1) const uint COMPONENTS = 1; // that are converted as one vector

layout(std430, binding = 0) readonly buffer A { FROM_U a[]; };
layout(std430, binding = 1) writeonly buffer Result { TO_U result[]; };

#define CONVERT(to_u, to_s, from_u, from_s, bools)                          \
    to_u convert(from_u x)                                                  \
    {                                                                       \
        switch (MODE) {                                                     \
        case CONVERT_TO_SIGNED: return to_u(to_s(x));                       \
        case CONVERT_FROM_SIGNED: return to_u(from_s(x));                   \
        case CONVERT_FROM_SIGNED | CONVERT_TO_SIGNED: return to_u(to_s(from_s(x))); \
        case CONVERT_THROUGH_BOOL: return to_u(bools(x));                   \
        default: return to_u(x);                                            \
        }                                                                   \
    }

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define CONVERT_VECTOR(n)                                                              \
    CONVERT(JOIN(TO_U_VECTOR, n), JOIN(TO_S_VECTOR, n), JOIN(FROM_U_VECTOR, n),        \
            JOIN(FROM_S_VECTOR, n), bvec##n)

CONVERT(TO_U, TO_S, FROM_U, FROM_S, bool)
CONVERT_VECTOR(2)
CONVERT_VECTOR(3)
CONVERT_VECTOR(4)

#define VECTOR(n) JOIN(FROM_U_VECTOR, n)

void main()
{
    uint i = COMPONENTS * gl_GlobalInvocationID.x;
    if (i >= result.length())
        return;
    if (COMPONENTS == 1) {
        result[i] = convert(a[i]);
    } else if (COMPONENTS == 2) {
        JOIN(TO_U_VECTOR, 2) results = convert(VECTOR(2)(a[i], a[i + 1]));
        result[i] = results.x;
        result[i + 1] = results.y;
    } else if (COMPONENTS == 3) {
        JOIN(TO_U_VECTOR, 3) results = convert(VECTOR(3)(a[i], a[i + 1], a[i + 2]));
        result[i] = results.x;
        result[i + 1] = results.y;
        result[i + 2] = results.z;
    } else {
        JOIN(TO_U_VECTOR, 4) results = convert(VECTOR(4)(a[i], a[i + 1], a[i + 2], a[i + 3]));
        result[i] = results.x;
        result[i + 1] = results.y;
        result[i + 2] = results.z;
        result[i + 3] = results.w;
    }
}
