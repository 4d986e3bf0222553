// Each invocation writes one component of a vector; four share one vec4.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) writeonly buffer Out { uvec4 y[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i / 4 < y.length())
        y[i / 4][i % 4] = i * 2654435761u;
}
