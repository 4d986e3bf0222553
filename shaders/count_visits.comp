// Adds one to the counter of each invocation, in as many dimensions as are dispatched; invocations
// beyond the grid spoil the counters of others.
#version 450

layout(local_size_x = 16, local_size_y = 4) in;

layout(std430, binding = 0) buffer Out { uint visits[]; };

layout(push_constant) uniform Push { uint width, height; };

void main()
{
    uvec3 id = gl_GlobalInvocationID;
    uint i = id.x + width * (id.y + height * id.z);
    atomicAdd(visits[min(i, visits.length() - 1)], 1);
}
