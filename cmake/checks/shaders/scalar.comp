// target-env: vulkan1.1
#version 450
#extension GL_GOOGLE_include_directive : require
#include "scalar layout.glsl"

layout(local_size_x = 1) in;
layout(scalar, binding = 0) buffer Y { float first; vec3 y[]; };

void main()
{
    y[gl_GlobalInvocationID.x] = vec3(first);
}
