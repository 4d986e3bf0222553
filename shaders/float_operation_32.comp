// One operation on arrays of single-precision numbers.
#version 450

#define T float
#include "float_operation.glsl"
