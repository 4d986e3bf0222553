// Running a kernel as it is and rewritten, and comparing what both leave in their buffers.
#ifndef CONFORMANCE_METAMORPHIC_TRIAL_H
#define CONFORMANCE_METAMORPHIC_TRIAL_H

#include "metamorphic/kernels.h"
#include "metamorphic/stack.h"

typedef struct trial {
    kt_test *t;
    const subject *subject;
    const uint32_t *spirv; // what is rewritten: the kernel as it is, unless somebody changes that
    size_t word_count;
    const char *form; // what that is, for people
    uint32_t total;   // words of all buffers
    uint32_t *before, *expected, *actual;
    bool refused; // the driver did not take the last module
} trial;

// Runs the kernel as it is, and compares with what the host expects, where it does.
//
// Returns: false where nothing can be compared with it.
bool trial_init(trial *self, kt_test *t, const subject *subject);

// The kernel rewritten, which the caller finishes; false where there was nothing to rewrite.
bool trial_rewrite(const trial *self, const stack *s, module *m);

// Runs a module that should do the same.
//
// Returns: whether it did; otherwise it was refused, or `actual` differs.
bool trial_run(trial *self, const uint32_t *spirv, size_t word_count, const module *m);

// Whether the rewritten kernel does the same.
bool trial_is_same(trial *self, const stack *s);

// The same for a case. Where it does not, leaves out what is not needed for that,
// saves both modules and fails the case.
void trial_check(trial *self, const stack *s);
// Makes of a stack the smallest part after which the kernel still does not do the same.
void trial_reduce(trial *self, stack *s);

#endif
