// Products, transposes and determinants of matrices; exact where the elements are small integers.
#version 450

layout(local_size_x = 64) in;

struct Results {
    mat4 product, transposed_product;
    vec4 right, left;
    mat3x2 rectangular;
    float determinant2, determinant3, determinant4, dot4;
    vec3 cross3;
};

layout(std430, binding = 0) readonly buffer A { mat4 a[]; };
layout(std430, binding = 1) readonly buffer B { mat4 b[]; };
layout(std430, binding = 2) writeonly buffer Out { Results results[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= results.length())
        return;
    mat4 x = a[i], y = b[i];
    results[i].product = x * y;
    results[i].transposed_product = transpose(x) * y;
    results[i].right = x * y[1];
    results[i].left = y[2] * x;
    results[i].rectangular = mat4x2(x[0].xy, x[1].xy, x[2].xy, x[3].xy) * mat3x4(y);
    results[i].determinant2 = determinant(mat2(x));
    results[i].determinant3 = determinant(mat3(x));
    results[i].determinant4 = determinant(x);
    results[i].dot4 = dot(x[3], y[3]);
    results[i].cross3 = cross(x[2].xyz, y[0].yzw);
}
