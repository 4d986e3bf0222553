// Each group of one invocation along one dimension counts itself in one of 64 counters; the last 64
// groups note their ids.
#version 450

layout(local_size_x = 1) in;

layout(constant_id = 0) const uint DIMENSION = 0;

layout(std430, binding = 0) buffer Out { uint visits[64], last[64]; };

void main()
{
    uint group = gl_WorkGroupID[DIMENSION], groups = gl_NumWorkGroups[DIMENSION];
    atomicAdd(visits[group % 64], 1);
    if (groups - group <= 64)
        last[groups - 1 - group] = group;
}
