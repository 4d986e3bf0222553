// Writes out COUNT words of workgroup memory that is declared to start as zero, others' words
// first, then spoils it.
#version 450
#extension GL_EXT_null_initializer : require

layout(local_size_x = 64) in;

layout(constant_id = 0) const uint COUNT = 64;

layout(std430, binding = 0) writeonly buffer Out { uint y[]; };

shared uint kept[COUNT] = {};

void main()
{
    uint lane = gl_LocalInvocationID.x;
    for (uint i = lane; i < COUNT; i += 64)
        y[gl_WorkGroupID.x * COUNT + COUNT - 1 - i] = kept[COUNT - 1 - i];
    barrier();
    for (uint i = lane; i < COUNT; i += 64)
        kept[i] = 0xdeadbeef;
    barrier();
    if (kept[lane] == 0)
        y[0] = 1;
}
