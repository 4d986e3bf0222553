// Fills a private array and a workgroup array of LENGTH words and writes both, reversed.
#version 450

layout(local_size_x = 1) in;

layout(constant_id = 0) const uint LENGTH = 1;
layout(constant_id = 1) const uint FACTOR = 1;

layout(std430, binding = 0) writeonly buffer Out { uint words[]; };

shared uint group_words[LENGTH * FACTOR];

void main()
{
    uint own[LENGTH];
    for (uint i = 0; i < LENGTH; i++)
        own[i] = i * 3 + 1;
    for (uint i = 0; i < LENGTH * FACTOR; i++)
        group_words[i] = i * 5 + 2;
    for (uint i = 0; i < LENGTH; i++)
        words[i] = own[LENGTH - 1 - i];
    for (uint i = 0; i < LENGTH * FACTOR; i++)
        words[LENGTH + i] = group_words[LENGTH * FACTOR - 1 - i];
}
