// An array of structs of mixed members in workgroup memory, written by one invocation and read by
// another.
#version 450

layout(local_size_x = 64) in;

struct Item { vec3 position; uint key; bool flag; mat2 turn; uint tail[3]; };

layout(std430, binding = 0) writeonly buffer Out { uint y[]; };

shared Item items[64];

void main()
{
    uint lane = gl_LocalInvocationID.x, seed = gl_GlobalInvocationID.x;
    items[lane].position = vec3(seed, seed + 1, seed + 2);
    items[lane].key = seed * 2654435761u;
    items[lane].flag = seed % 3 == 0;
    items[lane].turn = mat2(seed * 4, seed * 4 + 1, seed * 4 + 2, seed * 4 + 3);
    for (uint k = 0; k < 3; k++)
        items[lane].tail[k] = seed ^ k;
    barrier();
    Item item = items[lane * 37 % 64];
    uint at = gl_GlobalInvocationID.x * 12;
    for (uint k = 0; k < 3; k++)
        y[at + k] = uint(item.position[k]);
    y[at + 3] = item.key;
    y[at + 4] = item.flag ? 1 : 0;
    for (uint k = 0; k < 4; k++)
        y[at + 5 + k] = uint(item.turn[k / 2][k % 2]);
    for (uint k = 0; k < 3; k++)
        y[at + 9 + k] = item.tail[k];
}
