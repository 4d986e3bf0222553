// out[i] = word 0 of inputs[(first + i) % COUNT], which gets i added.
#version 450

layout(local_size_x = 1) in;

layout(constant_id = 0) const uint COUNT = 1;

layout(std430, binding = 0) buffer In { uint x; } inputs[COUNT];
layout(std430, binding = 1) writeonly buffer Out { uint y[]; };

layout(push_constant) uniform Push { uint first; };

void main()
{
    for (uint i = 0; i < y.length(); i++) {
        uint which = (first + i) % COUNT;
        y[i] = inputs[which].x;
        inputs[which].x += i;
    }
}
