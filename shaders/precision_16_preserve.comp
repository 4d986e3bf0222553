// One operation of half-precision numbers, which keep denormal numbers.
#version 450
#extension GL_EXT_spirv_intrinsics : require

spirv_execution_mode(extensions = ["SPV_KHR_float_controls"], capabilities = [4464], 4459, 16);
#include "precision_16.glsl"
