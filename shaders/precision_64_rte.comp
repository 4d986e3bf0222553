// One operation of double-precision numbers, which are rounded to the nearest, halves to even.
#version 450
#extension GL_EXT_spirv_intrinsics : require

spirv_execution_mode(extensions = ["SPV_KHR_float_controls"], capabilities = [4467], 4462, 64);
#include "precision_64.glsl"
