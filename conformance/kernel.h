// Running one kernel over arrays of the host, for cases that ask what a kernel computes.
#ifndef KERNEL_H
#define KERNEL_H

#include "test.h"

enum { KERNEL_INPUTS = 4 };

typedef struct kernel_input {
    const void *data;
    uint64_t size_bytes;
} kernel_input;

// One dispatch. Inputs are bindings 0, 1, …; the output is the binding after the last one.
typedef struct kernel_run {
    const char *shader;    // by name, or
    const uint32_t *words; // a module of the case's own
    size_t word_count;
    kernel_input inputs[KERNEL_INPUTS]; // up to the first without data
    const kro_constant *constants;
    uint32_t constant_count;
    const void *push;
    uint32_t push_bytes;
    uint32_t groups[3], threads[3]; // as in kro_dispatch_args
    void *output;                   // receives the output, which the kernel found poisoned
    uint64_t output_bytes;
} kernel_run;

// Runs it on kt_context(t)'s default stream and waits. Fails the case where a call fails or the
// kernel writes outside its output.
//
// Returns: whether `output` holds what the kernel wrote.
bool kernel_run_once(kt_test *t, const kernel_run *run);

// The common case: `count` invocations; the inputs end with {0}.
bool kernel_map(kt_test *t, const char *shader, const kernel_input *inputs, uint32_t count,
                void *output, uint64_t output_bytes);

// Whether a kernel may have that many storage buffers; the case is skipped where not. Every device
// takes four.
bool kernel_buffers_fit(kt_test *t, uint32_t count);

// Whether the device has what the parameter of a case needs (NEEDS_…); the case is skipped where
// not.
bool kernel_has(kt_test *t, uint64_t needs);

// A pipeline with a feature that kro_features may not name, on a context that has it enabled; the
// case is skipped where the device lacks it or another, which the library's sentence names.
kro_pipeline *kernel_pipeline_or_skip(kt_test *t, kro_context *ctx, const char *shader,
                                      const char *feature, const kro_pipeline_config *config);

// The step between ranges that every binding may have, hold whole words and are `size_bytes` apart
// at least.
uint32_t kernel_range_step(kt_test *t, uint32_t size_bytes);

// The bytes of a whole buffer, in memory of the case; poison where they cannot be read.
void *kernel_read_all(kt_test *t, kro_buffer *buffer);

#endif
