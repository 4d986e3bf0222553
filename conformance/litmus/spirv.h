// Writes a SPIR-V module: a compute kernel whose instructions are chosen one by one.
#ifndef CONFORMANCE_LITMUS_SPIRV_H
#define CONFORMANCE_LITMUS_SPIRV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <spirv/unified1/spirv.h>

enum {
    SPIRV_SECTION_WORDS = 8192,
    SPIRV_KNOWN = 160,
    SPIRV_KNOWN_WORDS = 6,
    SPIRV_MODULE_WORDS = 3 * SPIRV_SECTION_WORDS,
};

typedef struct spirv_section {
    uint32_t words[SPIRV_SECTION_WORDS];
    uint32_t count;
} spirv_section;

// A module while it is written. Its sections follow one another in the finished module.
typedef struct spirv {
    spirv_section head;  // capabilities to decorations
    spirv_section types; // types, constants, variables
    spirv_section code;
    uint32_t ids; // how many there are
    struct {
        uint32_t words[SPIRV_KNOWN_WORDS]; // count, opcode, operands but the result
        uint32_t id;
    } known[SPIRV_KNOWN]; // types and constants, which stand once in a module
    uint32_t known_count;
    bool overflow; // there was no room
} spirv;

#define SPIRV_OPERANDS(...)                                              \
    (sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)), (uint32_t[]) \
    {                                                                    \
        __VA_ARGS__                                                      \
    }

uint32_t spirv_new_id(spirv *m);

// Appends an instruction with all its operands.
void spirv_emit(spirv *m, spirv_section *section, SpvOp op, size_t count, const uint32_t *operands);
#define SPIRV_HEAD(m, op, ...) spirv_emit(m, &(m)->head, op, SPIRV_OPERANDS(__VA_ARGS__))
#define SPIRV_CODE(m, op, ...) spirv_emit(m, &(m)->code, op, SPIRV_OPERANDS(__VA_ARGS__))

// Text as the operands of OpEntryPoint, OpExtension and the like take it, behind other operands.
void spirv_emit_text(spirv *m, SpvOp op, size_t count, const uint32_t *operands, const char *text,
                     size_t more_count, const uint32_t *more);

// A type or another declaration without type, and a constant of a type; the same id for the same.
uint32_t spirv_declare(spirv *m, SpvOp op, size_t count, const uint32_t *operands);
#define SPIRV_DECLARE(m, op, ...) spirv_declare(m, op, SPIRV_OPERANDS(__VA_ARGS__))
uint32_t spirv_uint(spirv *m);
uint32_t spirv_bool(spirv *m);
uint32_t spirv_pointer(spirv *m, SpvStorageClass storage, uint32_t type);
uint32_t spirv_constant(spirv *m, uint32_t value);
uint32_t spirv_variable(spirv *m, SpvStorageClass storage, uint32_t type);

// An instruction of the code with a result.
uint32_t spirv_result(spirv *m, SpvOp op, uint32_t type, size_t count, const uint32_t *operands);
#define SPIRV_RESULT(m, op, type, ...) spirv_result(m, op, type, SPIRV_OPERANDS(__VA_ARGS__))
// The same on 32-bit integers.
uint32_t spirv_math(spirv *m, SpvOp op, uint32_t a, uint32_t b);
uint32_t spirv_compare(spirv *m, SpvOp op, uint32_t a, uint32_t b);

// A block that runs if a condition holds: what is emitted between begin and end.
typedef struct spirv_branch {
    uint32_t end;
} spirv_branch;
spirv_branch spirv_if(spirv *m, uint32_t condition);
void spirv_end_if(spirv *m, spirv_branch branch);

// A loop of `rounds` rounds: what is emitted between begin and end.
typedef struct spirv_loop {
    uint32_t round; // the number of the round, from 0
    uint32_t header, next_round, next, end;
} spirv_loop;
spirv_loop spirv_for(spirv *m, uint32_t rounds);
// Leaves the loop early if a condition does not hold: at its begin only.
void spirv_loop_while(spirv *m, const spirv_loop *loop, uint32_t condition);
void spirv_end_for(spirv *m, const spirv_loop *loop);

// Puts the module together.
//
// Returns: how many words it has; 0 where there was no room.
size_t spirv_finish(const spirv *m, uint32_t version, uint32_t words[SPIRV_MODULE_WORDS]);

#endif
