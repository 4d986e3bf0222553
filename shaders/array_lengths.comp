// The lengths that the kernel sees of arrays with different strides and headers.
#version 450

layout(local_size_x = 1) in;

struct Five { uint words[5]; };

layout(std430, binding = 0) readonly buffer Words { uint words[]; };
layout(std430, binding = 1) readonly buffer Pairs { uvec2 pairs[]; };
layout(std430, binding = 2) readonly buffer Quads { uvec4 quads[]; };
layout(std430, binding = 3) readonly buffer Headed { uint head[3]; uint tail[]; };
layout(std430, binding = 4) readonly buffer Fives { Five fives[]; };
layout(std430, binding = 5) writeonly buffer Lengths { uint lengths[5]; };

void main()
{
    lengths[0] = words.length();
    lengths[1] = pairs.length();
    lengths[2] = quads.length();
    lengths[3] = tail.length();
    lengths[4] = fives.length();
}
