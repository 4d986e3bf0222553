// Writes out workgroup memory that is declared to start as zero, then spoils it.
#version 450
#extension GL_EXT_null_initializer : require

layout(local_size_x = 64) in;

layout(std430, binding = 0) writeonly buffer Out { uint y[]; };

shared uint kept[512] = {};

void main()
{
    uint lane = gl_LocalInvocationID.x;
    // Others' words first: the zeros must be there for the whole workgroup.
    for (uint i = 0; i < 512; i += 64)
        y[gl_WorkGroupID.x * 512 + i + lane] = kept[i + 63 - lane];
    barrier();
    for (uint i = 0; i < 512; i += 64)
        kept[i + lane] = 0xdeadbeef;
    barrier();
    if (kept[lane] == 0)
        y[0] = 1;
}
