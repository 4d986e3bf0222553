// What a program does, as blocks that branch to each other.
#include <stdlib.h>
#include <string.h>

#include "control_flow/kernel_writer.h"

static control_join new_join(control_writer *w)
{
    return (control_join){.label = spirv_new_id(&w->m)};
}

// Notes that the open block branches to a join.
static void add_edge(control_writer *w, control_join *join)
{
    if (join->count == join->room) {
        const size_t room = 2 * join->room + 8;
        void *edges = realloc(join->edges, room * sizeof *join->edges);
        if (!edges) {
            w->m.failed = true;
            return;
        }
        join->edges = edges;
        join->room = room;
    }
    join->edges[join->count][0] = w->block;
    memcpy(join->edges[join->count] + 1, w->values, sizeof w->values);
    join->count++;
}

static void branch_to(control_writer *w, control_join *join)
{
    if (w->ended)
        return;
    add_edge(w, join);
    SPIRV_CODE(&w->m, SpvOpBranch, join->label);
    w->ended = true;
}

static void begin_block(control_writer *w, uint32_t label)
{
    SPIRV_CODE(&w->m, SpvOpLabel, label);
    w->block = label;
    w->ended = false;
}

// An OpPhi for each variable: its result is new, or as `results` say.
static void meet(control_writer *w, const control_join *join, const uint32_t *results)
{
    const uint32_t word = spirv_uint(&w->m);
    uint32_t *operands = malloc((2 * join->count + 2) * sizeof *operands);
    if (!operands) {
        w->m.failed = true;
        return;
    }
    for (uint32_t v = 0; v < w->program->variables; v++) {
        operands[0] = word;
        operands[1] = results ? results[v] : spirv_new_id(&w->m);
        for (size_t i = 0; i < join->count; i++) {
            operands[2 * i + 2] = join->edges[i][v + 1];
            operands[2 * i + 3] = join->edges[i][0];
        }
        spirv_emit(&w->m, &w->m.code, join->count ? SpvOpPhi : SpvOpUndef, 2 * join->count + 2,
                   operands);
        w->values[v] = operands[1];
    }
    free(operands);
}

// Goes on where all that branch to a join meet; nowhere if nothing does.
static void go_on_at(control_writer *w, control_join *join)
{
    begin_block(w, join->label);
    if (join->count == 0) {
        spirv_emit(&w->m, &w->m.code, SpvOpUnreachable, 0, NULL);
        w->ended = true;
    } else if (w->program->phis) {
        meet(w, join, NULL);
    }
    free(join->edges);
}

static void write_block(control_writer *w, uint32_t number);

static void write_if(control_writer *w, const control_node *node)
{
    spirv *m = &w->m;
    uint32_t before[CONTROL_VARIABLES];
    const uint32_t body = spirv_new_id(m), other = spirv_new_id(m);
    const uint32_t condition = control_compute(w, node->op, control_get(w, node->from),
                                               control_operand_id(w, &node->operand));
    control_join end = new_join(w);
    SPIRV_CODE(m, SpvOpSelectionMerge, end.label, SpvSelectionControlMaskNone);
    SPIRV_CODE(m, SpvOpBranchConditional, condition, body, other);
    memcpy(before, w->values, sizeof before);
    begin_block(w, body);
    write_block(w, node->body);
    branch_to(w, &end);
    memcpy(w->values, before, sizeof before);
    begin_block(w, other);
    write_block(w, node->other);
    branch_to(w, &end);
    go_on_at(w, &end);
}

// The block that goes on with a loop's next round: counts, and branches back to `header`, whose
// phis know what comes from here by the ids in `back`.
static void write_next_round(control_writer *w, const control_node *node, control_join *next,
                             uint32_t header, const uint32_t back[CONTROL_VARIABLES])
{
    spirv *m = &w->m;
    uint32_t results[CONTROL_VARIABLES];
    const uint32_t one = spirv_constant(m, 1);
    memcpy(results, back, sizeof results);
    begin_block(w, next->label);
    if (w->program->phis) {
        results[node->to] = spirv_new_id(m);
        meet(w, next, results);
        SPIRV_CODE(m, SpvOpIAdd, spirv_uint(m), back[node->to], w->values[node->to], one);
    } else {
        control_set(w, node->to, spirv_math(m, SpvOpIAdd, control_get(w, node->to), one));
    }
    SPIRV_CODE(m, SpvOpBranch, header);
    free(next->edges);
}

