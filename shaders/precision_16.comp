// One operation of half-precision numbers.
#version 450

#include "precision_16.glsl"
