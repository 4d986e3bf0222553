// Counts in y[i] what of variable i, in workgroup memory that is declared to start as zero, is
// not; then spoils all of them.
#version 450
#extension GL_EXT_null_initializer : require

layout(local_size_x = 64) in;

struct Leaf { vec3 a; bool b; uint c[3]; };
struct Tree { Leaf leaf[2]; mat3 m; int last; };

layout(std430, binding = 0) buffer Out { uint y[]; };

shared bool flag = {};
shared bool flags[5] = {};
shared int number = {};
shared vec3 vector = {};
shared uvec2 vectors[7] = {};
shared mat4x3 matrix = {};
shared float arrays[3][5] = {};
shared Tree tree = {};
shared Tree trees[3] = {};

uint wrong(bool b) { return uint(b); }
uint wrong(uint v) { return uint(v != 0); }
uint wrong(vec3 v) { return uint(any(notEqual(floatBitsToUint(v), uvec3(0)))); }
uint wrong(mat3 m) { return wrong(m[0]) + wrong(m[1]) + wrong(m[2]); }
uint wrong(Leaf l) { return wrong(l.a) + wrong(l.b) + wrong(l.c[0]) + wrong(l.c[1]) + wrong(l.c[2]); }
uint wrong(Tree t) { return wrong(t.leaf[0]) + wrong(t.leaf[1]) + wrong(t.m) + wrong(uint(t.last)); }

void add(uint i, uint count)
{
    atomicAdd(y[i], count);
}

void main()
{
    uint lane = gl_LocalInvocationID.x;
    add(0, wrong(flag));
    add(1, wrong(flags[lane % 5]));
    add(2, wrong(uint(number)));
    add(3, wrong(vector));
    add(4, wrong(vectors[lane % 7].x) + wrong(vectors[lane % 7].y));
    add(5, wrong(matrix[lane % 4]));
    add(6, wrong(floatBitsToUint(arrays[lane % 3][lane % 5])));
    add(7, wrong(tree));
    add(8, wrong(trees[lane % 3]));
    barrier();
    Leaf leaf = Leaf(vec3(-1), true, uint[](7, 8, 9));
    Tree spoilt = Tree(Leaf[](leaf, leaf), mat3(5), -1);
    if (lane == 0) {
        flag = true;
        number = -1;
        vector = vec3(3);
        matrix = mat4x3(9);
        tree = spoilt;
    }
    if (lane < 5)
        flags[lane] = true;
    if (lane < 7)
        vectors[lane] = uvec2(-1);
    if (lane < 15)
        arrays[lane / 5][lane % 5] = 4;
    if (lane < 3)
        trees[lane] = spoilt;
    barrier();
    // So that what was written is not left out.
    if (!flag || !flags[lane % 5] || number == 0 || vector.x == 0 || matrix[0].x == 0 ||
        wrong(tree) == 0 || wrong(trees[lane % 3]) == 0 || vectors[lane % 7].x == 0 ||
        arrays[lane % 3][lane % 5] == 0)
        add(9, 1);
}
