// sum[i] = x[i] + y[i] * factor, for i < count.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer X { uint x[]; };
layout(std430, binding = 1) readonly buffer Y { uint y[]; };
layout(std430, binding = 2) writeonly buffer Sum { uint sum[]; };

layout(push_constant) uniform Push {
    uint count;
    uint factor;
    uint unused;
};

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < count)
        sum[i] = x[i] + y[i] * factor;
}
