// 16-bit members of a push constant block.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int16 : require

layout(local_size_x = 1) in;

layout(std430, binding = 0) writeonly buffer Out { uint words[]; };

layout(push_constant) uniform Push {
    uint16_t a;
    int16_t b;
    uint word;
    u16vec2 pair;
    uint16_t c;
};

void main()
{
    words[0] = uint(a);
    words[1] = uint(int(b));
    words[2] = word;
    words[3] = uint(pair.x);
    words[4] = uint(pair.y);
    words[5] = uint(c);
}
