// Adds one to the counter of each invocation, in as many dimensions as are dispatched.
#version 450

layout(local_size_x = 16, local_size_y = 4) in;

layout(std430, binding = 0) buffer Out { uint visits[]; };

layout(push_constant) uniform Push { uint width, height; };

void main()
{
    uvec3 id = gl_GlobalInvocationID;
    uint i = id.x + width * (id.y + height * id.z);
    if (id.x < width && id.y < height && i < visits.length())
        atomicAdd(visits[i], 1);
}
