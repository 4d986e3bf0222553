// Loops in loops, with trip counts read from a buffer: outer, middle, inner.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer Trips { uint outer, middle, inner; };
layout(std430, binding = 1) writeonly buffer Out { uvec2 results[]; }; // rounds, hash

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= results.length())
        return;
    uint rounds = 0, hash = i;
    for (uint a = 0; a < outer; a++)
        for (uint b = 0; b < middle; b++)
            for (uint c = 0; c < inner; c++) {
                hash = hash * 1664525 + 1013904223 + (a ^ b);
                rounds++;
            }
    results[i] = uvec2(rounds, hash);
}
