// Atomic operations on 64-bit unsigned integers in workgroup memory.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require
#extension GL_EXT_shader_atomic_int64 : require

#define T uint64_t
#define IN_GROUP
#include "atomic_operation.glsl"
