// Atomic operations on signed integers in workgroup memory.
#version 450

#define T int
#define IN_GROUP
#include "atomic_operation.glsl"
