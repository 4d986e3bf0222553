// The operations of random programs, and the objects that they work with.
#ifndef CONFORMANCE_RANDOM_OPS_H
#define CONFORMANCE_RANDOM_OPS_H

#include <pthread.h>
#include <stdbool.h>

#include "random_program.h"
#include "test.h"

enum { RANDOM_DIFFERENCE_BYTES = 96 };

// The kernels of random programs on one context.
typedef struct random_kernels {
    kro_context *ctx;
    kro_pipeline *affine, *xor_reversed, *add_scaled, *add_atomic;
} random_kernels;

// Makes the kernels; the case owns them.
random_kernels random_kernels_create(kt_test *t, kro_context *ctx);

// A fence that one stream's thread publishes for others.
typedef struct random_slot {
    bool posted;
    kro_fence fence;
} random_slot;

// What one run of a program works with.
typedef struct random_bench {
    kt_test *t;
    const random_kernels *kernels;
    const random_program *program;
    kro_stream *streams[RANDOM_MAX_STREAMS];
    kro_buffer *buffers[RANDOM_MAX_BUFFERS];
    kro_buffer *groups; // workgroup counts of indirect dispatches: 12 bytes for 1, 2, 3 … groups
    random_slot slots[RANDOM_MAX_SLOTS];
    pthread_mutex_t lock;
    pthread_cond_t posted;
    uint8_t results[RANDOM_DATA_BYTES];
} random_bench;

// Makes streams, and buffers with their first contents.
random_bench *random_bench_create(kt_test *t, const random_kernels *kernels,
                                  const random_program *program);
void random_bench_release(random_bench *bench);

// A dispatch as it is given to a stream.
typedef struct random_dispatch {
    kro_binding bindings[RANDOM_MAX_RANGES];
    uint32_t push[3];
    kro_dispatch_args args; // points into the rest
    uint32_t groups;        // of an indirect one
} random_dispatch;

void random_dispatch_make(const random_bench *bench, const random_op *op, random_dispatch *out);

// Calls what an operation stands for.
kro_status random_op_run(random_bench *bench, const random_op *op);

// Compares bytes of a buffer, or results.
//
// Returns: whether they are equal; if not, `difference` says where (RANDOM_DIFFERENCE_BYTES).
bool random_bytes_equal(const random_program *program, const char *what, uint32_t index,
                        const uint8_t *actual, const uint8_t *expected, uint32_t size_bytes,
                        char *difference);

#endif
