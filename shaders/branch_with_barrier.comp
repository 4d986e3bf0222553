// Barriers inside branches and loops that whole workgroups take or leave together.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) writeonly buffer Out { uint y[]; };

shared uint kept[64];
shared uint rounds;

void main()
{
    uint lane = gl_LocalInvocationID.x, group = gl_WorkGroupID.x;
    uint value = lane * 3 + group;
    if (lane == 0)
        rounds = group % 5;
    barrier();
    if (group % 2 == 1) {
        kept[lane] = value;
        barrier();
        value = kept[63 - lane] * 2;
        if (group % 4 == 3) {
            barrier();
            kept[lane] = value;
            barrier();
            value += kept[lane ^ 1];
        }
    }
    for (uint round = 0; round < rounds; round++) {
        barrier();
        kept[lane] = value;
        barrier();
        value += kept[(lane + round + 1) % 64];
        if (round == 2)
            break;
    }
    y[gl_GlobalInvocationID.x] = value;
}
