#include "control_flow/program.h"

#include <stdlib.h>
#include <string.h>

void control_finish(control_program *program)
{
    free(program->nodes);
    memset(program, 0, sizeof *program);
}

void control_function(control_program *program)
{
    program->function_count++;
    program->depth = 1;
    program->blocks[0] = (control_block){0};
}

// The number of a new node.
static uint32_t new_node(control_program *program, const control_node *node)
{
    if (program->count + 2 > program->room) {
        const size_t room = 2 * program->room + 64;
        control_node *nodes = realloc(program->nodes, room * sizeof *nodes);
        if (!nodes) {
            program->failed = true;
            return 0;
        }
        program->nodes = nodes;
        program->room = room;
    }
    if (program->count == 0)
        program->nodes[program->count++] = (control_node){0};
    program->nodes[program->count] = *node;
    return (uint32_t)program->count++;
}

uint32_t control_add(control_program *program, const control_node *node)
{
    const uint32_t number = new_node(program, node);
    control_block *block = &program->blocks[program->depth - 1];
    if (!number)
        return 0;
    if (block->last)
        program->nodes[block->last].next = number;
    else if (!block->parent)
        program->functions[program->function_count - 1] = number;
    else if (block->is_other)
        program->nodes[block->parent].other = number;
    else
        program->nodes[block->parent].body = number;
    block->last = number;
    return number;
}

static void open_block(control_program *program, uint32_t node, bool is_other)
{
    if (program->depth < CONTROL_DEPTH)
        program->blocks[program->depth++] = (control_block){.parent = node, .is_other = is_other};
    else
        program->failed = true;
}

void control_open(control_program *program, uint32_t node)
{
    open_block(program, node, false);
}

void control_open_other(control_program *program, uint32_t node)
{
    open_block(program, node, true);
}

void control_close(control_program *program)
{
    program->depth--;
}

uint64_t control_wide(uint32_t selector)
{
    return (uint64_t)selector << 32 | (selector >> 1);
}

uint32_t control_first_value(uint32_t x, uint32_t variable)
{
    return x ^ variable * UINT32_C(0x9e3779b1);
}

uint32_t control_first_element(uint32_t x, uint32_t index)
{
    return x + index * UINT32_C(0x85ebca77);
}

// Where a block goes on when it ends.
typedef enum control_exit { NEXT, BREAK, CONTINUE, LEAVE, RETURN } control_exit;

typedef struct machine {
    const control_program *program;
    uint32_t array[CONTROL_LENGTH];
} machine;

static uint32_t operand_value(const machine *m, const control_operand *operand, const uint32_t *v)
{
    switch (operand->source) {
    case CONTROL_VARIABLE:
        return v[operand->value];
    case CONTROL_SPECIALIZED:
        return m->program->constants[operand->value];
    default:
        return operand->value;
    }
}

static uint32_t compute(control_op op, uint32_t a, uint32_t b)
{
    switch (op) {
    case CONTROL_ADD:
        return a + b;
    case CONTROL_SUBTRACT:
        return a - b;
    case CONTROL_MULTIPLY:
        return a * b;
    case CONTROL_XOR:
        return a ^ b;
    case CONTROL_AND:
        return a & b;
    case CONTROL_OR:
        return a | b;
    case CONTROL_SHIFT_LEFT:
        return a << (b & 31);
    case CONTROL_SHIFT_RIGHT:
        return a >> (b & 31);
    case CONTROL_DIVIDE:
        return a / (b | 1);
    case CONTROL_MODULO:
        return a % (b | 1);
    case CONTROL_EQUAL:
        return a == b;
    case CONTROL_LESS:
        return a < b;
    case CONTROL_LESS_SIGNED:
        return (a ^ UINT32_C(0x80000000)) < (b ^ UINT32_C(0x80000000));
    case CONTROL_AT_LEAST:
        return a >= b;
    default:
        return b;
    }
}

static control_exit run_block(machine *m, uint32_t number, uint32_t *v);

static control_exit run_loop(machine *m, const control_node *loop, uint32_t *v)
{
    for (v[loop->to] = 0; v[loop->to] < operand_value(m, &loop->operand, v); v[loop->to]++) {
        const control_exit how = run_block(m, loop->body, v);
        if (how == BREAK)
            break;
        if (how == RETURN)
            return RETURN;
    }
    return NEXT;
}

static control_exit run_switch(machine *m, const control_node *node, uint32_t *v)
{
    const control_node *nodes = m->program->nodes, *chosen = NULL;
    for (uint32_t i = node->body; i; i = nodes[i].next) {
        if (nodes[i].is_default ? !chosen : nodes[i].operand.value == v[node->from])
            chosen = &nodes[i];
    }
    for (; chosen; chosen = chosen->falls_through ? &nodes[chosen->next] : NULL) {
        const control_exit how = run_block(m, chosen->body, v);
        if (how != NEXT)
            return how == LEAVE ? NEXT : how;
    }
    return NEXT;
}

static void run_call(machine *m, uint32_t function, uint32_t *v)
{
    uint32_t own[CONTROL_VARIABLES];
    const uint32_t bytes = m->program->variables * (uint32_t)sizeof *v;
    memcpy(own, v, bytes);
    run_block(m, m->program->functions[function], own);
    if (m->program->passing == CONTROL_BY_VALUE)
        v[0] = own[0];
    else
        memcpy(v, own, bytes);
}

static control_exit run_node(machine *m, const control_node *node, uint32_t *v)
{
    switch (node->kind) {
    case CONTROL_SET:
        v[node->to] = compute(node->op, v[node->from], operand_value(m, &node->operand, v));
        return NEXT;
    case CONTROL_IF:
        return run_block(m,
                         compute(node->op, v[node->from], operand_value(m, &node->operand, v))
                             ? node->body
                             : node->other,
                         v);
    case CONTROL_LOOP:
        return run_loop(m, node, v);
    case CONTROL_SWITCH:
        return run_switch(m, node, v);
    case CONTROL_CALL:
        run_call(m, node->to, v);
        return NEXT;
    case CONTROL_LOAD:
        v[node->to] = m->array[v[node->from] % CONTROL_LENGTH];
        return NEXT;
    case CONTROL_STORE:
        m->array[v[node->to] % CONTROL_LENGTH] = v[node->from];
        return NEXT;
    case CONTROL_BREAK:
        return BREAK;
    case CONTROL_CONTINUE:
        return CONTINUE;
    case CONTROL_LEAVE:
        return LEAVE;
    default:
        return RETURN;
    }
}

static control_exit run_block(machine *m, uint32_t number, uint32_t *v)
{
    control_exit how = NEXT;
    for (; number && how == NEXT; number = m->program->nodes[number].next)
        how = run_node(m, &m->program->nodes[number], v);
    return how;
}

void control_run(const control_program *program, uint32_t x, uint32_t *variables)
{
    machine m = {.program = program};
    for (uint32_t i = 0; i < CONTROL_LENGTH; i++)
        m.array[i] = control_first_element(x, i);
    for (uint32_t i = 0; i < program->variables; i++)
        variables[i] = control_first_value(x, i);
    run_call(&m, 0, variables);
}
