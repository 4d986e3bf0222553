// Runs litmus programs on a device and counts their outcomes.
#ifndef CONFORMANCE_LITMUS_BENCH_H
#define CONFORMANCE_LITMUS_BENCH_H

#include "environment.h"
#include "program.h"
#include "test.h"

typedef struct litmus_tally {
    uint64_t counts[LITMUS_OUTCOMES];
    uint64_t wrong;      // values that nobody wrote: torn, or from elsewhere
    uint64_t incomplete; // instances some of whose roles fell on lanes that do not exist
    uint64_t instances;  // complete ones
    uint64_t ns;
} litmus_tally;

typedef struct litmus_bench litmus_bench;

// Makes what every run needs, for this case; NULL, and a failed case, where that is not possible.
litmus_bench *litmus_bench_create(kt_test *t, kro_context *ctx);

// Makes a pipeline of programs, which differ in their steps alone; the bench's until the case ends.
// NULL, and a failed case, where that is not possible; a skipped one where the device has no device
// scope.
kro_pipeline *litmus_bench_compile(litmus_bench *bench, const litmus_program *const *programs,
                                   uint32_t count, uint32_t local_size);

// Runs one program of a pipeline in an environment, in so many dispatches; adds to `tally`.
//
// Returns: false, and a failed case, where something went wrong but the outcomes themselves.
bool litmus_bench_run(litmus_bench *bench, kro_pipeline *pipeline, uint32_t variant,
                      const litmus_program *program, const litmus_environment *environment,
                      uint32_t dispatches, litmus_tally *tally);

#endif
