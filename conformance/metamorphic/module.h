// A SPIR-V module as a list of instructions that can be changed.
#ifndef CONFORMANCE_METAMORPHIC_MODULE_H
#define CONFORMANCE_METAMORPHIC_MODULE_H

#include <stddef.h>

#include "metamorphic/grammar.h"

enum { MODULE_VALUES = 64, MODULE_FIRST_SPEC_ID = 7000 };

// Numbers that the one who runs the module must give it.
typedef struct module_values {
    uint32_t values[MODULE_VALUES];
    uint32_t ids[MODULE_VALUES]; // of specialization constants
    uint32_t count;
} module_values;

typedef struct module_list {
    uint32_t **at; // instructions in order, each in memory of its own
    size_t count;
} module_list;

typedef struct module {
    uint32_t version, bound;
    module_list globals;   // what stands in front of the first function
    module_list code;      // functions; a place is an index into them
    uint32_t **definition; // of each id below the bound; NULL: it has none
    uint64_t random;
    // What no compiler can know: words of a buffer that is added to the kernel, and specialization
    // constants from MODULE_FIRST_SPEC_ID on, whose defaults are others.
    uint32_t opaque; // the buffer's variable; 0: none yet
    uint32_t opaque_binding;
    module_values words, constants;
} module;

// Takes over a module that is valid, but for names and lines.
//
// Returns: false where that is no module; it is finished all the same.
bool module_init(module *m, const uint32_t *words, size_t word_count);
void module_finish(module *m);

// The module's words, which the caller frees.
uint32_t *module_words(const module *m, size_t *word_count);

// Random numbers, by m->random.
uint32_t module_random(module *m);
uint32_t module_random_below(module *m, uint32_t bound);

#define MODULE_OPERANDS(...)                                                             \
    (uint32_t)(sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)), (const uint32_t[]) \
    {                                                                                    \
        __VA_ARGS__                                                                      \
    }

uint32_t module_new_id(module *m);
// Puts an instruction into the code at a place, before what is there, and moves the place behind
// it.
void module_put(module *m, size_t *place, SpvOp op, uint32_t count, const uint32_t *operands);
#define MODULE_PUT(m, place, op, ...) module_put(m, place, op, MODULE_OPERANDS(__VA_ARGS__))
// The same with a new id as its result.
uint32_t module_put_result(module *m, size_t *place, SpvOp op, uint32_t type, uint32_t count,
                           const uint32_t *operands);
#define MODULE_RESULT(m, place, op, type, ...) \
    module_put_result(m, place, op, type, MODULE_OPERANDS(__VA_ARGS__))
void module_put_global(module *m, size_t place, SpvOp op, uint32_t count, const uint32_t *operands);
void module_remove(module *m, module_list *list, size_t place);
// Where an instruction of the code stands.
size_t module_place(const module *m, const uint32_t *instruction);

// What defines an id; NULL: nothing, or nothing yet.
uint32_t *module_definition(const module *m, uint32_t id);
SpvOp module_op_of(const module *m, uint32_t id);
// The type of a value; 0: it has none.
uint32_t module_type_of(const module *m, uint32_t id);
// Gives what an instruction defines a new id, and returns the old one, which nothing defines now.
uint32_t module_take_result(module *m, uint32_t *instruction);
// Replaces an id wherever instructions from place `from` to before `to` use it.
void module_replace(module *m, size_t from, size_t to, uint32_t id, uint32_t by);

// A new declaration; of those with a type, that is the first operand.
uint32_t module_declare_new(module *m, SpvOp op, uint32_t count, const uint32_t *operands);
// A type, or a constant, that the module has, or a new one.
uint32_t module_declare(module *m, SpvOp op, uint32_t count, const uint32_t *operands);
#define MODULE_DECLARE(m, op, ...) module_declare(m, op, MODULE_OPERANDS(__VA_ARGS__))
uint32_t module_bool(module *m);
uint32_t module_uint(module *m);
uint32_t module_constant(module *m, uint32_t type, uint32_t value);
uint32_t module_pointer(module *m, SpvStorageClass storage, uint32_t type);
void module_decorate(module *m, SpvOp op, uint32_t count, const uint32_t *operands);
#define MODULE_DECORATE(m, op, ...) module_decorate(m, op, MODULE_OPERANDS(__VA_ARGS__))

// Whether a type is that of 32-bit integers.
bool module_is_word(const module *m, uint32_t type);

// A number of a 32-bit integer type that no compiler can know, loaded at a place.
uint32_t module_unknown(module *m, size_t *place, uint32_t type, uint32_t value);
// A condition that no compiler can know, and that is or is not.
uint32_t module_unknown_condition(module *m, size_t *place, bool is);
// A number that is known when the pipeline is made.
uint32_t module_specialized(module *m, uint32_t type, uint32_t value);

#endif
