// The value of a half-precision specialization constant.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require

layout(local_size_x = 1) in;

layout(constant_id = 0) const float16_t REAL = -1.5hf;

layout(std430, binding = 0) writeonly buffer Out { uint words[]; };

void main()
{
    words[0] = floatBitsToUint(float(REAL));
}
