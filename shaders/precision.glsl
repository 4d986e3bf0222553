// result[i] = OPERATION of the i-th operands, for floating-point type T.
//
// Who includes this defines T, its vectors VEC2 and VEC3 and its matrix MAT2, and how bits become a number and a number bits: OPERAND_WORDS words of
// the list are one operand, which FROM_WORDS takes; TO_WORDS makes the same number of words. Types with
// transcendental functions define HAS_FUNCTIONS; those of which a pair fits into a word, FROM_HALF_WORD.
#extension GL_EXT_spirv_intrinsics : require

#include "precision_operations.h"

layout(local_size_x = 64) in;

layout(constant_id = 0) const uint OPERATION = PRECISION_ADD;
// Operands of an item of the list; 0: an item's operands are a word that is made here.
layout(constant_id = 1) const uint LISTED = 0;

// The word of item i is in the i-th part of 2^shift neighbours, at a place that seems to be random.
layout(push_constant) uniform Push { uint first, shift, count; };

layout(std430, binding = 0) readonly buffer List { uint list[]; };
layout(std430, binding = 1) writeonly buffer Result { uint result[]; };

// What GLSL has no word for: OpFRem, comparisons that are true of NaN or false, minima without NaN.
spirv_instruction(id = 140) T remainder_of(T x, T y);
spirv_instruction(id = 181) bool unordered_equal(T x, T y);
spirv_instruction(id = 182) bool ordered_not_equal(T x, T y);
spirv_instruction(id = 185) bool unordered_less(T x, T y);
spirv_instruction(id = 187) bool unordered_greater(T x, T y);
spirv_instruction(id = 189) bool unordered_less_equal(T x, T y);
spirv_instruction(id = 191) bool unordered_greater_equal(T x, T y);
spirv_instruction(set = "GLSL.std.450", id = 79) T nmin(T x, T y);
spirv_instruction(set = "GLSL.std.450", id = 80) T nmax(T x, T y);
spirv_instruction(set = "GLSL.std.450", id = 81) T nclamp(T x, T low, T high);

uint made_word(uint i)
{
    return i << shift | (i * 0x9e3779b1u) >> 1 >> (31 - shift);
}

T listed(uint i, uint k)
{
    const uint at = (i * LISTED + min(k, LISTED - 1)) * OPERAND_WORDS;
#if OPERAND_WORDS == 1
    return FROM_WORDS(list[at]);
#else
    return FROM_WORDS(uvec2(list[at], list[at + 1]));
#endif
}

T made(uint i, uint k)
{
#ifdef FROM_HALF_WORD
    return FROM_HALF_WORD(made_word(i), k);
#elif OPERAND_WORDS == 1
    return FROM_WORDS(made_word(i));
#else
    return T(0); // nobody asks
#endif
}

T truth(bool is)
{
    return is ? T(1) : T(0);
}

T frexp_exponent(T x)
{
    int exponent;
    frexp(x, exponent);
    return T(exponent);
}

T frexp_significand(T x)
{
    int exponent;
    return frexp(x, exponent);
}

T modf_fraction(T x)
{
    T whole;
    return modf(x, whole);
}

T modf_whole(T x)
{
    T whole;
    modf(x, whole);
    return whole;
}

