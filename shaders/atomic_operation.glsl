// One atomic operation by each invocation, for integers of type T: on a buffer or, with IN_GROUP, on
// workgroup memory that comes from the buffer and goes back there. Writes what each returned.
#include "atomic_operations.h"

layout(local_size_x = 64) in;

layout(constant_id = 0) const uint OPERATION = ATOMIC_ADD;

layout(std430, binding = 0) readonly buffer Values { T values[]; };
layout(std430, binding = 1) buffer Targets { T targets[]; };
layout(std430, binding = 2) writeonly buffer Returned { T returned[]; };

#ifdef IN_GROUP
shared T kept;
#define TARGET kept
#else
#define TARGET targets[gl_GlobalInvocationID.x % targets.length()]
#endif

T apply(T value)
{
    switch (OPERATION) {
    case ATOMIC_ADD: return atomicAdd(TARGET, value);
    case ATOMIC_MIN: return atomicMin(TARGET, value);
    case ATOMIC_MAX: return atomicMax(TARGET, value);
    case ATOMIC_AND: return atomicAnd(TARGET, value);
    case ATOMIC_OR: return atomicOr(TARGET, value);
    case ATOMIC_XOR: return atomicXor(TARGET, value);
    case ATOMIC_EXCHANGE: return atomicExchange(TARGET, value);
    case ATOMIC_COMPARE: return atomicCompSwap(TARGET, T(0), value);
    default: return T(0);
    }
}

void main()
{
    uint i = gl_GlobalInvocationID.x;
#ifdef IN_GROUP
    if (gl_LocalInvocationIndex == 0)
        kept = targets[gl_WorkGroupID.x];
    barrier();
    returned[i] = apply(values[i]);
    barrier();
    if (gl_LocalInvocationIndex == 0)
        targets[gl_WorkGroupID.x] = kept;
#else
    returned[i] = apply(values[i]);
#endif
}
