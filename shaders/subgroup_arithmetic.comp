// Reductions and scans of subgroups.
#version 450
#extension GL_KHR_shader_subgroup_arithmetic : require

const uint RESULTS = 10;

void results(uint x, out uint r[RESULTS])
{
    r[0] = subgroupAdd(x);
    r[1] = subgroupMul(x | 1);
    r[2] = subgroupMin(x);
    r[3] = subgroupMax(x);
    r[4] = subgroupAnd(x | 0xff);
    r[5] = subgroupOr(x & 0xff);
    r[6] = subgroupXor(x);
    r[7] = subgroupInclusiveAdd(x);
    r[8] = subgroupExclusiveAdd(x);
    r[9] = uint(subgroupInclusiveMax(int(x)));
}

#include "subgroup_results.glsl"
