// One operation on arrays of double-precision numbers.
#version 450

#define T double
#include "float_operation.glsl"
