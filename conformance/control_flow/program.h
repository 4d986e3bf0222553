// A structured program over a few words: run on the host, and written as a kernel in SPIR-V.
//
// A program is a tree of statements in functions. Each function has all of the program's variables;
// how a call hands them over is the program's choice, and so is whether the kernel keeps them in
// memory or in registers that meet in OpPhi. Nothing is undefined: shifts and divisors are made
// valid, subscripts are reduced, and loops count.
#ifndef CONFORMANCE_CONTROL_FLOW_PROGRAM_H
#define CONFORMANCE_CONTROL_FLOW_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CONTROL_VARIABLES = 40, // at most
    CONTROL_FUNCTIONS = 64, // at most
    CONTROL_DEPTH = 32,     // of blocks in blocks, at most
    CONTROL_CONSTANTS = 4,  // that are specialized
    CONTROL_LENGTH = 16,    // of the array that each invocation has
    CONTROL_LOCAL_SIZE = 64,
};

typedef enum control_op {
    CONTROL_COPY,
    CONTROL_ADD,
    CONTROL_SUBTRACT,
    CONTROL_MULTIPLY,
    CONTROL_XOR,
    CONTROL_AND,
    CONTROL_OR,
    CONTROL_SHIFT_LEFT,
    CONTROL_SHIFT_RIGHT,
    CONTROL_DIVIDE, // by operand | 1, as the next
    CONTROL_MODULO,
    CONTROL_OPERATIONS,
    CONTROL_EQUAL = CONTROL_OPERATIONS, // from here on comparisons
    CONTROL_LESS,
    CONTROL_LESS_SIGNED,
    CONTROL_AT_LEAST,
    CONTROL_OPS,
} control_op;

typedef enum control_source {
    CONTROL_VARIABLE,
    CONTROL_NUMBER,
    CONTROL_SPECIALIZED
} control_source;

typedef struct control_operand {
    control_source source;
    uint32_t value; // which variable, the number, or which specialized constant
} control_operand;

typedef enum control_kind {
    CONTROL_SET,      // to = from op operand
    CONTROL_IF,       // from op operand: body, otherwise other
    CONTROL_LOOP,     // to = 0 …, while less than operand: body
    CONTROL_SWITCH,   // on from: body holds its CONTROL_CASEs
    CONTROL_CASE,     // operand is its label
    CONTROL_BREAK,    // out of the innermost loop
    CONTROL_CONTINUE, // of the innermost loop
    CONTROL_LEAVE,    // the innermost switch
    CONTROL_RETURN,
    CONTROL_CALL,  // the function `to`
    CONTROL_LOAD,  // to = array[from]
    CONTROL_STORE, // array[to] = from
} control_kind;

typedef struct control_node {
    control_kind kind;
    control_op op;
    uint32_t to, from; // variables
    control_operand operand;
    bool is_default, falls_through; // CONTROL_CASE
    uint32_t body, other, next;     // numbers of nodes; 0: none
} control_node;

// How a call hands over the variables, and gets them back.
typedef enum control_passing {
    CONTROL_BY_POINTER, // a parameter by reference for each
    CONTROL_BY_STRUCT,  // all in one struct by value, and back
    CONTROL_BY_VALUE,   // a parameter for each; only variable 0 comes back
} control_passing;

// Where the array of an invocation lies.
typedef enum control_array {
    CONTROL_PRIVATE,
    CONTROL_WORKGROUP,
    CONTROL_BUFFER,
    CONTROL_NESTED,      // arrays in structs in an array in a struct
    CONTROL_SPEC_LENGTH, // its length is a specialized constant
    CONTROL_WIDE_INDEX,  // in a buffer, with subscripts of 64 bits
} control_array;

typedef struct control_block {
    uint32_t parent, last; // nodes
    bool is_other;
} control_block;

typedef struct control_program {
    control_node *nodes; // the first is none
    size_t count, room;
    uint32_t functions[CONTROL_FUNCTIONS]; // their first nodes; function 0 is called by the kernel
    uint32_t function_count;
    uint32_t variables;
    uint32_t constants[CONTROL_CONSTANTS];
    control_passing passing;
    control_array array;
    bool wide_selectors; // switches are on 64 bits
    bool phis;           // variables are in registers
    bool failed;         // there was no memory
    control_block blocks[CONTROL_DEPTH];
    uint32_t depth;
} control_program;

void control_finish(control_program *program);

// Begins the next function.
void control_function(control_program *program);
// Appends a statement to the open block.
//
// Returns: its number.
uint32_t control_add(control_program *program, const control_node *node);
#define CONTROL_ADD_NODE(program, ...) control_add(program, &(control_node){__VA_ARGS__})
// What is appended from here on stands in the body of a node, or in its other block.
void control_open(control_program *program, uint32_t node);
void control_open_other(control_program *program, uint32_t node);
void control_close(control_program *program);

// What 64-bit selectors and labels are made of 32 bits, so that both halves count.
uint64_t control_wide(uint32_t selector);

// What variables and the array of an invocation with input `x` begin with.
uint32_t control_first_value(uint32_t x, uint32_t variable);
uint32_t control_first_element(uint32_t x, uint32_t index);

// Runs the program for an input, and writes what the kernel writes: all variables in the end.
void control_run(const control_program *program, uint32_t x, uint32_t *variables);

// Writes the kernel. Binding 0: inputs; 1: CONTROL_LENGTH words of each invocation; 2: variables in
// the end. Specialized constants have the ids 0 …, the array's length the one after.
//
// Returns: its words, which the caller frees, and how many they are; NULL where there was no
// memory.
uint32_t *control_kernel(const control_program *program, size_t *word_count);

#endif
