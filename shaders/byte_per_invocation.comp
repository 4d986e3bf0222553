// Each invocation writes one byte; four share a word.
#version 450
#extension GL_EXT_shader_8bit_storage : require

layout(local_size_x = 64) in;

layout(std430, binding = 0) writeonly buffer Out { uint8_t y[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < y.length())
        y[i] = uint8_t(i * 7 + (i >> 8));
}
