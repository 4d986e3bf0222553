// Loops of every shape over the same input: while, do, for, with break, continue and both, and one
// that leaves by return.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer In { uint x[]; };
layout(std430, binding = 1) writeonly buffer Out { uint y[]; };

uint collatz_steps(uint value)
{
    uint steps = 0;
    while (true) {
        if (value <= 1)
            return steps;
        value = (value & 1) == 1 ? value * 3 + 1 : value / 2;
        steps++;
        if (steps == 200)
            break;
    }
    return 1000;
}

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= y.length() / 6)
        return;
    uint n = x[i] % 50, sum = 0;

    while (sum < n * 3)
        sum += 2 + (sum & 1);
    y[i * 6] = sum;

    sum = 0;
    do {
        sum += n + 1;
        n = n / 2;
    } while (n > 0);
    y[i * 6 + 1] = sum;

    sum = 0;
    for (uint k = 0; k < 100; k++) {
        if ((k ^ x[i]) % 3 == 0)
            continue;
        if (k > x[i] % 90)
            break;
        sum += k;
    }
    y[i * 6 + 2] = sum;

    sum = 0;
    for (uint a = 0; a < 10; a++) {
        for (uint b = a; b < 20; b++) {
            if (b == (x[i] >> 4) % 20)
                break;
            if (((a + b) & 1) == 0)
                continue;
            sum += a * b;
        }
        if (sum > x[i] % 1000)
            break;
    }
    y[i * 6 + 3] = sum;

    y[i * 6 + 4] = collatz_steps(x[i] % 10000);

    sum = x[i];
    for (;;) {
        if (sum % 7 == 3)
            break;
        sum = sum / 2 + 5;
        if (sum < 12)
            break;
    }
    y[i * 6 + 5] = sum;
}
