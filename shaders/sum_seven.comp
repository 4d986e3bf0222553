// out[i] = the sum of seven inputs, each multiplied by its binding number plus one.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer A { uint a[]; };
layout(std430, binding = 1) readonly buffer B { uint b[]; };
layout(std430, binding = 2) readonly buffer C { uint c[]; };
layout(std430, binding = 3) readonly buffer D { uint d[]; };
layout(std430, binding = 4) readonly buffer E { uint e[]; };
layout(std430, binding = 5) readonly buffer F { uint f[]; };
layout(std430, binding = 6) readonly buffer G { uint g[]; };
layout(std430, binding = 7) writeonly buffer Out { uint sum[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < sum.length())
        sum[i] = a[i] + 2 * b[i] + 3 * c[i] + 4 * d[i] + 5 * e[i] + 6 * f[i] + 7 * g[i];
}
