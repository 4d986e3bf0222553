// Packs vectors of floats into words.
#version 450

layout(local_size_x = 64) in;

struct Words { uint unorm4x8, snorm4x8, unorm2x16, snorm2x16, half2x16; };

layout(std430, binding = 0) readonly buffer In { vec4 x[]; };
layout(std430, binding = 1) writeonly buffer Out { Words words[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= words.length())
        return;
    words[i].unorm4x8 = packUnorm4x8(x[i]);
    words[i].snorm4x8 = packSnorm4x8(x[i]);
    words[i].unorm2x16 = packUnorm2x16(x[i].xy);
    words[i].snorm2x16 = packSnorm2x16(x[i].xy);
    words[i].half2x16 = packHalf2x16(x[i].zw);
}
