// to[i] = from[i], for i < count, in vectors of 16 bytes.
#version 450

layout(local_size_x = 128) in;

layout(std430, binding = 0) readonly buffer From { uvec4 from[]; };
layout(std430, binding = 1) writeonly buffer To { uvec4 to[]; };

layout(push_constant) uniform Push { uint count; }; // below 2^31

void main()
{
    uint step = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
    for (uint i = gl_GlobalInvocationID.x; i < count; i += step)
        to[i] = from[i];
}
