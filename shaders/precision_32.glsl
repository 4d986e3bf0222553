// Operations of single precision.
#define T float
#define VEC2 vec2
#define VEC3 vec3
#define MAT2 mat2
#define OPERAND_WORDS 1
#define HAS_FUNCTIONS
#define FROM_WORDS(word) uintBitsToFloat(word)
#define TO_WORDS(number) floatBitsToUint(number)
#include "precision.glsl"
