// y[i] = x[i] + i, where both arrays are known by their device addresses alone.
#version 450
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require

layout(local_size_x = 64) in;

layout(buffer_reference, std430, buffer_reference_align = 4) buffer Words { uint word[]; };

layout(push_constant) uniform Push { uvec2 x, y; uint count; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < count)
        Words(y).word[i] = Words(x).word[i] + i;
}
