// out[i] = word i of a push constant block of COUNT words.
#version 450

layout(local_size_x = 64) in;

layout(constant_id = 0) const uint COUNT = 1;

layout(std430, binding = 0) writeonly buffer Out { uint words[]; };

layout(push_constant) uniform Push { uint push[COUNT]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < COUNT)
        words[i] = push[i];
}
