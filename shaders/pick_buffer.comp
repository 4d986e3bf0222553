// out[i] = inputs[which].x[i]: an array of buffers indexed by a value known only at run time.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer In { uint x[]; } inputs[3];
layout(std430, binding = 1) writeonly buffer Out { uint y[]; };

layout(push_constant) uniform Push { uint which; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < y.length())
        y[i] = inputs[which].x[i];
}
