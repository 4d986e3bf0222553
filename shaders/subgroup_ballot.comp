// Ballots of subgroups, and what can be asked of them.
#version 450
#extension GL_KHR_shader_subgroup_ballot : require

const uint RESULTS = 11;

void results(uint x, out uint r[RESULTS])
{
    uvec4 ballot = subgroupBallot((x & 1) != 0);
    for (int k = 0; k < 4; k++)
        r[k] = ballot[k];
    r[4] = subgroupBallotBitCount(ballot);
    r[5] = subgroupBallotInclusiveBitCount(ballot);
    r[6] = subgroupBallotExclusiveBitCount(ballot);
    r[7] = subgroupBroadcastFirst(x);
    r[8] = subgroupInverseBallot(ballot) ? 1 : 0;
    r[9] = ballot == uvec4(0) ? 0 : subgroupBallotFindLSB(ballot);
    r[10] = ballot == uvec4(0) ? 0 : subgroupBallotFindMSB(ballot);
}

#include "subgroup_results.glsl"
