// Votes of subgroups.
#version 450
#extension GL_KHR_shader_subgroup_vote : require

const uint RESULTS = 3;

void results(uint x, out uint r[RESULTS])
{
    r[0] = subgroupAll((x & 3) != 0) ? 1 : 0;
    r[1] = subgroupAny((x & 63) == 0) ? 1 : 0;
    r[2] = subgroupAllEqual(x >> 31) ? 1 : 0;
}

#include "subgroup_results.glsl"
