// Every 32-bit word of a struct in scalar layout, member by member, for two elements of an array.
#version 450
#extension GL_EXT_scalar_block_layout : require

layout(local_size_x = 1) in;

struct Tight { float f; vec3 v3; vec2 v2; mat3 m3; uint u; };

layout(scalar, binding = 0) readonly buffer In { uint head; Tight tight[]; };
layout(std430, binding = 1) writeonly buffer Out { uint words[]; };

uint next = 0;

void put(uint word) { words[next++] = word; }
void put(float value) { put(floatBitsToUint(value)); }
void put(vec3 v) { put(v.x); put(v.y); put(v.z); }

void main()
{
    put(head);
    for (int k = 0; k < 2; k++) {
        put(tight[k].f);
        put(tight[k].v3);
        put(tight[k].v2.x);
        put(tight[k].v2.y);
        for (int c = 0; c < 3; c++)
            put(tight[k].m3[c]);
        put(tight[k].u);
    }
}
