// Adds floats atomically in workgroup memory; all are small integers, so no order rounds.
#version 450
#extension GL_EXT_shader_atomic_float : require

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer In { float x[]; };
layout(std430, binding = 1) writeonly buffer Out { float sums[]; };

shared float kept[2];

void main()
{
    uint lane = gl_LocalInvocationID.x;
    if (lane < 2)
        kept[lane] = 0;
    barrier();
    atomicAdd(kept[lane & 1], x[gl_GlobalInvocationID.x]);
    barrier();
    if (lane < 2)
        sums[gl_WorkGroupID.x * 2 + lane] = kept[lane];
}
