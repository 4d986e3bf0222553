// Three buffers, of which the code reads the first, for unit/graph_picture.c.
#version 450

layout(local_size_x = 1) in;
layout(std430, binding = 0) readonly buffer First { uint first[]; };
layout(std430, binding = 1) buffer Second { uint second[]; };
layout(std430, binding = 2) buffer Third { uint third[]; };

shared uint word;

void main()
{
    word = first[0];
}
