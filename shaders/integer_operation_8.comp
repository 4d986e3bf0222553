// One operation on two arrays of 8-bit integers.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int8 : require

#define S int8_t
#define U uint8_t
#include "integer_operation.glsl"
