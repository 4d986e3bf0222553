// Every 32-bit word of a push constant block with members of many types, member by member.
#version 450

layout(local_size_x = 1) in;

layout(std430, binding = 0) writeonly buffer Out { uint words[]; };

layout(push_constant) uniform Push {
    float f;
    int i;
    uint u;
    vec2 v2;
    vec3 v3;
    vec4 v4;
    ivec3 i3;
    bool b;
    mat2 m2;
    float array[3];
};

uint next = 0;

void put(uint word) { words[next++] = word; }
void put(float value) { put(floatBitsToUint(value)); }

void main()
{
    put(f);
    put(uint(i));
    put(u);
    put(v2.x); put(v2.y);
    put(v3.x); put(v3.y); put(v3.z);
    put(v4.x); put(v4.y); put(v4.z); put(v4.w);
    put(uint(i3.x)); put(uint(i3.y)); put(uint(i3.z));
    put(b ? 1u : 0u);
    put(m2[0].x); put(m2[0].y); put(m2[1].x); put(m2[1].y);
    put(array[0]); put(array[1]); put(array[2]);
}
