// Every function of GLSL on the bits of an integer, for triples a, b, c; c packs an offset and a
// count of bits.
#version 450

layout(local_size_x = 64) in;

struct Results {
    uint bit_count, reverse, lowest, lowest_signed, highest, highest_signed;
    uint extract, extract_signed, insert;
    uint add, carry, subtract, borrow;
    uint product_high, product_low, signed_product_high, signed_product_low;
};

layout(std430, binding = 0) readonly buffer A { uint a[]; };
layout(std430, binding = 1) readonly buffer B { uint b[]; };
layout(std430, binding = 2) readonly buffer C { uint c[]; };
layout(std430, binding = 3) writeonly buffer Out { Results results[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= results.length())
        return;
    uint x = a[i], y = b[i];
    int offset = int(c[i] & 0xffff), bits = int(c[i] >> 16);
    Results r;
    r.bit_count = uint(bitCount(x));
    r.reverse = bitfieldReverse(x);
    r.lowest = uint(findLSB(x));
    r.lowest_signed = uint(findLSB(int(x)));
    r.highest = uint(findMSB(x));
    r.highest_signed = uint(findMSB(int(x)));
    r.extract = bitfieldExtract(x, offset, bits);
    r.extract_signed = uint(bitfieldExtract(int(x), offset, bits));
    r.insert = bitfieldInsert(x, y, offset, bits);
    r.add = uaddCarry(x, y, r.carry);
    r.subtract = usubBorrow(x, y, r.borrow);
    umulExtended(x, y, r.product_high, r.product_low);
    int high, low;
    imulExtended(int(x), int(y), high, low);
    r.signed_product_high = uint(high);
    r.signed_product_low = uint(low);
    results[i] = r;
}
