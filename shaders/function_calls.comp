// Arguments by value, by out and by inout; structs and arrays copied in and out of functions; arrays
// and vectors indexed at run time.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer In { uint x[]; };
layout(std430, binding = 1) writeonly buffer Out { uint y[]; };

struct Pair { uint first, second; };
struct Bag { Pair pairs[3]; uint count; };

void swap(inout Pair p)
{
    uint kept = p.first;
    p.first = p.second;
    p.second = kept;
}

Bag fill(uint seed, out uint last)
{
    Bag bag;
    bag.count = 3;
    for (uint k = 0; k < 3; k++) {
        bag.pairs[k] = Pair(seed + k, seed * (k + 1));
        last = bag.pairs[k].second;
    }
    return bag;
}

uint change_copy(Bag bag)
{
    bag.pairs[1].first = 0;
    bag.count = 99;
    return bag.pairs[0].first + bag.pairs[1].first + bag.count;
}

void add_and_clear(inout uint a, inout uint b)
{
    a += b;
    b = 0;
    a += b;
}

void sort(inout uint values[8])
{
    for (uint a = 1; a < 8; a++) {
        uint value = values[a];
        uint at = a;
        while (at > 0 && values[at - 1] > value) {
            values[at] = values[at - 1];
            at--;
        }
        values[at] = value;
    }
}

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= y.length() / 16)
        return;
    uint seed = x[i], last;
    Bag bag = fill(seed, last);
    Bag kept = bag;
    swap(bag.pairs[seed % 3]);
    y[i * 16] = change_copy(bag);
    y[i * 16 + 1] = bag.pairs[1].first + bag.count;
    y[i * 16 + 2] = kept.pairs[seed % 3].first ^ bag.pairs[seed % 3].first;
    y[i * 16 + 3] = last;
    uint a = seed >> 8, b = seed & 0xff;
    add_and_clear(a, b);
    y[i * 16 + 4] = a;
    y[i * 16 + 5] = b;
    uint values[8];
    for (uint k = 0; k < 8; k++)
        values[k] = seed * (k * 2 + 1) >> 16 & 0xff;
    sort(values);
    for (uint k = 0; k < 8; k++)
        y[i * 16 + 6 + k] = values[k];
    uvec4 vector = uvec4(1, 2, 3, 4);
    vector[seed & 3] = seed;
    y[i * 16 + 14] = vector[seed >> 2 & 3];
    mat4x2 m = mat4x2(0, 1, 2, 3, 4, 5, 6, 7);
    m[seed >> 4 & 3][seed >> 6 & 1] = 9;
    y[i * 16 + 15] = uint(m[seed >> 7 & 3][seed >> 9 & 1]);
}
