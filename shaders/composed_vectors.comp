// Vectors that are put together from scalars, vectors and constants, and multiplied at once.
#version 450

layout(local_size_x = 64) in;

struct Results { vec4 by_scalar, by_vector, by_parts, of_constants; };

layout(std430, binding = 0) readonly buffer A { float a[]; };
layout(std430, binding = 1) readonly buffer B { float b[]; };
layout(std430, binding = 2) writeonly buffer Out { Results results[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x, k = 4u * i;
    if (i >= results.length())
        return;
    float x = a[k], y = a[k + 1u], z = a[k + 2u], w = a[k + 3u];
    float p = b[k], q = b[k + 1u], r = b[k + 2u], s = b[k + 3u];
    results[i].by_scalar = vec4(x, y, z, w) * p;
    results[i].by_vector = vec4(vec2(x, y), r, w) * vec4(s, vec2(p, q), z);
    results[i].by_parts = vec4(vec3(x, y, z) * q, w) * vec4(1.0, p, -1.0, 0.5);
    results[i].of_constants = vec4(x, 0.0, 1.0, p) * vec4(q, y, z, 2.0);
}
