// Sums slices of arrays that are known by structs with an address in them. The structs are copied:
// into variables, to functions, from one into another, and to a second buffer in reverse order.
#version 450
#extension GL_EXT_buffer_reference : require

layout(local_size_x = 64) in;

layout(buffer_reference, std430, buffer_reference_align = 4) readonly buffer Words { uint word[]; };

struct Slice { Words words; uint first, count; };
struct Pair { uint key; Slice slices[2]; };

layout(std430, binding = 0) readonly buffer In { Slice slices[]; };
layout(std430, binding = 1) writeonly buffer Copies { Slice copies[]; };
layout(std430, binding = 2) writeonly buffer Out { uint sums[]; };

uint sum(Slice slice)
{
    uint total = 0;
    for (uint i = 0; i < slice.count; i++)
        total += slice.words.word[slice.first + i] * (i + 1);
    return total;
}

void main()
{
    uint i = gl_GlobalInvocationID.x, count = sums.length();
    if (i >= count)
        return;
    Slice slice = slices[i], next = slices[(i + 1) % count];
    Pair pair = Pair(i, Slice[](slice, next));
    // The next one's words by this one's numbers, where i is odd.
    if (i % 2 == 1)
        pair.slices[0].words = pair.slices[1].words;
    Pair copied = pair;
    sums[i] = sum(copied.slices[0]);
    copies[count - 1 - i] = copied.slices[0];
}
