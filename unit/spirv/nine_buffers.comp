// An array of nine buffers, for unit/repeats.c.
#version 450

layout(local_size_x = 1) in;
layout(std430, binding = 0) buffer Words { uint words[]; } buffers[9];

void main()
{
    buffers[0].words[0] = buffers[8].words[0];
}
