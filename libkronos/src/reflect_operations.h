// Integer and boolean operations of SPIR-V on values of 1 to 64 bits.
#ifndef KRO_SRC_REFLECT_OPERATIONS_H
#define KRO_SRC_REFLECT_OPERATIONS_H

#include <stdbool.h>
#include <stdint.h>

// An operation on scalars. Values stand in the low bits; bits above a width are 0.
typedef struct kro__operation {
    uint32_t opcode; // SpvOp
    uint32_t width;  // of the result in bits; 1: boolean
    uint32_t operand_count;
    uint32_t operand_widths[3];
    uint64_t operands[3];
} kro__operation;

// Evaluates an operation.
//
// Returns: false where it is none of those that are known (floating point, vectors), has the wrong
//          number of operands, or has no defined result, as a division by zero.
bool kro__operation_evaluate(const kro__operation *operation, uint64_t *bits);

// The bits of a width: 0xff for 8.
uint64_t kro__width_mask(uint32_t width);

#endif
