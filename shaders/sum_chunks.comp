// sums[c] = the sum of the words in chunk c of x, modulo 2^32; each workgroup sums a chunk.
#version 450

layout(local_size_x = 128) in;

layout(std430, binding = 0) readonly buffer X { uvec4 x[]; };
layout(std430, binding = 1) writeonly buffer Sums { uint sums[]; };

layout(push_constant) uniform Push {
    uint chunk_vectors;
    uint step; // of whoever goes in steps; read by nothing
};

shared uint kept[gl_WorkGroupSize.x];

void main()
{
    uint lane = gl_LocalInvocationID.x, begin = gl_WorkGroupID.x * chunk_vectors;
    uvec4 sum = uvec4(0);
    for (uint i = lane; i < chunk_vectors; i += gl_WorkGroupSize.x)
        sum += x[begin + i];
    kept[lane] = sum.x + sum.y + sum.z + sum.w;
    barrier();
    for (uint reach = gl_WorkGroupSize.x / 2; reach > 0; reach /= 2) {
        if (lane < reach)
            kept[lane] += kept[lane + reach];
        barrier();
    }
    if (lane == 0)
        sums[gl_WorkGroupID.x] = kept[0];
}
