// Members of 64 bits in a push constant block, beside narrower ones.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require

layout(local_size_x = 1) in;

layout(std430, binding = 0) writeonly buffer Out { uint64_t words[]; };

layout(push_constant) uniform Push {
    uint u;
    uint64_t u64;
    int64_t i64;
    i64vec2 pair;
    uint last;
};

void main()
{
    words[0] = u;
    words[1] = u64;
    words[2] = uint64_t(i64);
    words[3] = uint64_t(pair.x);
    words[4] = uint64_t(pair.y);
    words[5] = last;
}
