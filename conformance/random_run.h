// Runs a random program on a context and compares every byte with the model.
#ifndef CONFORMANCE_RANDOM_RUN_H
#define CONFORMANCE_RANDOM_RUN_H

#include <stdbool.h>

#include "random_program.h"
#include "test.h"

// The kernels of random programs on one context.
typedef struct random_kernels {
    kro_context *ctx;
    kro_pipeline *affine, *xor_reversed, *add_scaled, *add_atomic;
} random_kernels;

// Makes the kernels; the case owns them.
random_kernels random_kernels_create(kt_test *t, kro_context *ctx);

typedef struct random_options {
    bool threads;         // one thread for each stream
    bool graphs;          // whatever a graph can hold is captured and launched
    bool compare_nothing; // the driver executes nothing: only calls and races count
} random_options;

// Runs a program from fresh buffers to compared bytes. Failing calls fail the case.
//
// Returns: whether every byte is as expected; if not, `difference` says where (96 bytes).
bool random_run(kt_test *t, const random_kernels *kernels, const random_program *program,
                random_options options, char *difference);

// Launches one graph of all that a graph can hold of a program several times, and compares every
// byte with as many rounds of the same operations on a stream, each waited for.
//
// Returns: as random_run.
bool random_run_launched(kt_test *t, const random_kernels *kernels, const random_program *program,
                         uint32_t times, char *difference);

#endif
