// One operation of double-precision numbers, which are rounded toward zero.
#version 450
#extension GL_EXT_spirv_intrinsics : require

spirv_execution_mode(extensions = ["SPV_KHR_float_controls"], capabilities = [4468], 4463, 64);
#include "precision_64.glsl"
