// 64-bit integers made of two words, taken apart, and cut to 32 bits.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require

layout(local_size_x = 64) in;

struct Results { uint64_t joined, from_unsigned, from_signed; uint low, high, cut, sum; };

layout(std430, binding = 0) readonly buffer A { uint a[]; };
layout(std430, binding = 1) readonly buffer B { uint b[]; };
layout(std430, binding = 2) writeonly buffer Out { Results results[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= results.length())
        return;
    Results r;
    r.joined = pack64(uvec2(a[i], b[i]));
    r.from_unsigned = uint64_t(a[i]);
    r.from_signed = uint64_t(int64_t(int(a[i])));
    uvec2 parts = unpack32(r.joined * 3ul);
    r.low = parts.x;
    r.high = parts.y;
    r.cut = uint(r.joined >> 13);
    r.sum = uint(int64_t(int(a[i])) + int64_t(int(b[i])) >> 1);
    results[i] = r;
}
