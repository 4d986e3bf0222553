// Sums x by Kahan's method in one invocation; precise keeps the compensation alive.
#version 450

layout(local_size_x = 1) in;

layout(std430, binding = 0) readonly buffer X { float x[]; };
layout(std430, binding = 1) writeonly buffer Out { float result; };

float add(float a, float b)
{
    precise float sum = a + b;
    return sum;
}

void main()
{
    precise float sum = 0, lost = 0;
    for (uint i = 0; i < x.length(); i++) {
        precise float next = x[i] - lost;
        precise float grown = add(sum, next);
        lost = (grown - sum) - next;
        sum = grown;
    }
    result = sum;
}
