// Invocations of a workgroup hand values to each other through a storage buffer, with barriers.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) coherent buffer Data { uint x[]; };

layout(push_constant) uniform Push { uint rounds; };

// What an invocation wrote is there for the others, and what they wrote is there for it.
void meet()
{
    memoryBarrierBuffer();
    barrier();
    memoryBarrierBuffer();
}

void main()
{
    uint lane = gl_LocalInvocationID.x, base = gl_WorkGroupID.x * 64;
    for (uint round = 0; round < rounds; round++) {
        uint taken = x[base + (lane + 1 + round) % 64];
        meet();
        x[base + lane] = taken + lane;
        meet();
    }
}
