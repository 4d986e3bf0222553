// Rewrites one after another.
#ifndef CONFORMANCE_METAMORPHIC_STACK_H
#define CONFORMANCE_METAMORPHIC_STACK_H

#include "metamorphic/rewrites.h"

enum { STACK_STEPS = 8 };

typedef struct stack_step {
    const rewrite *rewrite;
    uint64_t seed;
} stack_step;

typedef struct stack {
    stack_step steps[STACK_STEPS];
    uint32_t count;
} stack;

// Rewrites a module that was just made.
//
// Returns: whether any step changed it.
bool stack_apply(const stack *s, module *m);

// Leaves out what is not needed for `is_wrong` to hold, step by step.
void stack_reduce(stack *s, bool (*is_wrong)(void *user, const stack *s), void *user);

#endif
