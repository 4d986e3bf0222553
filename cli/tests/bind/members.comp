// Every 32-bit word of push constants that are laid out in every way, and of constants; with names that
// C and C++ keep for themselves.
#version 450

layout(local_size_x = 1, local_size_x_id = 7) in;

layout(constant_id = 1) const float delete = 2.5;
layout(constant_id = 2) const int least = -2147483648;
layout(constant_id = 3) const bool signed = true;
layout(constant_id = 5) const int minus = -7;
layout(constant_id = 4) const uint most = 4294967295u;

struct Light {
    float power;
    uint cell;
};

// 128 bytes, for which every device has room.
layout(push_constant) uniform Push {
    uint new;
    vec3 corners[2];
    layout(row_major) mat2x3 turn;
    uint A;
    uint a;
    mat2x3 spin;
    Light lights[2];
} push;

layout(std430, binding = 0) writeonly buffer Words { uint memset[]; } memset;
layout(std430, binding = 9) readonly buffer Stream { uint word; } stream;

uint next = 0;

void put(uint word) { memset.memset[next++] = word; }
void put(float value) { put(floatBitsToUint(value)); }
void put(vec3 value) { put(value.x); put(value.y); put(value.z); }

void main()
{
    put(push.new);
    put(push.corners[0]);
    put(push.corners[1]);
    put(push.turn[0]);
    put(push.turn[1]);
    put(push.A);
    put(push.a);
    put(push.spin[0]);
    put(push.spin[1]);
    for (int i = 0; i < 2; i++) {
        put(push.lights[i].power);
        put(push.lights[i].cell);
    }
    put(delete);
    put(uint(least));
    put(signed ? 1u : 0u);
    put(most);
    put(uint(minus));
    put(stream.word);
    put(gl_WorkGroupSize.x);
}
