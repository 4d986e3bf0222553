#include "control_flow/shapes.h"

#include "control_flow/statements.h"

// Loops, switches and ifs in each other, with a way out from the innermost block.
static void nest(kt_test *t, control_program *p, uint32_t depth, uint32_t loops,
                 control_kind way_out)
{
    control_scramble(t, p, 1);
    if (depth == 0) {
        control_open(p, control_any_if(t, p));
        control_scramble(t, p, 1);
        control_simple(p, way_out);
        control_close(p);
        control_scramble(t, p, 1);
        return;
    }
    switch (depth % 3) {
    case 0:
        control_open(p, control_loop(p, loops, control_number(2 + depth % 2)));
        nest(t, p, depth - 1, loops + 1, way_out);
        control_close(p);
        break;
    case 2:
        control_set_value(p, 0, CONTROL_MODULO, 1, control_number(3));
        control_open(p, control_switch(p, 0));
        for (uint32_t label = 0; label < 2; label++) {
            control_open_case(p, label, false);
            if (label)
                control_scramble(t, p, 1);
            else
                nest(t, p, depth - 1, loops, way_out);
            control_close(p);
        }
        control_close(p);
        break;
    default: {
        const uint32_t node = control_any_if(t, p);
        control_open(p, node);
        nest(t, p, depth - 1, loops, way_out);
        control_close(p);
        control_open_other(p, node);
        control_scramble(t, p, 2);
        control_close(p);
    }
    }
    control_scramble(t, p, 1);
}

static void returns(kt_test *t, control_program *p)
{
    nest(t, p, 9, 0, CONTROL_RETURN);
}

static void breaks(kt_test *t, control_program *p)
{
    nest(t, p, 9, 0, CONTROL_BREAK);
}

static void continues(kt_test *t, control_program *p)
{
    nest(t, p, 9, 0, CONTROL_CONTINUE);
}

static void leaves(kt_test *t, control_program *p)
{
    nest(t, p, 9, 0, CONTROL_LEAVE);
}

// Both sides of an `if` end the function: nothing goes on behind it.
static void both_return(kt_test *t, control_program *p)
{
    control_open(p, control_loop(p, 0, control_number(5)));
    const uint32_t outer = control_any_if(t, p);
    control_open(p, outer);
    const uint32_t inner = control_any_if(t, p);
    control_open(p, inner);
    control_scramble(t, p, 2);
    control_simple(p, CONTROL_RETURN);
    control_close(p);
    control_open_other(p, inner);
    control_scramble(t, p, 2);
    control_simple(p, CONTROL_BREAK);
    control_close(p);
    control_close(p);
    control_open_other(p, outer);
    control_scramble(t, p, 2);
    control_simple(p, CONTROL_CONTINUE);
    control_close(p);
    control_close(p);
    control_scramble(t, p, 2);
}

// One of `count` labels, or another number, in variable 1.
static void select_label(control_program *p, const uint32_t *labels, uint32_t count)
{
    control_set_value(p, 0, CONTROL_MODULO, 0, control_number(count + 2));
    control_set_value(p, 1, CONTROL_COPY, 1, control_number(77));
    for (uint32_t i = 0; i < count; i++) {
        control_open(p, CONTROL_ADD_NODE(p, .kind = CONTROL_IF, .op = CONTROL_EQUAL, .from = 0,
                                         .operand = control_number(i)));
        control_set_value(p, 1, CONTROL_COPY, 1, control_number(labels[i]));
        control_close(p);
    }
}

static void sparse(kt_test *t, control_program *p)
{
    static const uint32_t LABELS[] = {0,          1,          2,          1000000,    0x7fffffff,
                                      0x80000000, 0x80000001, 0xfffffffe, 0xffffffff, 4096};
    enum { COUNT = sizeof LABELS / sizeof LABELS[0] };
    select_label(p, LABELS, COUNT);
    control_open(p, control_switch(p, 1));
    for (uint32_t i = 0; i < COUNT; i++) {
        control_open_case(p, LABELS[i], false);
        control_scramble(t, p, 2);
        control_close(p);
    }
    control_open_default(p, false);
    control_scramble(t, p, 2);
    control_close(p);
    control_close(p);
}

