// Each invocation writes every built-in id that it sees to its own place, and counts itself there.
#version 450

layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;

struct Ids {
    uvec3 global;
    uint index;
    uvec3 local;
    uint count; // invocations that came by
    uvec3 group;
    uint size_x;
    uvec3 groups;
    uint size_yz;
};

layout(std430, binding = 0) buffer Out { Ids ids[]; };

void main()
{
    uvec3 size = gl_NumWorkGroups * gl_WorkGroupSize;
    uint i = gl_GlobalInvocationID.x +
             size.x * (gl_GlobalInvocationID.y + size.y * gl_GlobalInvocationID.z);
    if (i >= ids.length())
        return;
    ids[i].global = gl_GlobalInvocationID;
    ids[i].index = gl_LocalInvocationIndex;
    ids[i].local = gl_LocalInvocationID;
    ids[i].group = gl_WorkGroupID;
    ids[i].groups = gl_NumWorkGroups;
    ids[i].size_x = gl_WorkGroupSize.x;
    ids[i].size_yz = gl_WorkGroupSize.y << 16 | gl_WorkGroupSize.z;
    atomicAdd(ids[i].count, 1);
}