T apply(T x, T y, T z, T w)
{
    switch (OPERATION) {
    case PRECISION_NEGATE: return -x;
    case PRECISION_ABS: return abs(x);
    case PRECISION_SIGN: return sign(x);
    case PRECISION_FLOOR: return floor(x);
    case PRECISION_CEIL: return ceil(x);
    case PRECISION_TRUNC: return trunc(x);
    case PRECISION_ROUND: return round(x);
    case PRECISION_ROUND_EVEN: return roundEven(x);
    case PRECISION_FRACT: return fract(x);
    case PRECISION_SQRT: return sqrt(x);
    case PRECISION_INVERSE_SQRT: return inversesqrt(x);
    case PRECISION_RECIPROCAL: return T(1) / x;
#ifdef HAS_FUNCTIONS
    case PRECISION_RADIANS: return radians(x);
    case PRECISION_DEGREES: return degrees(x);
    case PRECISION_SIN: return sin(x);
    case PRECISION_COS: return cos(x);
    case PRECISION_TAN: return tan(x);
    case PRECISION_ASIN: return asin(x);
    case PRECISION_ACOS: return acos(x);
    case PRECISION_ATAN: return atan(x);
    case PRECISION_SINH: return sinh(x);
    case PRECISION_COSH: return cosh(x);
    case PRECISION_TANH: return tanh(x);
    case PRECISION_ASINH: return asinh(x);
    case PRECISION_ACOSH: return acosh(x);
    case PRECISION_ATANH: return atanh(x);
    case PRECISION_EXP: return exp(x);
    case PRECISION_EXP2: return exp2(x);
    case PRECISION_LOG: return log(x);
    case PRECISION_LOG2: return log2(x);
    case PRECISION_ATAN2: return atan(x, y);
    case PRECISION_POW: return pow(x, y);
#endif
    case PRECISION_ADD: return x + y;
    case PRECISION_SUBTRACT: return x - y;
    case PRECISION_MULTIPLY: return x * y;
    case PRECISION_DIVIDE: return x / y;
    case PRECISION_REMAINDER: return remainder_of(x, y);
    case PRECISION_MODULO: return mod(x, y);
    case PRECISION_MIN: return min(x, y);
    case PRECISION_MAX: return max(x, y);
    case PRECISION_STEP: return step(x, y);
    case PRECISION_LDEXP: return ldexp(x, int(y));
    case PRECISION_LESS: return truth(x < y);
    case PRECISION_EQUAL: return truth(x == y);
    case PRECISION_FMA: return fma(x, y, z);
    case PRECISION_CLAMP: return clamp(x, y, z);
    case PRECISION_MIX: return mix(x, y, z);
    case PRECISION_SMOOTHSTEP: return smoothstep(x, y, z);
    case PRECISION_FREXP_SIGNIFICAND: return frexp_significand(x);
    case PRECISION_FREXP_EXPONENT: return frexp_exponent(x);
    case PRECISION_MODF_FRACTION: return modf_fraction(x);
    case PRECISION_MODF_WHOLE: return modf_whole(x);
    case PRECISION_NOT_EQUAL: return truth(x != y);
    case PRECISION_GREATER: return truth(x > y);
    case PRECISION_LESS_EQUAL: return truth(x <= y);
    case PRECISION_GREATER_EQUAL: return truth(x >= y);
    case PRECISION_UNORDERED_EQUAL: return truth(unordered_equal(x, y));
    case PRECISION_ORDERED_NOT_EQUAL: return truth(ordered_not_equal(x, y));
    case PRECISION_UNORDERED_LESS: return truth(unordered_less(x, y));
    case PRECISION_UNORDERED_GREATER: return truth(unordered_greater(x, y));
    case PRECISION_UNORDERED_LESS_EQUAL: return truth(unordered_less_equal(x, y));
    case PRECISION_UNORDERED_GREATER_EQUAL: return truth(unordered_greater_equal(x, y));
    case PRECISION_NMIN: return nmin(x, y);
    case PRECISION_NMAX: return nmax(x, y);
    case PRECISION_VECTOR_TIMES_SCALAR: return (VEC2(x, -x) * y).x;
    case PRECISION_MATRIX_TIMES_SCALAR: return (MAT2(x, -x, y, -y) * y)[0][0];
    case PRECISION_LENGTH: return length(VEC2(x, y));
    case PRECISION_NORMALIZE: return normalize(VEC2(x, y)).x;
    case PRECISION_NCLAMP: return nclamp(x, y, z);
    case PRECISION_FACE_FORWARD: return faceforward(x, y, z);
    case PRECISION_REFRACT: return refract(x, y, z);
    case PRECISION_DOT: return dot(VEC2(x, y), VEC2(z, w));
    case PRECISION_DISTANCE: return distance(VEC2(x, y), VEC2(z, w));
    case PRECISION_CROSS: return cross(VEC3(x, y, T(1)), VEC3(z, w, T(1))).z;
    case PRECISION_REFLECT: return reflect(VEC2(x, y), VEC2(z, w)).x;
    default: return T(0);
    }
}

void main()
{
    const uint at = gl_GlobalInvocationID.x, i = first + at;
    if (at >= count)
        return;
    T x, y, z, w;
    if (LISTED > 0) {
        x = listed(i, 0);
        y = listed(i, 1);
        z = listed(i, 2);
        w = listed(i, 3);
    } else {
        x = made(i, 0);
        y = made(i, 1);
        z = y;
        w = y;
    }
#if OPERAND_WORDS == 1
    result[at] = TO_WORDS(apply(x, y, z, w));
#else
    const uvec2 words = TO_WORDS(apply(x, y, z, w));
    result[2 * at] = words.x;
    result[2 * at + 1] = words.y;
#endif
}
