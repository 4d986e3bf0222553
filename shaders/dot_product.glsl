// result[i] is the dot product of the vectors a[i] and b[i], saturated ones with added[i]. GLSL has no
// words for the instructions. Each kernel made of this says (see CMakeLists.txt):
//
//     COMPONENTS      2 to 4; 0 where four components of 8 bits are packed into a word
//     T               what the buffers hold: the unsigned type of a component, or of the word
//     SIGNED_VECTOR   the two types that are multiplied
//     UNSIGNED_VECTOR
//     SIGNED_RESULT   those of what comes of it, of as many bits or more
//     UNSIGNED_RESULT
//     INPUT           the capability for vectors like these
#extension GL_EXT_shader_explicit_arithmetic_types : require
#extension GL_EXT_spirv_intrinsics : require

#include "dot_operations.h"

layout(local_size_x = 64) in;

layout(constant_id = 0) const uint OPERATION = DOT_SIGNED;

layout(std430, binding = 0) readonly buffer A { T a[]; };
layout(std430, binding = 1) readonly buffer B { T b[]; };
layout(std430, binding = 2) readonly buffer Added { UNSIGNED_RESULT added[]; };
layout(std430, binding = 3) writeonly buffer Result { UNSIGNED_RESULT result[]; };

#if COMPONENTS == 0
#define LOAD(array, i) array[i]
#define FORMAT         , spirv_literal int format
#define PACKED         , 0
#else
#define FORMAT
#define PACKED
#if COMPONENTS == 2
#define LOAD(array, i) UNSIGNED_VECTOR(array[2 * i], array[2 * i + 1])
#elif COMPONENTS == 3
#define LOAD(array, i) UNSIGNED_VECTOR(array[3 * i], array[3 * i + 1], array[3 * i + 2])
#else
#define LOAD(array, i) \
    UNSIGNED_VECTOR(array[4 * i], array[4 * i + 1], array[4 * i + 2], array[4 * i + 3])
#endif
#endif

#define DOT_PRODUCT 6019
#define INSTRUCTION(number)                                          \
    spirv_instruction(extensions = ["SPV_KHR_integer_dot_product"],  \
                      capabilities = [DOT_PRODUCT, INPUT], id = number)

INSTRUCTION(4450) SIGNED_RESULT SDot(SIGNED_VECTOR x, SIGNED_VECTOR y FORMAT);
INSTRUCTION(4451) UNSIGNED_RESULT UDot(UNSIGNED_VECTOR x, UNSIGNED_VECTOR y FORMAT);
INSTRUCTION(4452) SIGNED_RESULT SUDot(SIGNED_VECTOR x, UNSIGNED_VECTOR y FORMAT);
INSTRUCTION(4453)
SIGNED_RESULT SDotAccSat(SIGNED_VECTOR x, SIGNED_VECTOR y, SIGNED_RESULT z FORMAT);
INSTRUCTION(4454)
UNSIGNED_RESULT UDotAccSat(UNSIGNED_VECTOR x, UNSIGNED_VECTOR y, UNSIGNED_RESULT z FORMAT);
INSTRUCTION(4455)
SIGNED_RESULT SUDotAccSat(SIGNED_VECTOR x, UNSIGNED_VECTOR y, SIGNED_RESULT z FORMAT);

UNSIGNED_RESULT apply(UNSIGNED_VECTOR x, UNSIGNED_VECTOR y, UNSIGNED_RESULT z)
{
    const SIGNED_VECTOR sx = SIGNED_VECTOR(x), sy = SIGNED_VECTOR(y);
    const SIGNED_RESULT sz = SIGNED_RESULT(z);
    switch (OPERATION) {
    case DOT_SIGNED: return UNSIGNED_RESULT(SDot(sx, sy PACKED));
    case DOT_UNSIGNED: return UDot(x, y PACKED);
    case DOT_MIXED: return UNSIGNED_RESULT(SUDot(sx, y PACKED));
    case DOT_SIGNED_SATURATED: return UNSIGNED_RESULT(SDotAccSat(sx, sy, sz PACKED));
    case DOT_UNSIGNED_SATURATED: return UDotAccSat(x, y, z PACKED);
    case DOT_MIXED_SATURATED: return UNSIGNED_RESULT(SUDotAccSat(sx, y, sz PACKED));
    default: return UNSIGNED_RESULT(0);
    }
}

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < result.length())
        result[i] = apply(LOAD(a, i), LOAD(b, i), added[i]);
}
