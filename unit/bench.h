// A context on the fake device with a stream and a few buffers: where the tests of the core begin.
#ifndef KT_UNIT_BENCH_H
#define KT_UNIT_BENCH_H

#include "fake_backend.h"

enum { BENCH_BYTES = 4096 }; // size of every buffer here

typedef struct bench {
    kro_context *ctx;
    fake_device *device;
    kro_stream *stream;
    kro_buffer *a, *b, *c, *d; // in device memory
} bench;

// The case owns all of it. `config` may be NULL.
bench bench_create(kt_test *t, const kro_context_config *config);

// One more buffer of BENCH_BYTES.
kro_buffer *bench_buffer(kt_test *t, kro_context *ctx, kro_memory memory, const char *label);

// Records a copy of a whole buffer.
void bench_copy(kt_test *t, bench *it, kro_buffer *dst, kro_buffer *src);

// Whether each operation of the batch that was submitted last was recorded in its level, from 1,
// with a barrier between levels and no other. `levels` is by the order of the calls.
bool bench_check_levels(kt_test *t, const bench *it, const uint32_t *levels, uint32_t count);

#endif
