// Each invocation changes its own words several times and reads them back in between.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) buffer Data { uint x[]; };
layout(std430, binding = 1) writeonly buffer Out { uint seen[]; };

layout(push_constant) uniform Push { uint stride; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= stride)
        return;
    uint first = x[i];
    x[i] = first * 3 + 1;
    uint far = i + stride * (1 + (x[i] & 1));
    x[far] = x[i] + 5;
    x[i] = x[far] ^ first;
    seen[i] = x[i] + x[far];
}
