#include "control_flow/statements.h"

control_operand control_number(uint32_t value)
{
    return (control_operand){CONTROL_NUMBER, value};
}

control_operand control_special(uint32_t which)
{
    return (control_operand){CONTROL_SPECIALIZED, which};
}

static uint32_t any_variable(kt_test *t, const control_program *program)
{
    return (uint32_t)kt_random_below(t, control_data(program));
}

control_operand control_any_operand(kt_test *t, const control_program *program)
{
    static const uint32_t NUMBERS[] = {0,   1,     2,          3,          7,          31,
                                       255, 65535, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};
    const uint64_t kind = kt_random_below(t, 10);
    if (kind < 5)
        return (control_operand){CONTROL_VARIABLE, any_variable(t, program)};
    if (kind < 6)
        return control_special((uint32_t)kt_random_below(t, CONTROL_CONSTANTS));
    if (kind < 8)
        return control_number(NUMBERS[kt_random_below(t, sizeof NUMBERS / sizeof NUMBERS[0])]);
    return control_number(kt_random_u32(t));
}

void control_set_value(control_program *program, uint32_t to, control_op op, uint32_t from,
                       control_operand operand)
{
    CONTROL_ADD_NODE(program, .kind = CONTROL_SET, .to = to, .op = op, .from = from,
                     .operand = operand);
}

void control_scramble(kt_test *t, control_program *program, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        control_set_value(program, any_variable(t, program),
                          (control_op)kt_random_below(t, CONTROL_OPERATIONS),
                          any_variable(t, program), control_any_operand(t, program));
}

uint32_t control_any_if(kt_test *t, control_program *program)
{
    static const control_op OPS[] = {CONTROL_LESS, CONTROL_LESS_SIGNED, CONTROL_AT_LEAST};
    // Values that went through many operations are often small: a mixed one goes both ways.
    const uint32_t from = any_variable(t, program);
    control_set_value(program, from, CONTROL_MULTIPLY, from, control_number(kt_random_u32(t) | 1));
    return CONTROL_ADD_NODE(program, .kind = CONTROL_IF, .op = OPS[kt_random_below(t, 3)],
                            .from = from, .operand = control_number(kt_random_u32(t)));
}

uint32_t control_loop(control_program *program, uint32_t depth, control_operand rounds)
{
    return CONTROL_ADD_NODE(program, .kind = CONTROL_LOOP, .to = control_counter(program, depth),
                            .operand = rounds);
}

uint32_t control_switch(control_program *program, uint32_t selector)
{
    return CONTROL_ADD_NODE(program, .kind = CONTROL_SWITCH, .from = selector);
}

void control_open_case(control_program *program, uint32_t label, bool falls_through)
{
    control_open(program,
                 CONTROL_ADD_NODE(program, .kind = CONTROL_CASE, .operand = control_number(label),
                                  .falls_through = falls_through));
}

void control_open_default(control_program *program, bool falls_through)
{
    control_open(program, CONTROL_ADD_NODE(program, .kind = CONTROL_CASE, .is_default = true,
                                           .falls_through = falls_through));
}

void control_simple(control_program *program, control_kind kind)
{
    CONTROL_ADD_NODE(program, .kind = kind);
}
