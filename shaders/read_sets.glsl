// y[n - 1] = word 0 of the buffer in set n, for SETS sets of which set 0 has the output. For files
// that define SETS as 4, 8, 16 or 32 and include this one.
layout(local_size_x = 1) in;

layout(std430, set = 0, binding = 0) writeonly buffer Out { uint y[]; };

#define IN(n) layout(std430, set = n, binding = 0) readonly buffer In##n { uint x##n; }
IN(1); IN(2); IN(3);
#if SETS > 4
IN(4); IN(5); IN(6); IN(7);
#endif
#if SETS > 8
IN(8); IN(9); IN(10); IN(11); IN(12); IN(13); IN(14); IN(15);
#endif
#if SETS > 16
IN(16); IN(17); IN(18); IN(19); IN(20); IN(21); IN(22); IN(23);
IN(24); IN(25); IN(26); IN(27); IN(28); IN(29); IN(30); IN(31);
#endif

void main()
{
    y[0] = x1; y[1] = x2; y[2] = x3;
#if SETS > 4
    y[3] = x4; y[4] = x5; y[5] = x6; y[6] = x7;
#endif
#if SETS > 8
    y[7] = x8; y[8] = x9; y[9] = x10; y[10] = x11; y[11] = x12; y[12] = x13; y[13] = x14; y[14] = x15;
#endif
#if SETS > 16
    y[15] = x16; y[16] = x17; y[17] = x18; y[18] = x19; y[19] = x20; y[20] = x21; y[21] = x22;
    y[22] = x23; y[23] = x24; y[24] = x25; y[25] = x26; y[26] = x27; y[27] = x28; y[28] = x29;
    y[29] = x30; y[30] = x31;
#endif
}
