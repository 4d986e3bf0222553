// Lists of operands where operations go wrong, and of random ones.
#ifndef PRECISION_INPUTS_H
#define PRECISION_INPUTS_H

#include "operations.h"
#include "test.h"

// Items of an operation, as words for precision_sweep.
typedef struct precision_inputs {
    const exact_format *format;
    uint32_t operands;
    uint32_t *words;
    uint64_t item_count, room_count; // of items
} precision_inputs;

// Memory for so many items of an operation, which is the case's.
precision_inputs precision_inputs_create(kt_test *t, const exact_format *format, uint32_t operation,
                                         uint64_t room_count);

// Zeroes, infinities, a NaN, each power of two with its neighbours and what is half way to the
// next, the largest and smallest numbers. For one operand.
void precision_add_boundaries(precision_inputs *inputs);

// All pairs of zeroes, infinities, NaN and two plain numbers. For two operands.
void precision_add_specials(precision_inputs *inputs);

// Inputs that are known as worst (worst.c).
void precision_add_known_worst(precision_inputs *inputs, uint32_t operation);

// Every combination of numbers where rounding, overflow, underflow and halves go wrong; of four
// operands one of 37.
void precision_add_edges(precision_inputs *inputs);

// Every combination of every `step`-th exponent, with all signs and with corners of the
// significand; that of ldexp's second operand is what Vulkan takes.
void precision_add_exponents(precision_inputs *inputs, uint32_t operation, uint32_t step);

// Random ones: half of them around 1, where operations neither overflow nor underflow, and some
// close to each other so that sums cancel.
void precision_add_random(kt_test *t, precision_inputs *inputs, uint64_t count);

// Numbers of the format, infinities and NaN included, one for each operand.
void precision_add_numbers(precision_inputs *inputs, const double x[PRECISION_OPERANDS]);

// How many items these add at most.
enum { PRECISION_SPECIAL_PAIRS = 49 };
uint64_t precision_boundary_count(const exact_format *format);
uint64_t precision_known_worst_count(void);
uint64_t precision_edge_count(uint32_t operands);
uint64_t precision_exponent_count(const exact_format *format, uint32_t operands, uint32_t step);

#endif
