// Atomic operations on signed integers in a buffer.
#version 450

#define T int
#include "atomic_operation.glsl"