enum { CASES = 9, NO_DEFAULT = CASES };

// Labels 0 to 8, of which some may fall through; the default stands before one of them.
static void dense(kt_test *t, control_program *p, uint32_t falls, uint32_t before,
                  bool default_falls)
{
    control_set_value(p, 1, CONTROL_MODULO, 0, control_number(CASES + 3));
    control_open(p, control_switch(p, 1));
    for (uint32_t i = 0; i < CASES; i++) {
        if (i == before) {
            control_open_default(p, default_falls);
            control_scramble(t, p, 2);
            control_close(p);
        }
        control_open_case(p, i, (falls >> i & 1) != 0);
        control_scramble(t, p, 2);
        if (i == 2) {
            control_open(p, control_any_if(t, p));
            control_simple(p, CONTROL_LEAVE);
            control_close(p);
        }
        control_close(p);
    }
    control_close(p);
    control_scramble(t, p, 2);
}

static void without_default(kt_test *t, control_program *p)
{
    dense(t, p, 0, NO_DEFAULT, false);
}

static void falling(kt_test *t, control_program *p)
{
    dense(t, p, 0x6f, NO_DEFAULT, false);
}

static void default_first(kt_test *t, control_program *p)
{
    dense(t, p, 0, 0, false);
}

static void default_inside(kt_test *t, control_program *p)
{
    dense(t, p, 0, 4, false);
}

static void default_falling(kt_test *t, control_program *p)
{
    dense(t, p, 0x7e, 4, true);
}

static void thousand_labels(kt_test *t, control_program *p)
{
    enum { LABELS = 1000 };
    control_set_value(p, 1, CONTROL_MODULO, 0, control_number(LABELS + 101));
    control_open(p, control_switch(p, 1));
    for (uint32_t i = 0; i < LABELS; i++) {
        control_open_case(p, i * 3 % LABELS, false);
        control_scramble(t, p, 1);
        control_close(p);
    }
    control_open_default(p, false);
    control_scramble(t, p, 1);
    control_close(p);
    control_close(p);
}

// A switch whose cases go on with the loop, end it, or return.
static void in_loops(kt_test *t, control_program *p)
{
    static const control_kind WAYS[] = {CONTROL_CONTINUE, CONTROL_BREAK, CONTROL_LEAVE, CONTROL_SET,
                                        CONTROL_CONTINUE, CONTROL_SET,   CONTROL_RETURN};
    enum { COUNT = sizeof WAYS / sizeof WAYS[0] };
    control_open(p, control_loop(p, 0, control_number(3)));
    control_open(p, control_loop(p, 1, control_number(20)));
    control_scramble(t, p, 2);
    control_set_value(p, 1, CONTROL_MULTIPLY, 0, control_number(0x9e3779b1));
    control_set_value(p, 1, CONTROL_XOR, 1,
                      (control_operand){CONTROL_VARIABLE, control_counter(p, 1)});
    control_set_value(p, 1, CONTROL_MODULO, 1, control_number(4 * COUNT));
    control_open(p, control_switch(p, 1));
    for (uint32_t i = 0; i < COUNT; i++) {
        control_open_case(p, i, WAYS[i] == CONTROL_SET && i + 1 < COUNT);
        control_scramble(t, p, 1);
        if (WAYS[i] != CONTROL_SET)
            control_simple(p, WAYS[i]);
        control_close(p);
    }
    control_close(p);
    control_scramble(t, p, 1);
    control_close(p);
    control_close(p);
}

static void in_switches(kt_test *t, control_program *p)
{
    control_set_value(p, 1, CONTROL_MODULO, 0, control_number(5));
    control_set_value(p, 2, CONTROL_DIVIDE, 0, control_number(5));
    control_set_value(p, 2, CONTROL_MODULO, 2, control_number(5));
    control_open(p, control_switch(p, 1));
    for (uint32_t i = 0; i < 4; i++) {
        control_open_case(p, i, i == 1);
        control_open(p, control_switch(p, 2));
        for (uint32_t k = 0; k < 4; k++) {
            control_open_case(p, k, k < i);
            control_scramble(t, p, 1);
            control_close(p);
        }
        control_close(p);
        control_scramble(t, p, 1);
        control_close(p);
    }
    control_close(p);
}

