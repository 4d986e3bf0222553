// Widens single precision to double, and narrows double to single.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer X { float x[]; };
layout(std430, binding = 1) readonly buffer D { double d[]; };
layout(std430, binding = 2) writeonly buffer Out { double results[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= results.length() / 2)
        return;
    results[2 * i] = double(x[i]);
    results[2 * i + 1] = double(float(d[i]));
}
