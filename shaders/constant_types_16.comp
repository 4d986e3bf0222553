// The values of 16-bit specialization constants.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int16 : require

layout(local_size_x = 1) in;

layout(constant_id = 0) const int16_t SIGNED = 0xfff9s;
layout(constant_id = 1) const uint16_t UNSIGNED = 0xfedcus;

layout(std430, binding = 0) writeonly buffer Out { uint words[]; };

void main()
{
    int16_t s = SIGNED;
    uint16_t u = UNSIGNED;
    words[0] = uint(int(s));
    words[1] = uint(u);
}
