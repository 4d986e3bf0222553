// Adds one to the counter of each workgroup, which has one invocation.
#version 450

layout(local_size_x = 1) in;

layout(std430, binding = 0) buffer Out { uint visits[]; };

void main()
{
    uvec3 n = gl_NumWorkGroups;
    uint i = gl_WorkGroupID.x + n.x * (gl_WorkGroupID.y + n.y * gl_WorkGroupID.z);
    if (i < visits.length())
        atomicAdd(visits[i], 1);
}
