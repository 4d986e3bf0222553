// Writes a SPIR-V module: a compute kernel whose instructions are chosen one by one.
#ifndef CONFORMANCE_SPIRV_H
#define CONFORMANCE_SPIRV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <spirv/unified1/spirv.h>

enum {
    SPIRV_KNOWN_WORDS = 6,
    SPIRV_MODULE_WORDS = 24576, // room for any kernel that is not made to be large
};

typedef struct spirv_section {
    uint32_t *words;
    size_t count, room;
} spirv_section;

typedef struct spirv_known {
    uint32_t words[SPIRV_KNOWN_WORDS]; // count, opcode, operands but the result
    uint32_t id;
} spirv_known;

// A module while it is written; {0} is an empty one. Its sections follow one another in the
// finished module.
typedef struct spirv {
    spirv_section head; // capabilities to execution modes
    spirv_section decorations;
    spirv_section types; // types, constants, variables
    spirv_section code;
    uint32_t ids;       // how many there are
    spirv_known *known; // types and constants, which stand once in a module
    size_t known_count, known_room;
    bool failed; // there was no memory, or an instruction had too many operands
} spirv;

#define SPIRV_OPERANDS(...)                                              \
    (sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)), (uint32_t[]) \
    {                                                                    \
        __VA_ARGS__                                                      \
    }

uint32_t spirv_new_id(spirv *m);

// Appends an instruction with all its operands.
void spirv_emit(spirv *m, spirv_section *section, SpvOp op, size_t count, const uint32_t *operands);
#define SPIRV_HEAD(m, op, ...)     spirv_emit(m, &(m)->head, op, SPIRV_OPERANDS(__VA_ARGS__))
#define SPIRV_DECORATE(m, op, ...) spirv_emit(m, &(m)->decorations, op, SPIRV_OPERANDS(__VA_ARGS__))
#define SPIRV_CODE(m, op, ...)     spirv_emit(m, &(m)->code, op, SPIRV_OPERANDS(__VA_ARGS__))

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
// A storage buffer of set 0: an array of `type`, which is of `type_bytes`.
uint32_t spirv_buffer(spirv *m, uint32_t binding, uint32_t type, uint32_t type_bytes);

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

// How many words the module has by now.
size_t spirv_word_count(const spirv *m);

// Puts the module together where there is room for it, and gives back what the writer held: nothing
// more can be emitted.
//
// Returns: how many words it has; 0 where there was no room.
size_t spirv_finish(spirv *m, uint32_t version, uint32_t *words, size_t room);

#endif
