// What can be measured: kernels, the algorithms that are made of them, and patterns in which those
// run.
#ifndef KP_PATTERNS_H
#define KP_PATTERNS_H

#include <stdbool.h>
#include <stdint.h>

enum {
    KP_MAX_BINDINGS = 3,
    KP_MAX_PASSES = 3,
    KP_MAX_CYCLE = 4,
    KP_DATA_SETS = 8,    // of most patterns
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
    uint32_t step_word; // of the push constants: differs in each round, as a step's number would
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

// A pass over the data sets.
typedef enum kp_pass_kind {
    KP_PASS_AFFINE,
    KP_PASS_SAXPY,
    KP_PASS_SUM_CHUNKS,
    KP_PASS_SUM_SUMS,
    KP_PASS_SCAN_SUMS,
    KP_PASS_SCAN_CHUNKS,
    KP_PASS_MULTIPLY,
    KP_PASS_COUNT,
} kp_pass_kind;

typedef struct kp_pass {
    kp_kernel kernel;
    bool is_split; // into parts of the arrays
    kp_role roles[KP_MAX_BINDINGS];
} kp_pass;

extern const kp_pass kp_passes[KP_PASS_COUNT];

typedef struct kp_algorithm_info {
    uint32_t pass_count;
    kp_pass_kind passes[KP_MAX_PASSES];
} kp_algorithm_info;

extern const kp_algorithm_info kp_algorithms[KP_ALGORITHM_COUNT];

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

#endif
