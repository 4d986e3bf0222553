// y[i] = x[i] as half precision holds it, in single precision.
#version 450
#extension GL_EXT_spirv_intrinsics : require

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer X { float x[]; };
layout(std430, binding = 1) writeonly buffer Y { float y[]; };

spirv_instruction(id = 116) float quantizeToF16(float value); // OpQuantizeToF16

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < y.length())
        y[i] = quantizeToF16(x[i]);
}
