// Kernels that run instructions of subgroups on inputs of each invocation, under one active mask
// after another, and whether what they return is what the model says.
#ifndef CONFORMANCE_SUBGROUPS_CALLS_H
#define CONFORMANCE_SUBGROUPS_CALLS_H

#include "subgroups/writer.h"

enum {
    CALLS_ROUNDS = 8, // each with an active mask of its own; in the first, all invocations are
    CALLS_SLOTS = 10, // results of one call: of vectors of 1 to 4 components, side by side
    CALLS_MOST = 24,  // in one kernel
};

// Where the results of vectors of so many components begin.
static inline uint32_t calls_slot(uint32_t components)
{
    return components * (components - 1) / 2;
}

// A kernel of these calls, each in every round.
//
// Returns: how many words it has; 0 where there was no room.
size_t calls_kernel(const subgroup_type *type, const subgroup_call *calls, uint32_t count,
                    uint32_t local_size, uint32_t groups, uint32_t words[SPIRV_MODULE_WORDS]);

// Whether there is such an operation on the type.
bool calls_exist(const subgroup_type *type, subgroup_operation operation);

// Whether the device has what the type needs; skips the case where not.
bool calls_have_type(kt_test *t, const subgroup_type *type);

// Runs these calls on values of a type, on workgroups with full subgroups and others. The calls are
// of one operation, or all of words. Subgroups have the device's size where `required` is 0.
void calls_check(kt_test *t, const subgroup_type *type, const subgroup_call *calls, uint32_t count,
                 uint32_t required);

#endif
