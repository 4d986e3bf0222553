// Conversions between single and double precision and 64-bit integers.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require

layout(local_size_x = 64) in;

struct Results {
    int64_t double_to_int, float_to_int;
    double double_from_int, double_from_uint;
    float float_from_int, float_from_uint;
};

layout(std430, binding = 0) readonly buffer A { double a[]; };
layout(std430, binding = 1) readonly buffer B { uint64_t b[]; };
layout(std430, binding = 2) readonly buffer C { float c[]; };
layout(std430, binding = 3) writeonly buffer Out { Results results[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < results.length())
        results[i] = Results(int64_t(a[i]), int64_t(c[i]), double(int64_t(b[i])), double(b[i]),
                             float(int64_t(b[i])), float(b[i]));
}
