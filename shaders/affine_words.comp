// words[i] = words[i] * factor + addend, for i < count.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) buffer Words { uint words[]; };

layout(push_constant) uniform Push {
    uint count;
    uint factor;
    uint addend;
};

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < count)
        words[i] = words[i] * factor + addend;
}
