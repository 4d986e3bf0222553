// Every 32-bit word of push constants with arrays of arrays and structs in structs.
#version 450

layout(local_size_x = 1) in;

struct Cell {
    uint row[2][3];
};

struct Light {
    Cell cells[1];
    float power;
};

layout(push_constant) uniform Push {
    Light lights[2];
    uvec2 pairs[3];
};

layout(std430, binding = 0) writeonly buffer Words { uint words[]; };

uint next = 0;

void put(uint word) { words[next++] = word; }

void main()
{
    for (int i = 0; i < 2; i++) {
        for (int j = 0; j < 2; j++)
            for (int k = 0; k < 3; k++)
                put(lights[i].cells[0].row[j][k]);
        put(floatBitsToUint(lights[i].power));
    }
    for (int i = 0; i < 3; i++) {
        put(pairs[i].x);
        put(pairs[i].y);
    }
}
