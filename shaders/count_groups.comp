// Adds one to the counter of each workgroup, which has one invocation; groups beyond the counters
// spoil the last one.
#version 450

layout(local_size_x = 1) in;

layout(std430, binding = 0) buffer Out { uint visits[]; };

void main()
{
    uvec3 n = gl_NumWorkGroups;
    uint i = gl_WorkGroupID.x + n.x * (gl_WorkGroupID.y + n.y * gl_WorkGroupID.z);
    atomicAdd(visits[min(i, visits.length() - 1)], 1);
}
