// Many invocations at a few words, each with an atomic operation, and what they are told.
#ifndef CONFORMANCE_ATOMICS_CONTEND_H
#define CONFORMANCE_ATOMICS_CONTEND_H

#include "exact.h"
#include "kernel.h"

#include "../shaders/atomic_operations.h"

enum {
    CONTEND_INVOCATIONS = ATOMIC_GROUPS * ATOMIC_GROUP_SIZE,
    CONTEND_STEPS = ATOMIC_ROUNDS * CONTEND_INVOCATIONS,
    CONTEND_WORDS = ATOMIC_GROUPS * ATOMIC_GROUP_WORDS,
};

typedef struct contend_type {
    const char *name;
    uint32_t bits;
    bool is_signed;
    const exact_format *format; // NULL for integers
    uint64_t needs;             // of the device, before any atomics
} contend_type;

typedef enum contend_place {
    CONTEND_BUFFER,
    CONTEND_GROUP,
    CONTEND_ADDRESS,
} contend_place;

// Where invocations meet and how they are ordered.
typedef struct contend_meeting {
    uint32_t pattern, order;
} contend_meeting;

// One operation: its arguments, and what it returned. Values of fewer than 64 bits stand in the low
// ones.
typedef struct contend_step {
    uint64_t value, comparand, returned;
    uint32_t word, index; // which word it chose; its number among all: invocations, then rounds
} contend_step;

typedef struct contend_model contend_model;

// What meets.
typedef struct contention {
    const contend_type *type;
    const contend_model *model;
    kro_context *ctx;
    kro_pipeline *pipeline;
    contend_place place;
    uint32_t operation, scope;
    bool scoped; // operations name their scope
    void *user;  // for the model
} contention;

// Which arguments show the most, and what may come of them.
struct contend_model {
    // The arguments of a step, and what a word holds before.
    void (*choose)(kt_test *t, const contention *c, uint32_t index, contend_step *step);
    uint64_t (*before)(kt_test *t, const contention *c);
    // Whether the steps of one word are right; fails the case where not. It may reorder them.
    bool (*check)(kt_test *t, const contention *c, uint64_t first, uint64_t last,
                  contend_step *steps, uint32_t count);
};

// Makes the pipeline of `c` and runs it: every pattern that its place and scope have and every
// memory order, each word checked. The kernel's name ends with the place and the scope. The case is
// skipped where the device lacks a feature.
//
// Returns: whether everything ran and was right.
bool contend(kt_test *t, contention *c, const char *kernel);

// Whether a step of a load or store is that, and no exchange.
bool contend_is_first(const contend_step *step);

// "u32.add" or, with scopes, "u32.add.device".
void contend_params(kt_params *params, const char *type, uint32_t operation, bool scoped);
// The operation's name in case names.
const char *contend_operation_name(uint32_t operation);

#endif
