// y[i] is the mean of x[i] and its two neighbours; beyond the ends the last value goes on.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer X { float x[]; };
layout(std430, binding = 1) writeonly buffer Y { float y[]; };

layout(push_constant) uniform Push {
    uint count;
};

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= count)
        return;
    uint before = i > 0 ? i - 1 : 0;
    uint after = min(i + 1, count - 1);
    y[i] = (x[before] + x[i] + x[after]) / 3.0;
}
