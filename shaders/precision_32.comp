// One operation of single-precision numbers.
#version 450

#include "precision_32.glsl"
