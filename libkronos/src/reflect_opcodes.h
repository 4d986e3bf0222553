// What each SPIR-V instruction looks like and what it does with pointers, as one table.
#ifndef KRO_SRC_REFLECT_OPCODES_H
#define KRO_SRC_REFLECT_OPCODES_H

#include <stdint.h>

// Opcodes that are younger than the headers of Debian 12, by number.
enum {
    KRO__OP_TYPE_UNTYPED_POINTER = 4417, // SPV_KHR_untyped_pointers
    KRO__OP_UNTYPED_VARIABLE = 4418,
    KRO__OP_UNTYPED_ACCESS_CHAIN = 4419,
    KRO__OP_UNTYPED_IN_BOUNDS_ACCESS_CHAIN = 4420,
    KRO__OP_UNTYPED_PTR_ACCESS_CHAIN = 4423,
    KRO__OP_UNTYPED_IN_BOUNDS_PTR_ACCESS_CHAIN = 4424,
    KRO__OP_UNTYPED_ARRAY_LENGTH = 4425,
    KRO__OP_FMA = 4427,                        // SPV_KHR_fma
    KRO__OP_EXT_INST_WITH_FORWARD_REFS = 4433, // SPV_KHR_relaxed_extended_instruction
    KRO__OP_TYPE_COOPERATIVE_MATRIX = 4456,    // SPV_KHR_cooperative_matrix
    KRO__OP_COOPERATIVE_MATRIX_LOAD = 4457,
    KRO__OP_COOPERATIVE_MATRIX_STORE = 4458,
    KRO__OP_COOPERATIVE_MATRIX_MUL_ADD = 4459,
    KRO__OP_COOPERATIVE_MATRIX_LENGTH = 4460,
    KRO__OP_CONSTANT_COMPOSITE_REPLICATE = 4461, // SPV_EXT_replicated_composites
    KRO__OP_SPEC_CONSTANT_COMPOSITE_REPLICATE = 4462,
    KRO__OP_COMPOSITE_CONSTRUCT_REPLICATE = 4463,
    KRO__OP_QUAD_ALL = 5110, // SPV_KHR_quad_control
    KRO__OP_QUAD_ANY = 5111,
    KRO__OP_COOPERATIVE_MATRIX_CONVERT = 5293, // SPV_NV_cooperative_matrix2
    KRO__OP_COOPERATIVE_MATRIX_TRANSPOSE = 5390,
};

// What an instruction does with the pointers among its operands, its `read` and `write` operands
// aside.
typedef enum kro__role {
    KRO__ROLE_TOUCH = 0, // may read and write what they point to
    KRO__ROLE_NOTHING,   // reads and writes nothing through them
    KRO__ROLE_DERIVE,    // its result points where they point
    KRO__ROLE_LOAD,
    KRO__ROLE_STORE,
    KRO__ROLE_COPY,
    KRO__ROLE_CALL,
    KRO__ROLE_RETURN,
    KRO__ROLE_EXTENDED, // an extended instruction set says
    KRO__ROLE_TYPE,     // declares a type
    KRO__ROLE_CONSTANT, // declares a constant
} kro__role;

// One row stands for the opcodes first .. last, which look alike. Operands are named by their word:
// word 0 holds length and opcode; a result type, where there is one, is word 1.
typedef struct kro__opcode {
    uint16_t first, last;
    uint8_t result;      // 2: a type and a result; 1: a result without a type; 0: neither
    uint8_t read, write; // the pointer that is read or written; 0: none
    kro__role role;
    uint32_t literals; // bit i: word i is a number, not an id; bit 31 also stands for all above
} kro__opcode;

// The row of an opcode, or NULL for one that is not known.
const kro__opcode *kro__opcode_find(uint32_t opcode);

#endif
