// y = the running sums of x within each workgroup, whose size may be any number.
#version 450

layout(local_size_x_id = 0) in;

layout(std430, binding = 0) readonly buffer In { uint x[]; };
layout(std430, binding = 1) writeonly buffer Out { uint y[]; };

shared uint kept[gl_WorkGroupSize.x];

void main()
{
    uint lane = gl_LocalInvocationID.x;
    uint sum = x[gl_GlobalInvocationID.x];
    for (uint reach = 1; reach < gl_WorkGroupSize.x; reach *= 2) {
        kept[lane] = sum;
        barrier();
        if (lane >= reach)
            sum += kept[lane - reach];
        barrier();
    }
    y[gl_GlobalInvocationID.x] = sum;
}
