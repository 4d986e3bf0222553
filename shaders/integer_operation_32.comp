// One operation on two arrays of 32-bit integers.
#version 450

#define S int
#define U uint
#include "integer_operation.glsl"
