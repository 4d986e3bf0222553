// out[i] = in[i] ^ key, for as many words as the output has.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer In { uint x[]; };
layout(std430, binding = 1) writeonly buffer Out { uint y[]; };

layout(push_constant) uniform Push { uint key; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < y.length())
        y[i] = x[i] ^ key;
}
