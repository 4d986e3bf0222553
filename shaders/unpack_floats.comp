// Unpacks words into vectors of floats.
#version 450

layout(local_size_x = 64) in;

struct Floats { vec4 unorm4x8, snorm4x8; vec2 unorm2x16, snorm2x16, half2x16; };

layout(std430, binding = 0) readonly buffer In { uint x[]; };
layout(std430, binding = 1) writeonly buffer Out { Floats floats[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= floats.length())
        return;
    floats[i].unorm4x8 = unpackUnorm4x8(x[i]);
    floats[i].snorm4x8 = unpackSnorm4x8(x[i]);
    floats[i].unorm2x16 = unpackUnorm2x16(x[i]);
    floats[i].snorm2x16 = unpackSnorm2x16(x[i]);
    floats[i].half2x16 = unpackHalf2x16(x[i]);
}
