// Atomic operations on unsigned integers in workgroup memory.
#version 450

#define T uint
#define IN_GROUP
#include "atomic_operation.glsl"
