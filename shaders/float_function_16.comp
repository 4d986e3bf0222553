// One function of arrays of half-precision numbers.
#version 450
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require

#define T float16_t
#include "float_function.glsl"
