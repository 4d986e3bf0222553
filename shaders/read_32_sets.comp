// One word of each of 31 sets; see read_sets.glsl.
#version 450
#extension GL_GOOGLE_include_directive : require
#define SETS 32
#include "read_sets.glsl"
