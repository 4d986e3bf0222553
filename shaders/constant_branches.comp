// A path through branches that specialization constants decide; untaken ones would write nonsense.
#version 450

layout(local_size_x = 64) in;

layout(constant_id = 0) const uint MODE = 0;
layout(constant_id = 1) const uint ROUNDS = 0;

layout(std430, binding = 0) writeonly buffer Out { uint words[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= words.length())
        return;
    uint value = i;
    switch (MODE) {
    case 0:
        value += 1;
        break;
    case 1:
        value *= 3; // and falls through
    case 2:
        value ^= 0x55;
        break;
    case 700:
        value = ~value;
        break;
    default:
        value = 0xbad;
    }
    for (uint round = 0; round < ROUNDS; round++)
        value = value * 5 + round;
    words[i] = value;
}