static void write_loop(control_writer *w, const control_node *node)
{
    spirv *m = &w->m;
    uint32_t back[CONTROL_VARIABLES];
    control_join *const outer[] = {w->loop_end, w->loop_next, w->switch_end};
    control_join header = new_join(w), end = new_join(w), next = new_join(w);
    const uint32_t test = spirv_new_id(m), body = spirv_new_id(m);
    control_set(w, node->to, spirv_constant(m, 0));
    branch_to(w, &header);
    for (uint32_t v = 0; v < CONTROL_VARIABLES; v++)
        back[v] = w->program->phis ? spirv_new_id(m) : w->values[v];
    w->block = next.label;
    memcpy(w->values, back, sizeof back);
    add_edge(w, &header);
    begin_block(w, header.label);
    if (w->program->phis)
        meet(w, &header, NULL);
    SPIRV_CODE(m, SpvOpLoopMerge, end.label, next.label, SpvLoopControlMaskNone);
    SPIRV_CODE(m, SpvOpBranch, test);
    begin_block(w, test);
    const uint32_t goes_on = control_compute(w, CONTROL_LESS, control_get(w, node->to),
                                             control_operand_id(w, &node->operand));
    add_edge(w, &end);
    SPIRV_CODE(m, SpvOpBranchConditional, goes_on, body, end.label);
    begin_block(w, body);
    w->loop_end = &end;
    w->loop_next = &next;
    w->switch_end = NULL;
    write_block(w, node->body);
    branch_to(w, &next);
    write_next_round(w, node, &next, header.label, back);
    w->loop_end = outer[0];
    w->loop_next = outer[1];
    w->switch_end = outer[2];
    go_on_at(w, &end);
    free(header.edges);
}

// OpSwitch itself, to the labels of its cases in their order.
static void write_targets(control_writer *w, const control_node *node, const control_join *cases,
                          uint32_t otherwise, uint32_t end)
{
    spirv *m = &w->m;
    const control_node *nodes = w->program->nodes;
    const bool is_wide = w->program->wide_selectors;
    uint32_t selector = control_get(w, node->from), count = 2;
    size_t most = 2;
    for (uint32_t i = node->body; i; i = nodes[i].next)
        most += 3;
    uint32_t *operands = malloc(most * sizeof *operands);
    if (!operands) {
        m->failed = true;
        return;
    }
    if (is_wide) { // control_wide()
        const uint32_t wide = SPIRV_DECLARE(m, SpvOpTypeInt, 64, 0);
        const uint32_t high =
            SPIRV_RESULT(m, SpvOpShiftLeftLogical, wide,
                         SPIRV_RESULT(m, SpvOpUConvert, wide, selector), spirv_constant(m, 32));
        const uint32_t low = spirv_math(m, SpvOpShiftRightLogical, selector, spirv_constant(m, 1));
        selector =
            SPIRV_RESULT(m, SpvOpBitwiseOr, wide, high, SPIRV_RESULT(m, SpvOpUConvert, wide, low));
    }
    operands[0] = selector;
    operands[1] = otherwise;
    for (uint32_t i = node->body, k = 0; i; i = nodes[i].next, k++) {
        if (nodes[i].is_default)
            continue;
        const uint64_t label = control_wide(nodes[i].operand.value);
        operands[count++] = is_wide ? (uint32_t)label : nodes[i].operand.value;
        if (is_wide)
            operands[count++] = (uint32_t)(label >> 32);
        operands[count++] = cases[k].label;
    }
    SPIRV_CODE(m, SpvOpSelectionMerge, end, SpvSelectionControlMaskNone);
    spirv_emit(m, &m->code, SpvOpSwitch, count, operands);
    free(operands);
}

static void write_switch(control_writer *w, const control_node *node)
{
    const control_node *nodes = w->program->nodes;
    control_join end = new_join(w), *const outer = w->switch_end;
    uint32_t count = 0, k = 0;
    bool has_default = false;
    for (uint32_t i = node->body; i; i = nodes[i].next)
        count++;
    control_join *cases = calloc(count, sizeof *cases);
    if (!cases) {
        w->m.failed = true;
        return;
    }
    uint32_t otherwise = end.label;
    for (uint32_t i = node->body; i; i = nodes[i].next, k++) {
        cases[k] = new_join(w);
        add_edge(w, &cases[k]); // from the switch itself
        has_default |= nodes[i].is_default;
        otherwise = nodes[i].is_default ? cases[k].label : otherwise;
    }
    if (!has_default)
        add_edge(w, &end);
    write_targets(w, node, cases, otherwise, end.label);
    w->switch_end = &end;
    k = 0;
    for (uint32_t i = node->body; i; i = nodes[i].next, k++) {
        go_on_at(w, &cases[k]);
        write_block(w, nodes[i].body);
        branch_to(w, nodes[i].falls_through ? &cases[k + 1] : &end);
    }
    w->switch_end = outer;
    free(cases);
    go_on_at(w, &end);
}

