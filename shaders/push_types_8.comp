// Bytes of a push constant block.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int8 : require

layout(local_size_x = 1) in;

layout(std430, binding = 0) writeonly buffer Out { uint words[]; };

layout(push_constant) uniform Push {
    uint8_t a;
    int8_t b;
    uint word;
    u8vec4 quad;
    uint8_t c;
};

void main()
{
    words[0] = uint(a);
    words[1] = uint(int(b));
    words[2] = word;
    words[3] = uint(quad.x);
    words[4] = uint(quad.y);
    words[5] = uint(quad.z);
    words[6] = uint(quad.w);
    words[7] = uint(c);
}
