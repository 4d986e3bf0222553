// What is measured, as plain values: lists of dispatches that the library and the hand-written
// twins carry out alike.
//
// A batch runs algorithms on data sets, one after the other: on each set the first, then on each
// the second, and so on. An algorithm is one or more passes, a pass one dispatch for each set, or
// several where the device binds less at once than the pass goes over.
#ifndef KP_BATCH_H
#define KP_BATCH_H

#include <string.h>

#include <kronos/context.h>

#include "patterns.h"

enum { KP_PUSH_WORDS = 3 };

// What a batch does.
typedef struct kp_work {
    kp_pattern pattern;
    uint32_t times; // that an algorithm runs on a data set
    uint64_t size;  // of patterns that have one: elements, or rows of a matrix
} kp_work;

typedef struct kp_buffer {
    uint32_t data_set;
    kp_role role;
    uint64_t words; // 0: there is none
} kp_buffer;

typedef struct kp_range {
    uint64_t offset_bytes, size_bytes;
    uint32_t buffer; // index
} kp_range;

// What a dispatch binds.
typedef struct kp_ranges {
    uint32_t count;
    bool are_whole; // all are whole buffers
    kp_range at[KP_MAX_BINDINGS];
} kp_ranges;

// One dispatch.
typedef struct kp_op {
    kp_kernel kernel;
    uint32_t ranges;       // index
    uint32_t offset_bytes; // of binding 0 beyond its range's, in a ring
    uint32_t groups;
    uint32_t push[KP_PUSH_WORDS];
    bool barrier; // it needs one before it: what an expert writes
} kp_op;

typedef struct kp_batch {
    kp_work work;
    uint32_t data_sets;
    uint64_t words;       // of an array
    uint32_t rows;        // of a matrix
    uint64_t chunk_words; // what a workgroup sums or scans
    uint64_t part_words;  // what a dispatch goes over,
    uint32_t parts;       // so that a pass has so many of them
    kp_buffer *buffers;   // by data set and role
    uint32_t buffer_count;
    kp_ranges *ranges; // different ones
    uint32_t range_count;
    kp_op *ops;
    uint32_t count;
    uint64_t moved_bytes, float_operations; // by all dispatches
} kp_batch;

// The list depends on the device's limits alone.
void kp_batch_init(kp_batch *batch, const kp_work *work, const kro_limits *limits);
void kp_batch_finish(kp_batch *batch);

// The bits of a float.
static inline uint32_t kp_float_word(float value)
{
    uint32_t word;
    memcpy(&word, &value, sizeof word);
    return word;
}

// Rounds differ in a push constant of the first of so many dispatches, so that each submission of a
// round differs from those of the round before: a stream submits more of them at once.
enum { KP_ROUND_OPS = 1000 };

// A dispatch of that kind in a round of that number; 0 is what the batch says. What it computes may
// be other, and takes as long.
static inline kp_op kp_round_op(const kp_batch *batch, uint32_t index, uint32_t round)
{
    kp_op op = batch->ops[index];
    op.push[kp_kernels[op.kernel].step_word] += round;
    return op;
}

// Where the dispatches end that follow the one at `first` alike in each round.
static inline uint32_t kp_round_ops_end(const kp_batch *batch, uint32_t first)
{
    return batch->count - first < KP_ROUND_OPS ? batch->count : first + KP_ROUND_OPS;
}

// The index of a data set's buffer.
uint32_t kp_buffer_of(const kp_batch *batch, uint32_t data_set, kp_role role);

#endif
