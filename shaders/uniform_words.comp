// out[i] = word i of a uniform buffer of 16 KiB, the size that every device takes.
#version 450

layout(local_size_x = 64) in;

layout(std140, binding = 0) uniform In { uvec4 quads[1024]; };
layout(std430, binding = 1) writeonly buffer Out { uint words[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < words.length())
        words[i] = quads[i / 4][i % 4];
}
