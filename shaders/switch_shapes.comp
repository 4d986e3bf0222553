// Switches with gaps, shared labels, fall-through, nesting, and one inside a loop.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer In { int x[]; };
layout(std430, binding = 1) writeonly buffer Out { int y[]; };

int with_gaps(int value)
{
    switch (value) {
    case -2147483647: return 1;
    case -1: return 2;
    case 0: return 3;
    case 1:
    case 2:
    case 1000000: return 4;
    case 2147483647: return 5;
    default: return 6;
    }
}

int fall_through(int value)
{
    int result = 0;
    switch (value & 7) {
    case 0:
        result += 1;
    case 3:
        result += 10;
    default:
        result += 100;
    case 5:
        result += 1000;
        break;
    case 6:
        result += 10000;
    }
    return result;
}

int nested(int value)
{
    int result = value;
    switch (value & 3) {
    case 1:
        switch (value >> 2 & 3) {
        case 0:
            result = -result;
            break;
        case 2:
            return 77;
        }
        result += 1;
        break;
    case 2:
        result ^= 0x5a5a;
        break;
    }
    return result;
}

int in_loop(int value)
{
    int state = value & 7, steps = 0;
    for (; steps < 40; steps++) {
        switch (state) {
        case 0: state = 3; continue;
        case 1: state = 4; break;
        case 2: return steps;
        case 3: state = (value >> (steps & 31) & 1) != 0 ? 1 : 5; break;
        case 4: state = 6; continue;
        case 5: state = (value & 1) != 0 ? 2 : 7; break;
        default: state = state - 4; break;
        }
        if (state == 4)
            steps++;
    }
    return 1000 + state;
}

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= y.length() / 4)
        return;
    y[i * 4] = with_gaps(x[i]);
    y[i * 4 + 1] = fall_through(x[i]);
    y[i * 4 + 2] = nested(x[i]);
    y[i * 4 + 3] = in_loop(x[i]);
}
