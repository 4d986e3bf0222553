// What is measured, as plain values: kernels, and lists of dispatches that the library and the
// hand-written twins carry out alike.
#ifndef KP_BATCH_H
#define KP_BATCH_H

#include <stdbool.h>
#include <stdint.h>

enum {
    KP_MAX_BINDINGS = 2,
    KP_PUSH_WORDS = 3,
    KP_DATA_SETS = 8,   // of the mixed pattern, each with a buffer for every kernel's result
    KP_SET_BUFFERS = 4, // buffers of a data set
    KP_BUFFERS = KP_DATA_SETS * KP_SET_BUFFERS,
    KP_BUFFER_WORDS = 64, // one workgroup's
    KP_RING_RANGES = 1000,
    KP_RANGE_WORDS = 64,
    KP_RING = KP_BUFFERS, // index of the buffer with the ranges, behind the others
};

typedef enum kp_kernel {
    KP_KERNEL_AFFINE, // binding 0: word = word * factor + addend
    KP_KERNEL_SAXPY,  // binding 0: x, binding 1: y
    KP_KERNEL_SUMS,   // binding 0: words, binding 1: the sum of each workgroup's
    KP_KERNEL_SCAN,   // binding 0: words, binding 1: running sums in each workgroup
    KP_KERNEL_COUNT,
} kp_kernel;

typedef struct kp_kernel_info {
    const char *shader;
    uint32_t bindings;
    uint32_t push_bytes;
    uint32_t local_size; // specialization constant 0; 0: the shader's own
} kp_kernel_info;

extern const kp_kernel_info kp_kernels[KP_KERNEL_COUNT];

// One dispatch of a workgroup.
typedef struct kp_op {
    kp_kernel kernel;
    uint32_t buffers[KP_MAX_BINDINGS];
    uint32_t offset_bytes; // where binding 0 begins in its buffer, in a ring
    uint32_t push[KP_PUSH_WORDS];
    bool independent; // as the library is told
    bool barrier;     // it needs one before it: what an expert writes
} kp_op;

typedef enum kp_pattern {
    KP_PATTERN_INDEPENDENT, // nothing depends on anything
    KP_PATTERN_CHAIN,       // each on the one before
    KP_PATTERN_CHAINS,      // eight chains, interleaved
    KP_PATTERN_MIXED,       // four kernels round-robin over eight data sets
    KP_PATTERN_RING,        // each on the next range of one buffer
    KP_PATTERN_COUNT,
} kp_pattern;

extern const char *const kp_pattern_names[KP_PATTERN_COUNT];

typedef struct kp_batch {
    kp_pattern pattern;
    uint32_t count;
    kp_op *ops;
} kp_batch;

void kp_batch_init(kp_batch *batch, kp_pattern pattern, uint32_t count);
void kp_batch_finish(kp_batch *batch);

// Words of a buffer.
uint32_t kp_buffer_words(uint32_t buffer);

// What a buffer holds before a batch that is checked.
void kp_fill(uint32_t buffer, uint32_t *words);

// What the batch makes of the buffers, one after the other, computed here.
void kp_batch_compute(const kp_batch *batch, uint32_t *const buffers[KP_BUFFERS + 1]);

#endif
