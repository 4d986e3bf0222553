// What each lane of a subgroup must get of an operation, from who is active and what each brought.
// Source: Vulkan 1.3, "Group Operations"; SPIR-V 1.6, "Non-Uniform Instructions".
#ifndef CONFORMANCE_SUBGROUPS_MODEL_H
#define CONFORMANCE_SUBGROUPS_MODEL_H

#include "exact.h"
#include "test.h"

enum {
    SUBGROUP_MAX_LANES = 128,
    SUBGROUP_TYPES = 12,
    SUBGROUP_WORD_TYPES = 4, // that every device has: the first ones
};

typedef enum subgroup_class {
    SUBGROUP_SIGNED,
    SUBGROUP_UNSIGNED,
    SUBGROUP_FLOAT,
    SUBGROUP_BOOL,
} subgroup_class;

typedef struct subgroup_type {
    const char *name;
    subgroup_class class;
    uint32_t bits;              // of an element in memory; of a bool, too
    const exact_format *format; // NULL but for floats
    uint64_t one;               // 1, or true
    uint64_t needs;             // of the device
    bool is_extended;           // … and shaderSubgroupExtendedTypes
} subgroup_type;

extern const subgroup_type subgroup_types[SUBGROUP_TYPES];
const subgroup_type *subgroup_type_named(const char *name); // one that there is

typedef enum subgroup_operation {
    SUBGROUP_ADD,
    SUBGROUP_MUL,
    SUBGROUP_MIN,
    SUBGROUP_MAX,
    SUBGROUP_AND,
    SUBGROUP_OR,
    SUBGROUP_XOR,
    SUBGROUP_ARITHMETIC_COUNT,
    SUBGROUP_BROADCAST = SUBGROUP_ARITHMETIC_COUNT, // of the lane that `operand` is
    SUBGROUP_BROADCAST_FIRST,
    SUBGROUP_SHUFFLE, // the argument of each lane says which, by how much, and so on
    SUBGROUP_SHUFFLE_XOR,
    SUBGROUP_SHUFFLE_UP,
    SUBGROUP_SHUFFLE_DOWN,
    SUBGROUP_QUAD_BROADCAST,  // of the invocation of the quad that `operand` is
    SUBGROUP_QUAD_SWAP,       // `operand`: horizontally, vertically, diagonally
    SUBGROUP_ROTATE,          // by the argument of the first lane
    SUBGROUP_ROTATE_CLUSTERS, // of `operand` lanes
    SUBGROUP_ALL_EQUAL,
    SUBGROUP_ALL, // these are of bools
    SUBGROUP_ANY,
    SUBGROUP_BALLOT, // these are of four words; the lowest bit of the first is what is voted for
    SUBGROUP_INVERSE_BALLOT, // of the ballot on that bit
    SUBGROUP_BIT_EXTRACT,    // of the words, the bit that the argument says
    SUBGROUP_BIT_COUNT,
    SUBGROUP_FIND_LSB,
    SUBGROUP_FIND_MSB,
} subgroup_operation;

typedef enum subgroup_form {
    SUBGROUP_REDUCE,
    SUBGROUP_INCLUSIVE,
    SUBGROUP_EXCLUSIVE,
    SUBGROUP_CLUSTERED, // in clusters of `operand` lanes
} subgroup_form;

// One instruction.
typedef struct subgroup_call {
    subgroup_operation operation;
    subgroup_form form; // of arithmetic and SUBGROUP_BIT_COUNT
    uint32_t operand;   // a constant of the kernel
} subgroup_call;

// Whether a call is one of words: four of them in, one or four out, whatever the type says.
bool subgroup_is_of_words(subgroup_operation operation);

// How many components the result of a call on vectors of `components` has; 0 where there is no such
// call.
uint32_t subgroup_result_components(subgroup_operation operation, uint32_t components);

// The name of an operation in the names of cases and in messages.
const char *subgroup_operation_name(subgroup_operation operation);
// A call in messages: "add, clusters of 4".
void subgroup_describe(const subgroup_call *call, char *out, size_t size_bytes);

// One subgroup at one moment.
typedef struct subgroup_lanes {
    uint32_t size; // of a full one
    bool active[SUBGROUP_MAX_LANES];
    uint64_t x[SUBGROUP_MAX_LANES][4];     // the components that each brought
    uint32_t argument[SUBGROUP_MAX_LANES]; // see subgroup_operation
    uint32_t rotation;                     // the argument of rotations
} subgroup_lanes;

// What lane `self` gets of a call on vectors of `components`.
//
// Returns: whether the result is defined, and in `result` its components.
bool subgroup_expect(const subgroup_type *type, const subgroup_call *call,
                     const subgroup_lanes *lanes, uint32_t self, uint32_t components,
                     uint64_t result[4]);

#endif