static void write_node(control_writer *w, const control_node *node)
{
    spirv *m = &w->m;
    switch (node->kind) {
    case CONTROL_SET:
        control_set(w, node->to,
                    control_compute(w, node->op, control_get(w, node->from),
                                    control_operand_id(w, &node->operand)));
        break;
    case CONTROL_IF:
        write_if(w, node);
        break;
    case CONTROL_LOOP:
        write_loop(w, node);
        break;
    case CONTROL_SWITCH:
        write_switch(w, node);
        break;
    case CONTROL_CALL:
        control_call(w, node->to);
        break;
    case CONTROL_LOAD:
        control_set(w, node->to,
                    SPIRV_RESULT(m, SpvOpLoad, spirv_uint(m),
                                 control_element(w, control_get(w, node->from))));
        break;
    case CONTROL_STORE: {
        const uint32_t element = control_element(w, control_get(w, node->to));
        SPIRV_CODE(m, SpvOpStore, element, control_get(w, node->from));
        break;
    }
    case CONTROL_BREAK:
        branch_to(w, w->loop_end);
        break;
    case CONTROL_CONTINUE:
        branch_to(w, w->loop_next);
        break;
    case CONTROL_LEAVE:
        branch_to(w, w->switch_end);
        break;
    default:
        control_return(w);
    }
}

static void write_block(control_writer *w, uint32_t number)
{
    for (; number && !w->ended; number = w->program->nodes[number].next)
        write_node(w, &w->program->nodes[number]);
}

// The kernel: fills variables and array, calls function 0, and writes the variables.
static void write_kernel(control_writer *w)
{
    spirv *m = &w->m;
    const uint32_t word = spirv_uint(m), count = w->program->variables;
    w->is_kernel = true;
    control_begin_function(w, 0);
    const uint32_t in = spirv_pointer(m, SpvStorageClassStorageBuffer, word);
    const uint32_t x = SPIRV_RESULT(m, SpvOpLoad, word,
                                    SPIRV_RESULT(m, SpvOpAccessChain, in, w->buffers[CONTROL_IN],
                                                 spirv_constant(m, 0), w->invocation));
    for (uint32_t v = 0; v < count; v++)
        control_set(
            w, v, spirv_math(m, SpvOpBitwiseXor, x, spirv_constant(m, control_first_value(0, v))));
    for (uint32_t i = 0; i < CONTROL_LENGTH; i++) {
        const uint32_t element = control_element(w, spirv_constant(m, i));
        SPIRV_CODE(m, SpvOpStore, element,
                   spirv_math(m, SpvOpIAdd, x, spirv_constant(m, control_first_element(0, i))));
    }
    control_call(w, 0);
    const uint32_t row = spirv_math(m, SpvOpIMul, w->invocation, spirv_constant(m, count));
    for (uint32_t v = 0; v < count; v++) {
        const uint32_t at = spirv_math(m, SpvOpIAdd, row, spirv_constant(m, v));
        const uint32_t to = SPIRV_RESULT(m, SpvOpAccessChain, in, w->buffers[CONTROL_OUT],
                                         spirv_constant(m, 0), at);
        SPIRV_CODE(m, SpvOpStore, to, control_get(w, v));
    }
    control_return(w);
    spirv_emit(m, &m->code, SpvOpFunctionEnd, 0, NULL);
}

uint32_t *control_kernel(const control_program *program, size_t *word_count)
{
    control_writer *w = calloc(1, sizeof *w);
    *word_count = 0;
    if (!w)
        return NULL;
    w->program = program;
    control_declare(w);
    for (uint32_t f = 0; f < program->function_count; f++) {
        control_begin_function(w, f);
        write_block(w, program->functions[f]);
        if (!w->ended)
            control_return(w);
        spirv_emit(&w->m, &w->m.code, SpvOpFunctionEnd, 0, NULL);
    }
    write_kernel(w);
    const size_t room = spirv_word_count(&w->m);
    uint32_t *words = program->failed ? NULL : malloc(room * sizeof *words);
    *word_count = spirv_finish(&w->m, 0x00010300, words, words ? room : 0);
    free(w);
    if (*word_count)
        return words;
    free(words);
    return NULL;
}
