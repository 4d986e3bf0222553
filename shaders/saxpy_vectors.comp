// y = a x + y in vectors of four, as many for each invocation as a constant says.
#version 450

layout(local_size_x = 128) in;
layout(constant_id = 0) const uint VECTORS = 4;

layout(std430, binding = 0) restrict readonly buffer X { vec4 x[]; };
layout(std430, binding = 1) restrict buffer Y { vec4 y[]; };

layout(push_constant) uniform Push {
    float a;
    uint count; // of vectors
    uint step; // of whoever goes in steps; read by nothing
};

void main()
{
    uint first = gl_WorkGroupID.x * gl_WorkGroupSize.x * VECTORS + gl_LocalInvocationID.x;
    for (uint k = 0; k < VECTORS; k++) {
        uint i = first + k * gl_WorkGroupSize.x;
        if (i < count)
            y[i] = a * x[i] + y[i];
    }
}
