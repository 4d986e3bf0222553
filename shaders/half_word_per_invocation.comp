// Each invocation writes 16 bits; two share a word.
#version 450
#extension GL_EXT_shader_16bit_storage : require

layout(local_size_x = 64) in;

layout(std430, binding = 0) writeonly buffer Out { uint16_t y[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < y.length())
        y[i] = uint16_t(i * 40503u);
}
