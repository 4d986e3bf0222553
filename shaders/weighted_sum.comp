// out[i] = weights.w[0] * x[0][i] + weights.w[1] * x[1][i] + bias[i % 4]: a uniform block, an array
// of buffers, a block of fixed size, a second set and a buffer that is declared and not used.
#version 450

layout(local_size_x = 64) in;

layout(std140, set = 0, binding = 1) uniform Weights { vec4 w; } weights;
layout(std430, set = 0, binding = 2) readonly buffer X { float v[]; } x[2];
layout(std430, set = 0, binding = 5) buffer Spare { float v[]; } spare;
layout(std430, set = 1, binding = 0) readonly buffer Bias { float v[4]; } bias;
layout(std430, set = 1, binding = 3) writeonly buffer Out { float v[]; } result;

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < result.v.length())
        result.v[i] = weights.w[0] * x[0].v[i] + weights.w[1] * x[1].v[i] + bias.v[i % 4];
}
