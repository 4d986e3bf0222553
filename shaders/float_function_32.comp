// One function of arrays of single-precision numbers.
#version 450

#define T float
#include "float_function.glsl"
