// A small machine with registers and jumps; each invocation runs its own program of LENGTH
// instructions for at most STEPS steps. An instruction is opcode, two registers and a number, a byte
// each.
#version 450

layout(local_size_x = 64) in;

const uint LENGTH = 32, STEPS = 256;

layout(std430, binding = 0) readonly buffer Programs { uint programs[]; };
layout(std430, binding = 1) writeonly buffer Out { uint results[]; }; // four registers and steps

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= results.length() / 5)
        return;
    uint r[4] = uint[4](i, 1, 2, 3), at = 0, steps = 0;
    while (at < LENGTH && steps < STEPS) {
        uint word = programs[i * LENGTH + at];
        uint a = word >> 8 & 3, b = word >> 16 & 3, number = word >> 24;
        steps++;
        at++;
        switch (word & 15) {
        case 0: r[a] += r[b]; break;
        case 1: r[a] -= number; break;
        case 2: r[a] *= r[b] | 1; break;
        case 3: r[a] ^= r[b] >> (number & 31); break;
        case 4: r[a] = number; break;
        case 5:
            if (r[a] > r[b])
                at += number & 7;
            break;
        case 6:
            if ((r[a] & 1) != 0)
                at -= min(number & 15, at);
            break;
        case 7: { uint kept = r[a]; r[a] = r[b]; r[b] = kept; break; }
        case 8:
            for (uint k = 0; k < (number & 7); k++)
                r[b] = r[b] * 5 + r[a];
            break;
        case 9:
            if (number == 255)
                at = LENGTH;
            break;
        case 10: r[a] = r[b] == 0 ? ~r[a] : r[a] / r[b]; break;
        default: r[(a + b) & 3] += word; break;
        }
    }
    for (uint k = 0; k < 4; k++)
        results[i * 5 + k] = r[k];
    results[i * 5 + 4] = steps;
}
