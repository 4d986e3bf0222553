// y[first + i * stride] = i ^ key, for i < count: touches a large buffer at few places.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) writeonly buffer Out { uint y[]; };

layout(push_constant) uniform Push { uint first, stride, count, key; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < count)
        y[first + i * stride] = i ^ key;
}
