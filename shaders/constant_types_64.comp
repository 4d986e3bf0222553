// The values of 64-bit integer specialization constants.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require

layout(local_size_x = 1) in;

layout(constant_id = 0) const int64_t SIGNED = -7l;
layout(constant_id = 1) const uint64_t UNSIGNED = 0xfedcba9876543210ul;

layout(std430, binding = 0) writeonly buffer Out { uint64_t words[]; };

void main()
{
    words[0] = uint64_t(SIGNED);
    words[1] = UNSIGNED;
}
