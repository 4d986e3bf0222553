// One operation of single-precision numbers, which are rounded toward zero.
#version 450
#extension GL_EXT_spirv_intrinsics : require

spirv_execution_mode(extensions = ["SPV_KHR_float_controls"], capabilities = [4468], 4463, 32);
#include "precision_32.glsl"
