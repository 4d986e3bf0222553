// What cases about graphs share: a small program to capture.
#ifndef CONFORMANCE_GRAPH_BENCH_H
#define CONFORMANCE_GRAPH_BENCH_H

#include "contract/contract.h"

enum { GRAPH_BYTES = 4096, GRAPH_WORDS = GRAPH_BYTES / 4 };

// A stream, three buffers of words, the first of them 1, and the kernel words[i] = words[i] *
// factor + addend.
typedef struct graph_bench {
    kro_context *ctx;     // NULL where something could not be made
    kro_stream *stream;   // 'capturing'
    kro_pipeline *affine; // 'affine'
    kro_buffer *a, *b;    // 'alpha', 'beta'
    kro_buffer *c;        // without a label
} graph_bench;

graph_bench graph_bench_create(kt_test *t, kro_context *ctx);

// `push` is count, factor and addend.
kro_dispatch_args graph_affine_args(kro_buffer *words, const uint32_t push[3]);
kro_status graph_affine(const graph_bench *b, kro_buffer *words, uint32_t factor, uint32_t addend);

// Ends the capture of a graph that the case owns; NULL after a failure.
kro_graph *graph_end(kt_test *t, const graph_bench *b);

// Graph 'step': a = a * 2 + 1, then b = a.
kro_graph *graph_capture_step(kt_test *t, const graph_bench *b);

// The first word of a buffer when the stream has finished.
uint32_t graph_first_word(kt_test *t, const graph_bench *b, kro_buffer *buffer);

#endif
