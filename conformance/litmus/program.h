// A litmus program: a few roles that share a few locations, and what is looked at in the end. One
// description serves the proof (model.h) and the kernel (kernel_code.h), so that what is proved is
// what runs.
//
// Programs are written as text, a role after the other:
//
//     x=1 F y=1 | r0=y F r1=x        with the outcome  r0=1 r1=0
//
//     x=1        stores 1 in x              r0=x     loads x
//     r0=x:1     exchanges x for 1          r0=x+1   adds 1 to x; r0 keeps what was there
//     x:1        the same, and keeps nothing
//     F          the place where the role synchronises, see litmus_synchronisation
//     ?r0        the rest of the role happens only if r0 is 1
//
// Locations x and y are accessed by atomic instructions; p is x accessed by plain ones.
#ifndef CONFORMANCE_LITMUS_PROGRAM_H
#define CONFORMANCE_LITMUS_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LITMUS_ROLES = 4,
    LITMUS_STEPS = 5, // of one role
    LITMUS_LOCATIONS = 2,
    LITMUS_REGISTERS = 4,
    LITMUS_OBSERVED = 4,
    LITMUS_VALUES = 4,     // 0 .. 3; nobody writes 3
    LITMUS_OUTCOMES = 256, // LITMUS_VALUES to the power of LITMUS_OBSERVED
    LITMUS_NAME_BYTES = 64,
    LITMUS_TEXT_BYTES = 512,
};

typedef enum litmus_operation {
    LITMUS_LOAD = 0,
    LITMUS_STORE,
    LITMUS_EXCHANGE,
    LITMUS_ADD,
    LITMUS_FENCE,
    LITMUS_BARRIER, // a control barrier, with the memory semantics of a fence if `order` says so
    LITMUS_ONLY_IF,
} litmus_operation;

typedef enum litmus_order {
    LITMUS_PLAIN = 0, // of accesses: not atomic; of control barriers: no memory semantics
    LITMUS_RELAXED,
    LITMUS_ACQUIRE,
    LITMUS_RELEASE,
    LITMUS_ACQUIRE_RELEASE,
} litmus_order;

// From the narrowest to the widest.
typedef enum litmus_scope {
    LITMUS_SUBGROUP = 0,
    LITMUS_WORKGROUP,
    LITMUS_QUEUE_FAMILY,
    LITMUS_DEVICE,
} litmus_scope;

typedef enum litmus_storage {
    LITMUS_BUFFER = 0, // a storage buffer
    LITMUS_SHARED,     // workgroup memory
} litmus_storage;

// How roles synchronise at their F.
typedef enum litmus_synchronisation {
    LITMUS_BY_FENCES = 0, // a fence stands there
    LITMUS_BY_ACCESSES,   // the access before it acquires, the one after it releases
    LITMUS_BY_BARRIERS,   // all roles meet in one control barrier there
} litmus_synchronisation;

typedef struct litmus_step {
    litmus_operation operation;
    litmus_order order;
    litmus_scope scope;
    uint8_t location; // 0: x, 1: y
    uint8_t value;    // what is stored, or added
    uint8_t result;   // the register that keeps what was read, or that ONLY_IF looks at
    bool has_result;
} litmus_step;

typedef struct litmus_role {
    litmus_step steps[LITMUS_STEPS];
    uint32_t count;
} litmus_role;

// One digit of an outcome.
typedef struct litmus_observable {
    bool in_the_end; // what `index` as a location holds in the end; otherwise a register
    uint8_t index;
    uint8_t target; // its value in the outcome that the program is about
} litmus_observable;

typedef struct litmus_program {
    char name[LITMUS_NAME_BYTES];
    litmus_role roles[LITMUS_ROLES];
    uint32_t role_count;
    litmus_observable observed[LITMUS_OBSERVED];
    uint32_t observed_count;
    litmus_storage storage; // where its locations are
    litmus_scope reach;     // the narrowest scope that holds all roles of one instance
    bool wide;              // values of 64 bits
    bool vulkan_model;      // SPIR-V's Vulkan memory model; otherwise GLSL450's
} litmus_program;

// What a program is made for.
typedef struct litmus_place {
    litmus_scope scope; // of accesses and fences, and how far apart the roles are
    litmus_storage storage;
    bool wide, vulkan_model;
} litmus_place;

// Reads a program and its outcome from text.
//
// Returns: false where the text is none.
bool litmus_parse(litmus_program *program, const char *name, const char *text, const char *outcome,
                  litmus_synchronisation by, const litmus_place *place);

// The number of an outcome, in which each observed value is a digit, the first the lowest; the
// value may be anything below LITMUS_VALUES.
uint32_t litmus_target(const litmus_program *program);

// An outcome as text, "r0=1 r1=0".
void litmus_outcome_text(const litmus_program *program, uint32_t outcome, char *text, size_t bytes);

// One step as text, "store.release x=1".
void litmus_step_text(const litmus_step *step, char *text, size_t bytes);

// The whole program on one line.
void litmus_program_text(const litmus_program *program, char *text, size_t bytes);

bool litmus_step_reads(const litmus_step *step);
bool litmus_step_writes(const litmus_step *step);
bool litmus_step_accesses(const litmus_step *step);

const char *litmus_scope_name(litmus_scope scope);

#endif