enum { CALLED = 50 };

// 50 functions that call each other in a row.
static void deep(kt_test *t, control_program *p)
{
    for (uint32_t f = 0; f <= CALLED; f++) {
        if (f)
            control_function(p);
        control_scramble(t, p, 2);
        if (f < CALLED)
            CONTROL_ADD_NODE(p, .kind = CONTROL_CALL, .to = f + 1);
        control_scramble(t, p, 1);
    }
}

// 50 functions that one function calls, some of them twice or in a loop.
static void wide(kt_test *t, control_program *p)
{
    for (uint32_t f = 1; f <= CALLED; f++) {
        CONTROL_ADD_NODE(p, .kind = CONTROL_CALL, .to = f);
        control_open(p, f % 5 == 0 ? control_loop(p, 0, control_number(3)) : control_any_if(t, p));
        CONTROL_ADD_NODE(p, .kind = CONTROL_CALL, .to = (f * 7) % CALLED + 1);
        control_close(p);
    }
    for (uint32_t f = 1; f <= CALLED; f++) {
        control_function(p);
        control_scramble(t, p, 1);
        control_open(p, control_any_if(t, p));
        control_scramble(t, p, 1);
        control_simple(p, CONTROL_RETURN);
        control_close(p);
        control_scramble(t, p, 1);
    }
}

// Functions that call two others each, which return out of loops.
static void tree(kt_test *t, control_program *p)
{
    enum { INNER = 7, ALL = 2 * INNER + 1 };
    for (uint32_t f = 0; f < ALL; f++) {
        if (f)
            control_function(p);
        control_scramble(t, p, 2);
        if (f < INNER) {
            CONTROL_ADD_NODE(p, .kind = CONTROL_CALL, .to = 2 * f + 1);
            CONTROL_ADD_NODE(p, .kind = CONTROL_CALL, .to = 2 * f + 2);
        } else {
            nest(t, p, 3, 0, CONTROL_RETURN);
        }
    }
}

// 10,000 operations in a row.
static void straight(kt_test *t, control_program *p)
{
    control_scramble(t, p, 10000);
}

// 10,000 operations in 500 branches.
static void branched(kt_test *t, control_program *p)
{
    for (int i = 0; i < 500; i++) {
        const uint32_t node = control_any_if(t, p);
        control_open(p, node);
        control_scramble(t, p, 9);
        control_close(p);
        control_open_other(p, node);
        control_scramble(t, p, 9);
        control_close(p);
        control_scramble(t, p, 1);
    }
}

// Elements are read and written by subscripts that depend on what was read.
static void subscripts(kt_test *t, control_program *p)
{
    control_open(p, control_loop(p, 0, control_number(24)));
    control_scramble(t, p, 1);
    control_set_value(p, 1, CONTROL_XOR, 0,
                      (control_operand){CONTROL_VARIABLE, control_counter(p, 0)});
    CONTROL_ADD_NODE(p, .kind = CONTROL_LOAD, .to = 2, .from = 1);
    CONTROL_ADD_NODE(p, .kind = CONTROL_LOAD, .to = 3, .from = 2);
    control_set_value(p, 3, CONTROL_ADD, 3, (control_operand){CONTROL_VARIABLE, 0});
    CONTROL_ADD_NODE(p, .kind = CONTROL_STORE, .to = 2, .from = 3);
    control_open(p, control_any_if(t, p));
    CONTROL_ADD_NODE(p, .kind = CONTROL_STORE, .to = control_counter(p, 0), .from = 0);
    CONTROL_ADD_NODE(p, .kind = CONTROL_CALL, .to = 1);
    control_close(p);
    CONTROL_ADD_NODE(p, .kind = CONTROL_LOAD, .to = 0, .from = 3);
    control_close(p);
    control_function(p);
    control_scramble(t, p, 1);
    CONTROL_ADD_NODE(p, .kind = CONTROL_LOAD, .to = 0, .from = 1);
    CONTROL_ADD_NODE(p, .kind = CONTROL_STORE, .to = 0, .from = 2);
}

