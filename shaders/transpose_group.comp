// Transposes a matrix of 32 by 32 tiles of 8 by 8 words, each tile in workgroup memory.
#version 450

layout(local_size_x = 8, local_size_y = 8) in;

layout(std430, binding = 0) readonly buffer In { uint x[]; };
layout(std430, binding = 1) writeonly buffer Out { uint y[]; };

shared uint tile[8][9];

void main()
{
    uint width = gl_NumWorkGroups.x * 8, height = gl_NumWorkGroups.y * 8;
    uvec2 local = gl_LocalInvocationID.xy, group = gl_WorkGroupID.xy * 8;
    tile[local.y][local.x] = x[(group.y + local.y) * width + group.x + local.x];
    barrier();
    y[(group.x + local.y) * height + group.y + local.x] = tile[local.x][local.y];
}
