// Every 32-bit word of a std430 struct, member by member, for two elements of an array of it.
#version 450

layout(local_size_x = 1) in;

struct Inner { vec3 v; float after_v; uint u[3]; };
struct Outer {
    float f;
    vec2 v2;
    vec3 v3;
    Inner inner;
    ivec2 i2;
    mat3 m3;
    mat2x4 m24[2];
    bool b;
    uvec3 u3;
};

layout(std430, binding = 0) readonly buffer In {
    uint head;
    layout(row_major) mat4x3 rows;
    Outer outer[];
};
layout(std430, binding = 1) writeonly buffer Out { uint words[]; };

uint next = 0;

void put(uint word) { words[next++] = word; }
void put(float value) { put(floatBitsToUint(value)); }
void put(vec2 v) { put(v.x); put(v.y); }
void put(vec3 v) { put(v.x); put(v.y); put(v.z); }
void put(vec4 v) { put(v.x); put(v.y); put(v.z); put(v.w); }

void main()
{
    put(head);
    for (int c = 0; c < 4; c++)
        put(rows[c]);
    for (int k = 0; k < 2; k++) {
        put(outer[k].f);
        put(outer[k].v2);
        put(outer[k].v3);
        put(outer[k].inner.v);
        put(outer[k].inner.after_v);
        for (int i = 0; i < 3; i++)
            put(outer[k].inner.u[i]);
        put(uint(outer[k].i2.x));
        put(uint(outer[k].i2.y));
        for (int c = 0; c < 3; c++)
            put(outer[k].m3[c]);
        for (int i = 0; i < 2; i++)
            for (int c = 0; c < 2; c++)
                put(outer[k].m24[i][c]);
        put(outer[k].b ? 1u : 0u);
        put(outer[k].u3.x);
        put(outer[k].u3.y);
        put(outer[k].u3.z);
    }
}
