// What SPIR-V says that each integer operation results in, by the host's arithmetic.
#ifndef INTEGERS_MODEL_H
#define INTEGERS_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "../shaders/integer_operations.h"

// Operands and results of `bits` bits (8, 16, 32 or 64) are kept in the low bits of 64; the rest is
// 0.
typedef struct integer_operands {
    uint64_t x, y, z;
} integer_operands;

typedef struct integer_results {
    uint64_t first, second; // the second is 0 where an operation has one result
} integer_results;

// What an operation works on, which decides what it is tried with.
typedef enum integer_kind {
    INTEGER_UNARY,
    INTEGER_BINARY,
    INTEGER_TERNARY,
    INTEGER_SHIFT, // x by y
    INTEGER_FIELD, // of x, and y where it is inserted: z is its offset and, times 256, its length
} integer_kind;

const char *integer_name(uint32_t operation);
integer_kind integer_kind_of(uint32_t operation);
// Whether SPIR-V has the instruction for unsigned types alone.
bool integer_is_unsigned(uint32_t operation);

uint64_t integer_mask(uint32_t bits);
// Whether SPIR-V, and Vulkan, say what the result is.
bool integer_is_defined(uint32_t operation, uint32_t bits, const integer_operands *operands);
// Of operands for which it is defined.
integer_results integer_apply(uint32_t operation, uint32_t bits, const integer_operands *operands);

#endif
