// Invocations of a workgroup hand values to each other through a storage buffer, with barriers.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) coherent buffer Data { uint x[]; };

layout(push_constant) uniform Push { uint rounds; };

void main()
{
    uint lane = gl_LocalInvocationID.x, base = gl_WorkGroupID.x * 64;
    for (uint round = 0; round < rounds; round++) {
        uint taken = x[base + (lane + 1 + round) % 64];
        memoryBarrierBuffer();
        barrier();
        x[base + lane] = taken + lane;
        memoryBarrierBuffer();
        barrier();
    }
}
