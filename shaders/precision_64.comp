// One operation of double-precision numbers.
#version 450

#include "precision_64.glsl"
