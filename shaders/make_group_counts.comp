// counts[i] = i + first, for three counts: what an indirect dispatch then reads.
#version 450

layout(local_size_x = 3) in;

layout(std430, binding = 0) writeonly buffer Counts { uint counts[3]; };

layout(push_constant) uniform Push { uint first; };

void main()
{
    counts[gl_LocalInvocationIndex] = first + gl_LocalInvocationIndex;
}
