// Rotates the values of a workgroup by one place, many times, with two barriers each.
#version 450

layout(local_size_x_id = 0) in;

layout(std430, binding = 0) writeonly buffer Out { uint y[]; };

layout(push_constant) uniform Push { uint rounds; };

shared uint kept[gl_WorkGroupSize.x];

void main()
{
    uint lane = gl_LocalInvocationID.x, size = gl_WorkGroupSize.x;
    uint value = gl_GlobalInvocationID.x;
    for (uint round = 0; round < rounds; round++) {
        kept[lane] = value;
        barrier();
        value = kept[(lane + 1) % size] + round;
        barrier();
    }
    y[gl_GlobalInvocationID.x] = value;
}
