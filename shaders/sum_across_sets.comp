// out[i] = a[i] + 2 b[i] + 3 c[i], with buffers in sets 0, 1 and 3 at bindings with gaps.
#version 450

layout(local_size_x = 64) in;

layout(std430, set = 0, binding = 5) readonly buffer A { uint a[]; };
layout(std430, set = 1, binding = 0) readonly buffer B { uint b[]; };
layout(std430, set = 3, binding = 2) readonly buffer C { uint c[]; };
layout(std430, set = 3, binding = 17) writeonly buffer Out { uint sum[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < sum.length())
        sum[i] = a[i] + 2 * b[i] + 3 * c[i];
}
