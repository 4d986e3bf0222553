// 16-bit values taken apart into bytes and put together again, and widened by way of 8 bits.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int8 : require
#extension GL_EXT_shader_explicit_arithmetic_types_int16 : require

layout(local_size_x = 64) in;

struct Results { uint swapped, low, high, signed_high, by_8; };

layout(std430, binding = 0) readonly buffer A { uint a[]; };
layout(std430, binding = 1) writeonly buffer Out { Results results[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= results.length())
        return;
    uint16_t x = uint16_t(a[i]);
    u8vec2 bytes = unpack8(x);
    i8vec2 signed_bytes = unpack8(int16_t(x));
    Results r;
    r.swapped = uint(pack16(bytes.yx));
    r.low = uint(bytes.x);
    r.high = uint(bytes.y);
    r.signed_high = uint(int(signed_bytes.y));
    r.by_8 = uint(uint16_t(int16_t(int8_t(x))));
    results[i] = r;
}
