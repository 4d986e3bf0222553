// Operations of double precision.
#define T double
#define VEC2 dvec2
#define VEC3 dvec3
#define MAT2 dmat2
#define OPERAND_WORDS 2
#define FROM_WORDS(words) packDouble2x32(words)
#define TO_WORDS(number) unpackDouble2x32(number)
#include "precision.glsl"
