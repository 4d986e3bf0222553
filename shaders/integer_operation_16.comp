// One operation on two arrays of 16-bit integers.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int16 : require

#define S int16_t
#define U uint16_t
#include "integer_operation.glsl"
