// One operation of single-precision numbers, which take denormal numbers as zero.
#version 450
#extension GL_EXT_spirv_intrinsics : require

spirv_execution_mode(extensions = ["SPV_KHR_float_controls"], capabilities = [4465], 4460, 32);
#include "precision_32.glsl"
