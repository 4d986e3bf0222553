// Atomic operations on 64-bit unsigned integers in a buffer.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require
#extension GL_EXT_shader_atomic_int64 : require

#define T uint64_t
#include "atomic_operation.glsl"
