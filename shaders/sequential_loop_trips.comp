// Three loops one after another, each with a trip count read from a buffer.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer Trips { uint first, second, third; };
layout(std430, binding = 1) writeonly buffer Out { uvec2 results[]; }; // rounds, hash

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= results.length())
        return;
    uint rounds = 0, hash = i;
    for (uint a = 0; a < first; a++, rounds++)
        hash = hash * 1664525 + 1013904223;
    for (uint b = 0; b < second; b++, rounds++)
        hash = hash * 22695477 + 1;
    uint c = third;
    while (c-- > 0) {
        hash = hash * 134775813 + 1;
        rounds++;
    }
    results[i] = uvec2(rounds, hash);
}
