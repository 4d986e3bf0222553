// Operations of half precision.
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require

#define T float16_t
#define VEC2 f16vec2
#define VEC3 f16vec3
#define MAT2 f16mat2
#define OPERAND_WORDS 1
#define HAS_FUNCTIONS
#define FROM_WORDS(word) unpackFloat2x16(word).x
#define FROM_HALF_WORD(word, k) unpackFloat2x16(word)[k]
#define TO_WORDS(number) packFloat2x16(f16vec2(number, float16_t(0)))
#include "precision.glsl"
