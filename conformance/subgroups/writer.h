// What all kernels of this folder have in common: how each invocation says who it is and with whom
// it runs. Each writes rows; an invocation that is not where a row is written leaves its poison.
#ifndef CONFORMANCE_SUBGROUPS_WRITER_H
#define CONFORMANCE_SUBGROUPS_WRITER_H

#include "spirv.h"
#include "subgroups/model.h"

// One row of binding WHO.
typedef struct subgroup_who {
    uint32_t subgroup, lane, size, elected;
    uint32_t ballot[4]; // of those that are here
} subgroup_who;

enum {
    SUBGROUP_IN = 0,      // words: SUBGROUP_IN_HEADER of all, SUBGROUP_IN_WORDS of each invocation
    SUBGROUP_VALUES = 1,  // elements of the kernel's type, 4 of each invocation
    SUBGROUP_WHO = 2,     // subgroup_who of each row
    SUBGROUP_RESULTS = 3, // elements of the kernel's type
    SUBGROUP_BINDINGS = 4,

    SUBGROUP_IN_HEADER = 4,
    SUBGROUP_IN_WORDS = 4,
    SUBGROUP_WHO_WORDS = sizeof(subgroup_who) / sizeof(uint32_t),
};

// A kernel while it is written.
typedef struct subgroup_writer {
    spirv m;
    const subgroup_type *type;
    uint32_t function;
    uint32_t element;                    // the type in memory
    uint32_t buffers[SUBGROUP_BINDINGS]; // variables
    uint32_t builtins[5];                // variables: workgroup, then as the ids below
    uint32_t local_size;
    uint32_t local, subgroup, lane, size; // ids of the invocation
    uint32_t invocation, invocations;     // its number among all in the dispatch, and how many
} subgroup_writer;

// What a kernel declares beyond what all of this folder do.
typedef struct subgroup_modes {
    uint32_t capabilities[2];  // up to the first that is 0, which all have
    const char *extensions[2]; // up to the first NULL
    uint32_t execution_mode;   // without operands; 0, which is of no compute kernel: none
} subgroup_modes;

// Begins the code of a kernel.
void subgroup_writer_begin(subgroup_writer *w, const subgroup_type *type, uint32_t local_size,
                           uint32_t groups);
// Ends it, and puts the module together.
//
// Returns: how many words it has; 0 where there was no room.
size_t subgroup_writer_end(subgroup_writer *w, const subgroup_modes *modes,
                           uint32_t words[SPIRV_MODULE_WORDS]);

// A pointer to an element of a buffer; `index` is an id.
uint32_t subgroup_element(subgroup_writer *w, uint32_t binding, uint32_t index);
// What stands there.
uint32_t subgroup_load(subgroup_writer *w, uint32_t binding, uint32_t index);
void subgroup_store(subgroup_writer *w, uint32_t binding, uint32_t index, uint32_t value);

// index = a * factor + b, of an id and constants.
uint32_t subgroup_index(subgroup_writer *w, uint32_t a, uint32_t factor, uint32_t b);

// An instruction of the whole subgroup.
uint32_t subgroup_instruction(subgroup_writer *w, SpvOp op, uint32_t type, size_t count,
                              const uint32_t *operands);
#define SUBGROUP_INSTRUCTION(w, op, type, ...) \
    subgroup_instruction(w, op, type, SPIRV_OPERANDS(__VA_ARGS__))
// The ballot of those whose condition holds: four words.
uint32_t subgroup_ballot(subgroup_writer *w, uint32_t condition);
uint32_t subgroup_true(subgroup_writer *w);

// Writes the row of WHO that `row`, an id, names. `ballot` as above, of those that are here.
void subgroup_write_who(subgroup_writer *w, uint32_t row, uint32_t ballot);

#endif
