// Adds to a counter by compare and swap, trying again until no other invocation came between.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) buffer Counters { uint counters[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x, which = i % counters.length();
    uint seen = atomicAdd(counters[which], 0);
    for (;;) {
        uint found = atomicCompSwap(counters[which], seen, seen + (i & 7) + 1);
        if (found == seen)
            break;
        seen = found;
    }
}
