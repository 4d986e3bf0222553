// Values of other invocations of a subgroup, by lane.
#version 450
#extension GL_KHR_shader_subgroup_basic : require
#extension GL_KHR_shader_subgroup_shuffle : require

const uint RESULTS = 3;

// All lanes of the group's subgroups are there, so each of these exists.
void results(uint x, out uint r[RESULTS])
{
    r[0] = subgroupShuffle(x, gl_SubgroupSize - 1 - gl_SubgroupInvocationID);
    r[1] = subgroupShuffleXor(x, 1);
    r[2] = subgroupShuffle(x, (gl_SubgroupInvocationID * 3 + 1) % gl_SubgroupSize);
}

#include "subgroup_results.glsl"
