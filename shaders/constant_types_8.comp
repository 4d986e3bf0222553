// The values of 8-bit specialization constants.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int8 : require

layout(local_size_x = 1) in;

layout(constant_id = 0) const int8_t SIGNED = int8_t(-7);
layout(constant_id = 1) const uint8_t UNSIGNED = uint8_t(200);

layout(std430, binding = 0) writeonly buffer Out { uint words[]; };

void main()
{
    int8_t s = SIGNED;
    uint8_t u = UNSIGNED;
    words[0] = uint(int(s));
    words[1] = uint(u);
}
