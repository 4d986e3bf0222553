// to[i] = from[count - 1 - i] ^ mask, for i < count.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer From { uint from[]; };
layout(std430, binding = 1) writeonly buffer To { uint to[]; };

layout(push_constant) uniform Push {
    uint count;
    uint mask;
    uint unused;
};

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < count)
        to[i] = from[count - 1 - i] ^ mask;
}
