// target-env: vulkan1.2
// Shared memory with a layout of its own, for unit/reflect_sizes.c: the two blocks overlap.
#version 450
#extension GL_EXT_shared_memory_block : require

layout(local_size_x = 1) in;

shared Large {
    uint words[25];
} large;
shared Small {
    vec4 values[2];
} small;

void main()
{
    large.words[0] = 1;
    small.values[0] = vec4(0);
}
