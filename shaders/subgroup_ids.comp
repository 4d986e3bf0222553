// What each invocation sees of its subgroup, and whether it was elected.
#version 450
#extension GL_KHR_shader_subgroup_basic : require

layout(local_size_x_id = 0) in;

struct Ids { uint size, count, subgroup, lane, elected; };

layout(std430, binding = 0) writeonly buffer Out { Ids ids[]; };

void main()
{
    ids[gl_GlobalInvocationID.x] = Ids(gl_SubgroupSize, gl_NumSubgroups, gl_SubgroupID,
                                       gl_SubgroupInvocationID, subgroupElect() ? 1 : 0);
}
