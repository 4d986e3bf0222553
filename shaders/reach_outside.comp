// Each invocation reads or writes one element of a buffer, which may lie outside: by words, by
// vectors or by structs.
#version 450

layout(local_size_x = 64) in;

struct Leaf { uint a; uvec2 b; uint c[2]; }; // 24 bytes: one is padding

layout(std430, binding = 0) buffer Words { uint words[]; };
layout(std430, binding = 0) buffer Quads { uvec4 quads[]; };
layout(std430, binding = 0) buffer Leaves { Leaf leaves[]; };
layout(std430, binding = 1) readonly buffer Places { uint places[]; };
layout(std430, binding = 2) writeonly buffer Seen { uvec4 seen[]; };

layout(push_constant) uniform Push { uint mode, count, expected; };

uint length_of_words() { return words.length(); }

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= count)
        return;
    uint place = places[i];
    uvec4 value = uvec4(0xc0de0000 + 4 * i) + uvec4(0, 1, 2, 3);
    switch (mode) {
    case 0:
        seen[i] = uvec4(words[place], length_of_words(), 0, 0);
        break;
    case 1:
        seen[i] = quads[place];
        break;
    case 2:
        seen[i] = uvec4(leaves[place].a, leaves[place].b, leaves[place].c[1]);
        break;
    case 3:
        words[place] = value.x;
        break;
    case 4:
        quads[place] = value;
        break;
    case 5:
        leaves[place] = Leaf(value.x, value.yz, uint[](value.w, value.w));
        break;
    case 6:
        atomicAdd(words[place], value.x);
        break;
    case 7:
        atomicExchange(words[place], value.x);
        break;
    case 8:
        atomicCompSwap(words[place], expected, value.x);
        break;
    }
}
