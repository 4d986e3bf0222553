// One word of each of 3 sets; see read_sets.glsl.
#version 450
#extension GL_GOOGLE_include_directive : require
#define SETS 4
#include "read_sets.glsl"
