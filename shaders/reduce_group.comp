// Sums the elements of each workgroup, whose size may be any number, in a tree.
#version 450

layout(local_size_x_id = 0) in;

layout(std430, binding = 0) readonly buffer In { uint x[]; };
layout(std430, binding = 1) writeonly buffer Out { uint sums[]; };

shared uint kept[gl_WorkGroupSize.x];

void main()
{
    uint lane = gl_LocalInvocationID.x, size = gl_WorkGroupSize.x;
    kept[lane] = x[gl_GlobalInvocationID.x] * (lane + 1);
    barrier();
    while (size > 1) {
        uint middle = (size + 1) / 2;
        if (lane + middle < size)
            kept[lane] += kept[lane + middle];
        size = middle;
        barrier();
    }
    if (lane == 0)
        sums[gl_WorkGroupID.x] = kept[0];
}
