// Each workgroup reverses its own elements by way of workgroup memory.
#version 450

layout(local_size_x_id = 0) in;

layout(std430, binding = 0) readonly buffer In { uint x[]; };
layout(std430, binding = 1) writeonly buffer Out { uint y[]; };

shared uint kept[gl_WorkGroupSize.x];

void main()
{
    uint lane = gl_LocalInvocationID.x, size = gl_WorkGroupSize.x;
    kept[lane] = x[gl_GlobalInvocationID.x];
    barrier();
    y[gl_GlobalInvocationID.x] = kept[size - 1 - lane];
}
