// Moves floats without arithmetic: casts of bits, choices, vectors, arrays and calls.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer X { uint x[]; };
layout(std430, binding = 1) readonly buffer F { float f[]; };
layout(std430, binding = 2) writeonly buffer Out { uint words[]; };

float hand_on(float value, inout float other)
{
    float kept = other;
    other = value;
    return kept;
}

void main()
{
    uint i = gl_GlobalInvocationID.x, count = words.length();
    if (i >= count)
        return;
    float viewed = uintBitsToFloat(x[i]), loaded = f[i];
    vec4 vector = vec4(viewed, loaded, f[count - 1 - i], 0);
    float array[3] = float[3](vector.z, vector.y, vector.x);
    float other = array[i % 3];
    float chosen = (i & 4) != 0 ? hand_on(loaded, other) : viewed;
    words[i] = floatBitsToUint((i & 16) != 0 ? other : chosen);
}
