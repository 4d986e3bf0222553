// out[i] = the word behind descriptor which[i], of an array that is as long as its set says; each
// invocation may choose another. Storage buffers count in their second word how often they were
// chosen. Defined where it is made into a kernel: UNIFORM, 0 or 1.
#extension GL_EXT_nonuniform_qualifier : require

layout(local_size_x = 64) in;

layout(std430, binding = 0) writeonly buffer Out { uint y[]; };
layout(std430, binding = 1) readonly buffer Which { uint which[]; };
#if UNIFORM
layout(std140, binding = 2) uniform In { uint x; } inputs[];
#else
layout(std430, binding = 2) buffer In { uint x, count; } inputs[];
#endif

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= y.length())
        return;
    y[i] = inputs[nonuniformEXT(which[i])].x;
#if !UNIFORM
    atomicAdd(inputs[nonuniformEXT(which[i])].count, 1);
#endif
}
