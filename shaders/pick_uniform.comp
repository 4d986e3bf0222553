// out[i] = word i of inputs[which]: an array of uniform buffers indexed by a value known only at run
// time.
#version 450

layout(local_size_x = 64) in;

layout(constant_id = 0) const uint COUNT = 1;

layout(std140, binding = 0) uniform In { uvec4 quad; } inputs[COUNT];
layout(std430, binding = 1) writeonly buffer Out { uvec4 y[]; };

layout(push_constant) uniform Push { uint first; };

void main()
{
    if (gl_GlobalInvocationID.x > 0)
        return;
    for (uint i = 0; i < y.length(); i++)
        y[i] = inputs[(first + i) % COUNT].quad;
}
