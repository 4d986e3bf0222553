// out[i] = element first + i * stride of a uniform buffer of COUNT elements.
#version 450

layout(local_size_x = 64) in;

layout(constant_id = 0) const uint COUNT = 1;

layout(std140, binding = 0) uniform In { uvec4 quads[COUNT]; };
layout(std430, binding = 1) writeonly buffer Out { uvec4 y[]; };
layout(push_constant) uniform Push { uint first, stride; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < y.length())
        y[i] = quads[first + i * stride];
}
