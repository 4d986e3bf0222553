// Running a kernel of this folder.
#ifndef CONFORMANCE_SUBGROUPS_RUN_H
#define CONFORMANCE_SUBGROUPS_RUN_H

#include "kernel.h"
#include "subgroups/writer.h"

typedef struct subgroup_run {
    const char *label;
    const uint32_t *words; // of the kernel
    size_t word_count;     // 0: there was no room for it, which fails the case
    uint32_t required;     // size of subgroups; default: the device's
    uint32_t groups;
    kernel_input in, values; // what the bindings hold; default: the kernel uses none
    subgroup_who *who;       // receives the rows
    uint64_t who_bytes;
    void *results; // receives the results; NULL: the kernel has none
    uint64_t result_bytes;
} subgroup_run;

// Runs it on kt_context(t) and waits. The case is skipped where the device lacks what it takes.
//
// Returns: whether everything ran.
bool subgroup_run_kernel(kt_test *t, const subgroup_run *run);

#endif
