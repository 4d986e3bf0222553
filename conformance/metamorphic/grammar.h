// Which words of a SPIR-V instruction are ids.
#ifndef CONFORMANCE_METAMORPHIC_GRAMMAR_H
#define CONFORMANCE_METAMORPHIC_GRAMMAR_H

#include <stdbool.h>
#include <stdint.h>

#include <spirv/unified1/spirv.h>

// An instruction's first word holds its length in words and its opcode.
SpvOp grammar_op(const uint32_t *instruction);
uint32_t grammar_length(const uint32_t *instruction);

// Which word is its result, and its result's type; 0: it has none.
uint32_t grammar_result_at(const uint32_t *instruction);
uint32_t grammar_type_at(const uint32_t *instruction);

// Whether word `at`, from 1, is an id, of compute kernels' instructions.
bool grammar_is_id(const uint32_t *instruction, uint32_t at);

// Whether a block ends with it.
bool grammar_ends_block(SpvOp op);
// Whether a block begins with such, behind its label: nothing may come before them.
bool grammar_opens_block(SpvOp op);
// Whether it names the module's parts for people alone.
bool grammar_is_debug(SpvOp op);

#endif
