// Conversions between double precision and 32-bit integers.
#version 450

layout(local_size_x = 64) in;

struct Results { int to_int; uint to_uint; double from_int, from_uint; };

layout(std430, binding = 0) readonly buffer A { double a[]; };
layout(std430, binding = 1) readonly buffer B { uint b[]; };
layout(std430, binding = 2) writeonly buffer Out { Results results[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < results.length())
        results[i] = Results(int(a[i]), uint(abs(a[i])), double(int(b[i])), double(b[i]));
}
