// Takes floats apart into fraction, exponent and parts, and puts them together again.
#version 450

layout(local_size_x = 64) in;

struct Results { float fraction; int exponent; float scaled, whole, rest; };

layout(std430, binding = 0) readonly buffer X { float x[]; };
layout(std430, binding = 1) readonly buffer E { int e[]; };
layout(std430, binding = 2) writeonly buffer Out { Results results[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= results.length())
        return;
    Results r;
    r.fraction = frexp(x[i], r.exponent);
    r.scaled = ldexp(x[i], e[i]);
    r.rest = modf(x[i], r.whole);
    results[i] = r;
}
