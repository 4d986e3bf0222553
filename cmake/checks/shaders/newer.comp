#version 450
#extension GL_KHR_shader_subgroup_basic : require

layout(local_size_x = 1) in;
layout(std430, binding = 0) buffer Y { uint y[]; };

void main()
{
    y[gl_GlobalInvocationID.x] = gl_SubgroupSize;
}
