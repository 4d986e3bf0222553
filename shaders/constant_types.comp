// The values of specialization constants of 32 bits and of booleans.
#version 450

layout(local_size_x = 1) in;

layout(constant_id = 0) const bool YES = true;
layout(constant_id = 1) const bool NO = false;
layout(constant_id = 2) const int SIGNED = -7;
layout(constant_id = 3) const uint UNSIGNED = 0x80000001;
layout(constant_id = 100) const float REAL = -1.5;

layout(std430, binding = 0) writeonly buffer Out { uint words[]; };

void main()
{
    words[0] = YES ? 1 : 0;
    words[1] = NO ? 1 : 0;
    words[2] = uint(SIGNED);
    words[3] = UNSIGNED;
    words[4] = floatBitsToUint(REAL);
}
