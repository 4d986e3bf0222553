// Expressions that a compiler may neither fuse nor reorder, since they are precise.
#version 450

layout(local_size_x = 64) in;

struct Results { float sum, error, difference; };

layout(std430, binding = 0) readonly buffer A { float a[]; };
layout(std430, binding = 1) readonly buffer B { float b[]; };
layout(std430, binding = 2) readonly buffer C { float c[]; };
layout(std430, binding = 3) writeonly buffer Out { Results results[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= results.length())
        return;
    precise float sum = a[i] + b[i];
    precise float part = sum - a[i];
    precise float error = (a[i] - (sum - part)) + (b[i] - part);
    precise float difference = a[i] * b[i] - c[i];
    results[i] = Results(sum, error, difference);
}
