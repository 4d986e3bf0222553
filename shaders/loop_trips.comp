// Each invocation goes round a loop a number of times that it reads from a buffer.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer Trips { uint trips[]; };
layout(std430, binding = 1) writeonly buffer Out { uvec2 results[]; }; // rounds, hash

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= results.length())
        return;
    uint rounds = 0, hash = i;
    while (rounds < trips[i]) {
        hash = hash * 1664525 + 1013904223;
        rounds++;
    }
    results[i] = uvec2(rounds, hash);
}
