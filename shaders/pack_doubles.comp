// Words made into doubles, doubled, and taken apart again.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer In { uvec2 x[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec2 y[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < y.length())
        y[i] = unpackDouble2x32(packDouble2x32(x[i]) * 2.0);
}
