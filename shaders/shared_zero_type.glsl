// Counts in y[0] what of arrays in workgroup memory that is declared to start as zero is not, others'
// elements first; then spoils all of it. Defined where it is made into a kernel: SCALAR and VECTOR,
// a type and vectors of three of it.
#extension GL_EXT_null_initializer : require
#extension GL_EXT_shader_explicit_arithmetic_types : require

layout(local_size_x = 64) in;

const uint SCALARS = 500, VECTORS = 100; // less than 16 KiB, of any type

struct Pair { SCALAR one; VECTOR three; };

layout(std430, binding = 0) buffer Out { uint y[]; };

shared SCALAR scalars[SCALARS] = {};
shared VECTOR vectors[VECTORS] = {};
shared Pair pairs[VECTORS] = {};

uint wrong(SCALAR value) { return uint(value != SCALAR(0)); }
uint wrong(VECTOR value) { return wrong(value.x) + wrong(value.y) + wrong(value.z); }

uint count_wrong(uint lane)
{
    uint count = 0;
    for (uint i = lane; i < SCALARS; i += 64)
        count += wrong(scalars[SCALARS - 1 - i]);
    for (uint i = lane; i < VECTORS; i += 64) {
        uint k = VECTORS - 1 - i;
        count += wrong(vectors[k]) + wrong(pairs[k].one) + wrong(pairs[k].three);
    }
    return count;
}

void main()
{
    uint lane = gl_LocalInvocationID.x;
    atomicAdd(y[0], count_wrong(lane));
    barrier();
    for (uint i = lane; i < SCALARS; i += 64)
        scalars[i] = SCALAR(i % 100 + 1);
    for (uint i = lane; i < VECTORS; i += 64) {
        vectors[i] = VECTOR(5);
        pairs[i] = Pair(SCALAR(6), VECTOR(7));
    }
    barrier();
    atomicAdd(y[1], count_wrong(lane)); // everything now
}
