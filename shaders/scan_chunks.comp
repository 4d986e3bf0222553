// y[i] = the sum of the words of x before i in its chunk, modulo 2^32, and of what is carried into
// the chunk; each workgroup scans a chunk.
#version 450

layout(local_size_x = 128) in;

layout(std430, binding = 0) readonly buffer X { uvec4 x[]; };
layout(std430, binding = 1) readonly buffer Carries { uint carries[]; };
layout(std430, binding = 2) writeonly buffer Y { uvec4 y[]; };

layout(push_constant) uniform Push {
    uint chunk_vectors;
    uint is_carried; // 0: every chunk begins with 0
    uint step; // of whoever goes in steps; read by nothing
};

shared uint kept[gl_WorkGroupSize.x];

// The sum of `value` over the invocations before this one; `total` is that over all.
uint sum_before(uint value, out uint total)
{
    uint lane = gl_LocalInvocationID.x, sum = value;
    for (uint reach = 1; reach < gl_WorkGroupSize.x; reach *= 2) {
        kept[lane] = sum;
        barrier();
        if (lane >= reach)
            sum += kept[lane - reach];
        barrier();
    }
    kept[lane] = sum;
    barrier();
    total = kept[gl_WorkGroupSize.x - 1];
    barrier();
    return sum - value;
}

void main()
{
    uint begin = gl_WorkGroupID.x * chunk_vectors;
    uint carry = is_carried != 0 ? carries[gl_WorkGroupID.x] : 0;
    for (uint tile = 0; tile < chunk_vectors; tile += gl_WorkGroupSize.x) {
        uint i = tile + gl_LocalInvocationID.x;
        uvec4 words = i < chunk_vectors ? x[begin + i] : uvec4(0);
        uvec4 before = uvec4(0, words.x, words.x + words.y, words.x + words.y + words.z);
        uint total;
        uint first = carry + sum_before(before.w + words.w, total);
        if (i < chunk_vectors)
            y[begin + i] = before + first;
        carry += total;
    }
}
