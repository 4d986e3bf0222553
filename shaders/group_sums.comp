// sums[g] = the sum of workgroup g's slice of x; the workgroup's size and the scratch memory are
// specialization constants.
#version 450

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint SCRATCH_WORDS = 64;

layout(std430, binding = 0) readonly buffer X { uint x[]; };
layout(std430, binding = 1) writeonly buffer Sums { uint sums[]; };

shared uint scratch[SCRATCH_WORDS];

void main()
{
    scratch[gl_LocalInvocationIndex] = x[gl_GlobalInvocationID.x];
    barrier();
    if (gl_LocalInvocationIndex != 0)
        return;
    uint sum = 0;
    for (uint i = 0; i < gl_WorkGroupSize.x; i++)
        sum += scratch[i];
    sums[gl_WorkGroupID.x] = sum;
}
