// Every 32-bit word of a std140 uniform block, member by member.
#version 450

layout(local_size_x = 1) in;

struct Inner { vec3 v; float after_v; float small; };

layout(std140, binding = 0) uniform In {
    float f;
    vec3 v3;
    float array[3];
    Inner inner[2];
    mat3 m3;
    layout(row_major) mat2x3 rows;
    ivec2 last;
};
layout(std430, binding = 1) writeonly buffer Out { uint words[]; };

uint next = 0;

void put(float value) { words[next++] = floatBitsToUint(value); }
void put(vec3 v) { put(v.x); put(v.y); put(v.z); }

void main()
{
    put(f);
    put(v3);
    for (int i = 0; i < 3; i++)
        put(array[i]);
    for (int i = 0; i < 2; i++) {
        put(inner[i].v);
        put(inner[i].after_v);
        put(inner[i].small);
    }
    for (int c = 0; c < 3; c++)
        put(m3[c]);
    for (int c = 0; c < 2; c++)
        put(rows[c]);
    put(intBitsToFloat(last.x));
    put(intBitsToFloat(last.y));
}