// Specialized constants decide branches, select cases, and count rounds.
static void specialized(kt_test *t, control_program *p)
{
    const uint32_t label = p->constants[0];
    for (uint32_t i = 0; i < 2; i++) {
        control_set_value(p, 1, CONTROL_COPY, 1, control_special(i));
        const uint32_t node =
            CONTROL_ADD_NODE(p, .kind = CONTROL_IF, .op = CONTROL_EQUAL, .from = 1,
                             .operand = control_special(2)); // as constant 0
        control_open(p, node);
        control_scramble(t, p, 2);
        control_close(p);
        control_open_other(p, node);
        control_scramble(t, p, 2);
        control_close(p);
    }
    control_open(p, control_loop(p, 0, control_special(3)));
    control_set_value(p, 1, CONTROL_SUBTRACT, control_counter(p, 0), control_number(2));
    control_set_value(p, 1, CONTROL_ADD, 1, control_special(0));
    control_open(p, control_switch(p, 1));
    for (uint32_t i = 0; i < 3; i++) {
        control_open_case(p, label + i - 1, false);
        control_scramble(t, p, 2);
        control_close(p);
    }
    control_close(p);
    control_scramble(t, p, 1);
    control_close(p);
}

// Values that go round in a ring, swap and stay behind: what copies in a wrong order lose.
static void rings(kt_test *t, control_program *p)
{
    const uint32_t ring = control_data(p) - 1; // of which the last keeps what the first was
    control_open(p, control_loop(p, 0, control_number(5)));
    control_open(p, control_loop(p, 1, control_number(7)));
    control_set_value(p, ring, CONTROL_COPY, 0, (control_operand){CONTROL_VARIABLE, 0});
    for (uint32_t v = 0; v + 1 < ring; v++)
        control_set_value(p, v, CONTROL_COPY, v, (control_operand){CONTROL_VARIABLE, v + 1});
    control_set_value(p, ring - 1, CONTROL_COPY, 0, (control_operand){CONTROL_VARIABLE, ring});
    control_open(p, control_any_if(t, p));
    control_set_value(p, ring, CONTROL_COPY, 0, (control_operand){CONTROL_VARIABLE, 1});
    control_set_value(p, 1, CONTROL_COPY, 0, (control_operand){CONTROL_VARIABLE, 2});
    control_set_value(p, 2, CONTROL_COPY, 0, (control_operand){CONTROL_VARIABLE, ring});
    control_simple(p, CONTROL_CONTINUE);
    control_close(p);
    control_open(p, control_any_if(t, p));
    control_simple(p, CONTROL_BREAK);
    control_close(p);
    control_scramble(t, p, 1);
    control_close(p);
    control_close(p);
}

