// Atomic operations on unsigned integers in a buffer.
#version 450

#define T uint
#include "atomic_operation.glsl"
