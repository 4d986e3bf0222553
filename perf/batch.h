// What is measured, as plain values: kernels, and lists of dispatches that the library and the
// hand-written twins carry out alike.
//
// A batch runs algorithms on data sets, one after the other: on each set the first, then on each
// the second, and so on. An algorithm is one or more passes, a pass one dispatch for each set, or
// several where the device binds less at once than the pass goes over.
#ifndef KP_BATCH_H
#define KP_BATCH_H

#include <string.h>

#include <kronos/context.h>

enum {
    KP_MAX_BINDINGS = 3,
    KP_PUSH_WORDS = 3,
    KP_MAX_CYCLE = 4,
    KP_DATA_SETS = 8,
    KP_GROUP_WORDS = 64, // what a workgroup of the affine kernel works on
};

typedef enum kp_kernel {
    KP_KERNEL_AFFINE,   // binding 0: word = word * factor + addend
    KP_KERNEL_SAXPY,    // x, y
    KP_KERNEL_SUM,      // words, the sum of each chunk
    KP_KERNEL_SCAN,     // words, what is carried into each chunk, running sums
    KP_KERNEL_MULTIPLY, // two matrices, their product
    KP_KERNEL_COUNT,
} kp_kernel;

typedef struct kp_kernel_info {
    const char *shader;
    uint32_t bindings;
    uint32_t reads, writes; // bits: which bindings
    uint32_t push_bytes;
} kp_kernel_info;

extern const kp_kernel_info kp_kernels[KP_KERNEL_COUNT];

// What a buffer of a data set is for.
typedef enum kp_role {
    KP_ROLE_X,       // floats
    KP_ROLE_Y,       // floats, of which saxpy makes others; also words to be summed, and a matrix
    KP_ROLE_SUMS,    // of the chunks of y
    KP_ROLE_TOTAL,   // one word: the sum of y
    KP_ROLE_OFFSETS, // what is carried into each chunk
    KP_ROLE_PREFIX,  // running sums of y
    KP_ROLE_A,       // a matrix
    KP_ROLE_C,       // the product of a and y
    KP_ROLE_COUNT,
} kp_role;

typedef enum kp_algorithm {
    KP_ALGORITHM_AFFINE,    // y = 3 y + 1, or y = y where dispatches are independent
    KP_ALGORITHM_SAXPY,     // y = 2 x + y
    KP_ALGORITHM_REDUCTION, // total = the sum of y
    KP_ALGORITHM_SCAN,      // prefix[i] = the sum of y before i
    KP_ALGORITHM_GEMM,      // c = a y
    KP_ALGORITHM_COUNT,
} kp_algorithm;

typedef enum kp_pattern {
    KP_PATTERN_INDEPENDENT, // nothing depends on anything
    KP_PATTERN_CHAIN,       // each on the one before
    KP_PATTERN_CHAINS,      // eight chains, interleaved
    KP_PATTERN_MIX,         // four algorithms round-robin over eight data sets
    KP_PATTERN_RING,        // each on the next range of one buffer
    KP_PATTERN_SAXPY,       // one algorithm on data of a size that is chosen
    KP_PATTERN_REDUCTION,
    KP_PATTERN_SCAN,
    KP_PATTERN_GEMM,
    KP_PATTERN_COUNT,
} kp_pattern;

typedef struct kp_pattern_info {
    const char *name;
    kp_algorithm cycle[KP_MAX_CYCLE];
    uint32_t cycle_length;
    uint32_t data_sets;  // at most
    bool is_ring;        // data sets are ranges of one buffer
    bool is_independent; // as the library is told
    bool has_size;
} kp_pattern_info;

extern const kp_pattern_info kp_patterns[KP_PATTERN_COUNT];

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

// The index of a data set's buffer.
uint32_t kp_buffer_of(const kp_batch *batch, uint32_t data_set, kp_role role);

#endif
