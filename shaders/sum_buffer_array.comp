// out[i] = the sum of an array of three buffers, each multiplied by its index plus one.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer In { uint x[]; } inputs[3];
layout(std430, binding = 1) writeonly buffer Out { uint sum[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < sum.length())
        sum[i] = inputs[0].x[i] + 2 * inputs[1].x[i] + 3 * inputs[2].x[i];
}
