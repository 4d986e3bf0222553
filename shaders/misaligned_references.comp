// Copies a vector of four words from address to address, neither of which is aligned to more than a
// word: each invocation by addresses of its own.
#version 450
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require

layout(local_size_x = 1) in;

layout(buffer_reference, std430, buffer_reference_align = 4) buffer Quad { uvec4 value; };

layout(std430, binding = 0) readonly buffer In { uvec4 addresses[]; };

void main()
{
    uvec4 pair = addresses[gl_WorkGroupID.x];
    Quad(pair.zw).value = Quad(pair.xy).value.wzyx;
}
