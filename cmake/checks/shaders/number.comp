#version 450
#extension GL_GOOGLE_include_directive : require
#include "offset.glsl"

layout(local_size_x = 1) in;
layout(std430, binding = 0) buffer Y { uint y[]; };

void main()
{
    y[gl_GlobalInvocationID.x] = NUMBER + OFFSET;
}
