// The kernel of a program while it is written, and what its parts need of each other.
#ifndef CONFORMANCE_CONTROL_FLOW_KERNEL_WRITER_H
#define CONFORMANCE_CONTROL_FLOW_KERNEL_WRITER_H

#include "control_flow/program.h"
#include "spirv.h"

enum { CONTROL_IN, CONTROL_SCRATCH, CONTROL_OUT, CONTROL_BUFFERS };

// A block that others branch to: where they come from, with what in their registers.
typedef struct control_join {
    uint32_t label;
    uint32_t (*edges)[CONTROL_VARIABLES + 1]; // of each the block before, then its variables
    size_t count, room;
} control_join;

typedef struct control_writer {
    spirv m;
    const control_program *program;
    uint32_t buffers[CONTROL_BUFFERS], input_id, local_id; // variables of the module
    uint32_t array;                                        // likewise; 0: it is in the buffer
    uint32_t constants[CONTROL_CONSTANTS], length;         // ids
    uint32_t functions[CONTROL_FUNCTIONS];                 // ids
    uint32_t function_type, struct_type, kernel;
    // Of the function that is being written:
    bool is_kernel;
    uint32_t parameters[CONTROL_VARIABLES]; // ids
    uint32_t values[CONTROL_VARIABLES];     // of the variables: registers, or pointers to them
    uint32_t handed[CONTROL_VARIABLES];     // variables that hand over what is in registers
    uint32_t invocation, local;             // ids of values, in the kernel
    uint32_t block;                         // that instructions go to
    bool ended;                             // it has branched away
    control_join *loop_end, *loop_next, *switch_end; // innermost ones
} control_writer;

// kernel_values.c

void control_declare(control_writer *w);
uint32_t control_get(control_writer *w, uint32_t variable);
void control_set(control_writer *w, uint32_t variable, uint32_t value);
uint32_t control_operand_id(control_writer *w, const control_operand *operand);
// The result of an operation; of comparisons a bool.
uint32_t control_compute(control_writer *w, control_op op, uint32_t a, uint32_t b);
// A pointer to an element of the array.
uint32_t control_element(control_writer *w, uint32_t index);
// Begins a function with its variables, and ends it for its caller.
void control_begin_function(control_writer *w, uint32_t function);
void control_return(control_writer *w);
void control_call(control_writer *w, uint32_t function);

#endif
