// Operations of double precision.
#define T double
#define OPERAND_WORDS 2
#define FROM_WORDS(words) packDouble2x32(words)
#define TO_WORDS(number) unpackDouble2x32(number)
#include "precision.glsl"
