// 32-bit words cut to 16 bits and widened again, as signed and as unsigned, alone and in vectors.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int16 : require

layout(local_size_x = 64) in;

struct Results { uint from_unsigned, from_signed, repacked, low_half, sum_signed, sum_unsigned; };

layout(std430, binding = 0) readonly buffer A { uint a[]; };
layout(std430, binding = 1) writeonly buffer Out { Results results[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= results.length())
        return;
    uint x = a[i];
    u16vec2 halves = unpack16(x);
    i16vec2 signed_halves = unpack16(int(x));
    Results r;
    r.from_unsigned = uint(uint16_t(x));
    r.from_signed = uint(int(int16_t(x)));
    r.repacked = pack32(halves.yx);
    r.low_half = uint(halves.x);
    ivec2 wide = ivec2(signed_halves);
    r.sum_signed = uint(wide.x + 3 * wide.y);
    uvec2 wide_unsigned = uvec2(halves);
    r.sum_unsigned = wide_unsigned.x + 3 * wide_unsigned.y;
    results[i] = r;
}
