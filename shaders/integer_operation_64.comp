// One operation on two arrays of 64-bit integers.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require

#define S int64_t
#define U uint64_t
#include "integer_operation.glsl"
