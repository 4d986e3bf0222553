// Adds floats atomically to a few sums in a buffer; all are small integers, so no order rounds.
#version 450
#extension GL_EXT_shader_atomic_float : require

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer In { float x[]; };
layout(std430, binding = 1) buffer Out { float sums[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < x.length())
        atomicAdd(sums[i % sums.length()], x[i]);
}
