// total += from[0] + … + from[count - 1], by atomic additions.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer From { uint from[]; };
layout(std430, binding = 1) buffer Total { uint total; };

layout(push_constant) uniform Push {
    uint count;
    uint unused[2];
};

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < count)
        atomicAdd(total, from[i]);
}
