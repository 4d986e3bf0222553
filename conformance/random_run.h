// Runs a random program on a context and compares every byte with the model.
#ifndef CONFORMANCE_RANDOM_RUN_H
#define CONFORMANCE_RANDOM_RUN_H

#include <stdbool.h>

#include "random_ops.h"

typedef struct random_options {
    bool threads;         // one thread for each stream
    bool graphs;          // whatever a graph can hold is captured and launched
    bool updates;         // … half of the dispatches after an update, having been something else
    bool compare_nothing; // the driver executes nothing: only calls and races count
} random_options;

// Runs a program from fresh buffers to compared bytes. Failing calls fail the case.
//
// Returns: whether every byte is as expected; if not, `difference` says where
// (RANDOM_DIFFERENCE_BYTES).
bool random_run(kt_test *t, const random_kernels *kernels, const random_program *program,
                random_options options, char *difference);

typedef struct random_launches {
    uint32_t times;
    bool updates; // before each but the first, some dispatches get other arguments
} random_launches;

// Launches one graph of all that a graph can hold of a program several times, and compares every
// byte with as many rounds of the same operations on a stream, each waited for.
//
// Returns: as random_run.
bool random_run_launched(kt_test *t, const random_kernels *kernels, const random_program *program,
                         random_launches launches, char *difference);

#endif
