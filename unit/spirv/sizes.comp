// Blocks of known sizes, for unit/reflect_sizes.c.
#version 450

layout(local_size_x = 8, local_size_y = 4) in;

struct part {
    vec3 v;
    float w;
    mat2 m;
};

layout(set = 0, binding = 0, std140) uniform Matrices {
    mat3 columns[2];
    float one;
    layout(row_major) mat2x3 rows;
} matrices;
layout(set = 0, binding = 1, std430) buffer Counted {
    uint count;
    float data[];
} counted;
layout(set = 0, binding = 2, std430) buffer Open {
    vec3 data[];
} open;
layout(set = 0, binding = 3, std430) buffer Vector {
    vec3 value;
} vector;
layout(set = 2, binding = 0, std430) buffer Many {
    uint values[3];
} many[5];
layout(set = 1, binding = 0, std430) buffer Parts {
    part parts[2];
};
layout(push_constant) uniform Push {
    uint count;
    vec3 offset;
} push;

shared uint words[7];
shared bool flags[3];
shared vec3 vectors[2];

void main()
{
    words[0] = 0;
    flags[0] = false;
    vectors[0] = push.offset;
}