const control_shape CONTROL_SHAPES[] = {
    {"exits.return", returns, 8, CONTROL_BY_POINTER, CONTROL_PRIVATE, false},
    {"exits.break", breaks, 8, CONTROL_BY_POINTER, CONTROL_PRIVATE, false},
    {"exits.continue", continues, 8, CONTROL_BY_STRUCT, CONTROL_PRIVATE, false},
    {"exits.leave", leaves, 8, CONTROL_BY_STRUCT, CONTROL_PRIVATE, false},
    {"exits.everywhere", both_return, 8, CONTROL_BY_STRUCT, CONTROL_PRIVATE, false},
    {"switch.sparse", sparse, 8, CONTROL_BY_POINTER, CONTROL_PRIVATE, false},
    {"switch.64-bit", sparse, 8, CONTROL_BY_STRUCT, CONTROL_PRIVATE, true},
    {"switch.without-default", without_default, 8, CONTROL_BY_STRUCT, CONTROL_PRIVATE, false},
    {"switch.falling-through", falling, 8, CONTROL_BY_STRUCT, CONTROL_PRIVATE, false},
    {"switch.default-first", default_first, 8, CONTROL_BY_POINTER, CONTROL_PRIVATE, false},
    {"switch.default-inside", default_inside, 8, CONTROL_BY_POINTER, CONTROL_PRIVATE, false},
    {"switch.default-falling-through", default_falling, 8, CONTROL_BY_STRUCT, CONTROL_PRIVATE,
     false},
    {"switch.1000-labels", thousand_labels, 8, CONTROL_BY_STRUCT, CONTROL_PRIVATE, false},
    {"switch.in-loops", in_loops, 8, CONTROL_BY_POINTER, CONTROL_PRIVATE, false},
    {"switch.in-switches", in_switches, 8, CONTROL_BY_STRUCT, CONTROL_PRIVATE, false},
    {"calls.50-deep.by-pointer", deep, 8, CONTROL_BY_POINTER, CONTROL_PRIVATE, false},
    {"calls.50-deep.by-struct", deep, 8, CONTROL_BY_STRUCT, CONTROL_PRIVATE, false},
    {"calls.50-deep.by-value", deep, 8, CONTROL_BY_VALUE, CONTROL_PRIVATE, false},
    {"calls.50-wide.by-pointer", wide, 8, CONTROL_BY_POINTER, CONTROL_PRIVATE, false},
    {"calls.50-wide.by-struct", wide, 8, CONTROL_BY_STRUCT, CONTROL_PRIVATE, false},
    {"calls.50-wide.by-value", wide, 8, CONTROL_BY_VALUE, CONTROL_PRIVATE, false},
    {"calls.36-parameters.by-pointer", tree, 36, CONTROL_BY_POINTER, CONTROL_PRIVATE, false},
    {"calls.36-parameters.by-struct", tree, 36, CONTROL_BY_STRUCT, CONTROL_PRIVATE, false},
    {"calls.36-parameters.by-value", tree, 36, CONTROL_BY_VALUE, CONTROL_PRIVATE, false},
    {"large.10000-in-a-row", straight, 8, CONTROL_BY_STRUCT, CONTROL_PRIVATE, false},
    {"large.10000-in-branches", branched, 8, CONTROL_BY_STRUCT, CONTROL_PRIVATE, false},
    {"arrays.private", subscripts, 8, CONTROL_BY_STRUCT, CONTROL_PRIVATE, false},
    {"arrays.workgroup", subscripts, 8, CONTROL_BY_POINTER, CONTROL_WORKGROUP, false},
    {"arrays.buffer", subscripts, 8, CONTROL_BY_STRUCT, CONTROL_BUFFER, false},
    {"arrays.nested", subscripts, 8, CONTROL_BY_POINTER, CONTROL_NESTED, false},
    {"arrays.specialized-length", subscripts, 8, CONTROL_BY_STRUCT, CONTROL_SPEC_LENGTH, false},
    {"arrays.64-bit-subscripts", subscripts, 8, CONTROL_BY_STRUCT, CONTROL_WIDE_INDEX, false},
    {"constants.branches", specialized, 8, CONTROL_BY_STRUCT, CONTROL_SPEC_LENGTH, false},
    {"rings.4", rings, 9, CONTROL_BY_STRUCT, CONTROL_PRIVATE, false},
    {"rings.30", rings, 35, CONTROL_BY_POINTER, CONTROL_PRIVATE, false},
};
const size_t CONTROL_SHAPE_COUNT = sizeof CONTROL_SHAPES / sizeof CONTROL_SHAPES[0];

void control_build(kt_test *t, const control_shape *shape, bool phis, control_program *program)
{
    *program = (control_program){
        .variables = shape->variables,
        .passing = shape->passing,
        .array = shape->array,
        .wide_selectors = shape->wide_selectors,
        .phis = phis,
    };
    program->constants[0] = program->constants[2] = kt_random_u32(t);
    program->constants[1] = ~program->constants[0];
    program->constants[3] = 5;
    control_function(program);
    shape->build(t, program);
}
