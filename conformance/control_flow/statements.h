// Statements that shapes of programs are filled with.
#ifndef CONFORMANCE_CONTROL_FLOW_STATEMENTS_H
#define CONFORMANCE_CONTROL_FLOW_STATEMENTS_H

#include "control_flow/program.h"
#include "test.h"

// The last variables of a program count the rounds of its loops, of each depth one.
enum { CONTROL_COUNTERS = 4 };

static inline uint32_t control_data(const control_program *program)
{
    return program->variables - CONTROL_COUNTERS;
}

static inline uint32_t control_counter(const control_program *program, uint32_t depth)
{
    return control_data(program) + depth;
}

control_operand control_number(uint32_t value);
control_operand control_special(uint32_t which);
control_operand control_any_operand(kt_test *t, const control_program *program);

// Operations on variables that hold data, as chance will have it.
void control_scramble(kt_test *t, control_program *program, uint32_t count);
// An `if` on a comparison that goes both ways; its blocks are to be opened.
uint32_t control_any_if(kt_test *t, control_program *program);
uint32_t control_loop(control_program *program, uint32_t depth, control_operand rounds);
uint32_t control_switch(control_program *program, uint32_t selector);
// A case, which is left open.
void control_open_case(control_program *program, uint32_t label, bool falls_through);
void control_open_default(control_program *program, bool falls_through);
void control_set_value(control_program *program, uint32_t to, control_op op, uint32_t from,
                       control_operand operand);
void control_simple(control_program *program, control_kind kind);

#endif
