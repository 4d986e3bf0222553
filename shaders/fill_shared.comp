// Writes COUNT words of workgroup memory, permutes them twice, and writes them out.
#version 450

layout(local_size_x_id = 1) in;

layout(constant_id = 0) const uint COUNT = 128;

layout(std430, binding = 0) writeonly buffer Out { uint y[]; };

layout(push_constant) uniform Push { uint step; }; // shares no factor with COUNT

shared uint kept[COUNT];

void main()
{
    uint lane = gl_LocalInvocationID.x, base = gl_WorkGroupID.x * COUNT;
    for (uint i = lane; i < COUNT; i += gl_WorkGroupSize.x)
        kept[i] = (base + i) * 2654435761u;
    barrier();
    // Each invocation reads what others wrote.
    for (uint i = lane; i < COUNT; i += gl_WorkGroupSize.x)
        y[base + i] = kept[(i * step + 1) % COUNT];
}
