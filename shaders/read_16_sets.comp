// One word of each of 15 sets; see read_sets.glsl.
#version 450
#extension GL_GOOGLE_include_directive : require
#define SETS 16
#include "read_sets.glsl"
