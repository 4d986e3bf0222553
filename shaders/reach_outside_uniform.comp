// Each invocation reads one element of a uniform buffer, which may lie outside of what is bound.
#version 450

layout(local_size_x = 64) in;

layout(std140, binding = 0) uniform Quads { uvec4 quads[1024]; }; // as large as every device takes
layout(std430, binding = 1) readonly buffer Places { uint places[]; };
layout(std430, binding = 2) writeonly buffer Seen { uvec4 seen[]; };

layout(push_constant) uniform Push { uint mode, count; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < count)
        seen[i] = quads[places[i]];
}
