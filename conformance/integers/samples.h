// The operands that integer operations are tried with.
#ifndef INTEGERS_SAMPLES_H
#define INTEGERS_SAMPLES_H

#include "integers/model.h"
#include "test.h"

// Operands for which the operation is defined, a whole number of vectors of each size. The fields
// of each INTEGER_VECTOR_ELEMENTS side by side are one.
typedef struct integer_samples {
    integer_operands *operands;
    uint32_t count;
} integer_samples;

// Operations of one operand of 8 or 16 bits get all of them, of two of 8 bits all pairs, shifts
// each amount and fields each place that there is; beyond that, corners with corners, and random
// ones.
integer_samples integer_sample(kt_test *t, uint32_t operation, uint32_t bits);

// The same, where y is a constant.
integer_samples integer_sample_by(kt_test *t, uint32_t operation, uint32_t bits, uint64_t y);
// The constants that are worth a kernel: most for products and quotients, which compilers make
// something else of.
enum { INTEGER_MOST_CONSTANTS = 32 };
uint32_t integer_constants(uint32_t operation, uint32_t bits,
                           uint64_t values[INTEGER_MOST_CONSTANTS]);

// The corners alone: how many, in `values`.
enum { INTEGER_MOST_CORNERS = 400 };
uint32_t integer_corners(uint32_t bits, uint64_t values[INTEGER_MOST_CORNERS]);
// Any value, or one of any size.
uint64_t integer_random(kt_test *t, uint32_t bits);

#endif
