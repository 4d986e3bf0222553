// c = a b, for matrices of n by n floats, row by row; n is a multiple of 32. Each workgroup computes
// 32 by 32 elements of c, each invocation 4 by 4.
#version 450

layout(local_size_x = 8, local_size_y = 8) in;

layout(std430, binding = 0) readonly buffer A { vec4 a[]; };
layout(std430, binding = 1) readonly buffer B { vec4 b[]; };
layout(std430, binding = 2) writeonly buffer C { vec4 c[]; };

layout(push_constant) uniform Push {
    uint n;
    uint step; // of whoever goes in steps; read by nothing
};

const uint TILE = 32, DEPTH = 16, INVOCATIONS = 64;

shared float a_columns[DEPTH][TILE]; // of a tile of a
shared vec4 b_rows[DEPTH][TILE / 4]; // of a tile of b

void load_tiles(uint row, uint column, uint depth)
{
    for (uint i = gl_LocalInvocationIndex; i < TILE * DEPTH / 4; i += INVOCATIONS) {
        uint r = i / (DEPTH / 4), k = i % (DEPTH / 4) * 4;
        vec4 four = a[((row + r) * n + depth + k) / 4];
        a_columns[k][r] = four.x;
        a_columns[k + 1][r] = four.y;
        a_columns[k + 2][r] = four.z;
        a_columns[k + 3][r] = four.w;
        uint b_row = i / (TILE / 4), b_column = i % (TILE / 4);
        b_rows[b_row][b_column] = b[((depth + b_row) * n + column) / 4 + b_column];
    }
}

void main()
{
    uint tiles = n / TILE, row = gl_WorkGroupID.x / tiles * TILE;
    uint column = gl_WorkGroupID.x % tiles * TILE;
    uint i = gl_LocalInvocationID.y * 4, j = gl_LocalInvocationID.x;
    vec4 sum0 = vec4(0), sum1 = vec4(0), sum2 = vec4(0), sum3 = vec4(0);
    for (uint depth = 0; depth < n; depth += DEPTH) {
        load_tiles(row, column, depth);
        barrier();
        for (uint k = 0; k < DEPTH; k++) {
            vec4 right = b_rows[k][j];
            sum0 += a_columns[k][i] * right;
            sum1 += a_columns[k][i + 1] * right;
            sum2 += a_columns[k][i + 2] * right;
            sum3 += a_columns[k][i + 3] * right;
        }
        barrier();
    }
    uint first = ((row + i) * n + column) / 4 + j, step = n / 4;
    c[first] = sum0;
    c[first + step] = sum1;
    c[first + 2 * step] = sum2;
    c[first + 3 * step] = sum3;
}
