// Operations on vectors of integers, component by component, with swizzles and mixed scalars.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer A { uvec4 a[]; };
layout(std430, binding = 1) readonly buffer B { uvec4 b[]; };
layout(std430, binding = 2) writeonly buffer Out { uint words[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= words.length() / 14)
        return;
    uvec4 x = a[i], y = b[i];
    uvec4 mixed = (x * y.wzyx + x.yxwz) ^ 0x5aU;
    mixed.xz += y.yw;
    ivec3 shifted = ivec3(x.xyz) >> ivec3(y.xyz & 31U);
    bvec4 less = lessThan(ivec4(x), ivec4(y));
    uvec2 chosen = mix(x.zw, y.xy, less.yw);
    for (int k = 0; k < 4; k++)
        words[i * 14 + k] = mixed[k];
    for (int k = 0; k < 3; k++)
        words[i * 14 + 4 + k] = uint(shifted[k]);
    for (int k = 0; k < 4; k++)
        words[i * 14 + 7 + k] = less[k] ? 1 : 0;
    words[i * 14 + 11] = chosen.x;
    words[i * 14 + 12] = chosen.y;
    words[i * 14 + 13] = (any(less) ? 1 : 0) | (all(less) ? 2 : 0) | (any(not(less)) ? 4 : 0);
}
