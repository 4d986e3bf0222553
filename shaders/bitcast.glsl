// result[i] has the bits of a[i], of another type of the same size; components are turned round before
// and after, so that it shows which bits each is made of. Each kernel made of this says (see
// CMakeLists.txt):
//
//     FROM, TO              the types
//     FROM_ORDER, TO_ORDER  what turns the components of a vector round, such as ".yx"
#extension GL_EXT_shader_explicit_arithmetic_types : require
#extension GL_EXT_spirv_intrinsics : require

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer A { FROM a[]; };
layout(std430, binding = 1) writeonly buffer Result { TO result[]; };

spirv_instruction(id = 124) TO Bitcast(FROM x);

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < result.length())
        result[i] = Bitcast(a[i] FROM_ORDER) TO_ORDER;
}
