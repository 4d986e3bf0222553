// out[i] = word i of 4096 bytes of push constants, more than devices have.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) writeonly buffer Out { uint words[]; } result;

layout(push_constant) uniform Push { uint words[1024]; } push;

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < result.words.length())
        result.words[i] = push.words[i];
}
