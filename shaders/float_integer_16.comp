// Conversions between half precision and 32-bit integers.
#version 450
#extension GL_EXT_shader_16bit_storage : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require

layout(local_size_x = 64) in;

struct Results { int to_int; uint to_uint; float16_t from_int, from_uint; };

layout(std430, binding = 0) readonly buffer A { float16_t a[]; };
layout(std430, binding = 1) readonly buffer B { uint b[]; };
layout(std430, binding = 2) writeonly buffer Out { Results results[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < results.length())
        results[i] =
            Results(int(a[i]), uint(abs(a[i])), float16_t(int(b[i])), float16_t(b[i] & 0xffff));
}
