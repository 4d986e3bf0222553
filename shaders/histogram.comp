// Counts bytes: first in workgroup memory, then in a buffer.
#version 450

layout(local_size_x = 128) in;

layout(std430, binding = 0) readonly buffer In { uint words[]; };
layout(std430, binding = 1) buffer Out { uint bins[256]; };

shared uint counts[256];

void main()
{
    uint lane = gl_LocalInvocationID.x, i = gl_GlobalInvocationID.x;
    counts[lane] = 0;
    counts[lane + 128] = 0;
    barrier();
    if (i < words.length())
        for (uint k = 0; k < 4; k++)
            atomicAdd(counts[words[i] >> (8 * k) & 0xff], 1);
    barrier();
    atomicAdd(bins[lane], counts[lane]);
    atomicAdd(bins[lane + 128], counts[lane + 128]);
}
