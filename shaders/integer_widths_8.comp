// 32-bit words cut to 8 bits and widened again, as signed and as unsigned, alone and in vectors.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int8 : require

layout(local_size_x = 64) in;

struct Results { uint from_unsigned, from_signed, repacked, low_byte, sum_signed, sum_unsigned; };

layout(std430, binding = 0) readonly buffer A { uint a[]; };
layout(std430, binding = 1) writeonly buffer Out { Results results[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= results.length())
        return;
    uint x = a[i];
    u8vec4 bytes = unpack8(x);
    i8vec4 signed_bytes = unpack8(int(x));
    Results r;
    r.from_unsigned = uint(uint8_t(x));
    r.from_signed = uint(int(int8_t(x)));
    r.repacked = pack32(bytes.wzyx);
    r.low_byte = uint(bytes.x);
    ivec4 wide = ivec4(signed_bytes);
    r.sum_signed = uint(wide.x + 3 * wide.y + 5 * wide.z + 7 * wide.w);
    uvec4 wide_unsigned = uvec4(bytes);
    r.sum_unsigned =
        wide_unsigned.x + 3 * wide_unsigned.y + 5 * wide_unsigned.z + 7 * wide_unsigned.w;
    results[i] = r;
}
