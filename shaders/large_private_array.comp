// Sorts 200 words in private memory, more than fits into registers, and hashes them in order.
#version 450

layout(local_size_x = 32) in;

const uint COUNT = 200;

layout(std430, binding = 0) readonly buffer In { uint x[]; };
layout(std430, binding = 1) writeonly buffer Out { uint y[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= y.length())
        return;
    uint values[COUNT], state = x[i];
    for (uint k = 0; k < COUNT; k++) {
        state = state * 1664525 + 1013904223;
        values[k] = state >> 8;
    }
    for (uint gap = COUNT / 2; gap > 0; gap /= 2)
        for (uint a = gap; a < COUNT; a++) {
            uint value = values[a];
            uint at = a;
            for (; at >= gap && values[at - gap] > value; at -= gap)
                values[at] = values[at - gap];
            values[at] = value;
        }
    uint hash = 0;
    for (uint k = 0; k < COUNT; k++)
        hash = hash * 31 + values[k];
    y[i] = hash;
}
