#include "metamorphic/flow.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

static SpvOp op_at(const module *m, size_t place)
{
    return grammar_op(m->code.at[place]);
}

size_t flow_function(const module *m, size_t place)
{
    while (op_at(m, place) != SpvOpFunction)
        place--;
    return place;
}

size_t flow_function_end(const module *m, size_t place)
{
    while (op_at(m, place) != SpvOpFunctionEnd)
        place++;
    return place;
}

size_t flow_entry(const module *m, size_t place)
{
    place = flow_function(m, place);
    while (op_at(m, place) != SpvOpLabel)
        place++;
    return place;
}

size_t flow_begin(const module *m, size_t place)
{
    do
        place--;
    while (op_at(m, place) != SpvOpLabel);
    return place;
}

size_t flow_end(const module *m, size_t place)
{
    while (!grammar_ends_block(op_at(m, place)))
        place++;
    return place;
}

uint32_t flow_label(const module *m, size_t place)
{
    return m->code.at[flow_begin(m, place)][1];
}

static bool is_merge(SpvOp op)
{
    return op == SpvOpLoopMerge || op == SpvOpSelectionMerge;
}

size_t flow_tail(const module *m, size_t place)
{
    const size_t end = flow_end(m, place);
    return is_merge(op_at(m, end - 1)) ? end - 1 : end;
}

bool flow_is_inside(const module *m, const uint32_t *instruction)
{
    const SpvOp op = grammar_op(instruction);
    (void)m;
    return !grammar_opens_block(op) && !grammar_ends_block(op) && !is_merge(op) &&
           op != SpvOpFunction && op != SpvOpFunctionParameter && op != SpvOpFunctionEnd;
}

bool flow_can_split(const module *m, size_t place)
{
    // A loop's header is where its rounds begin: its parts would be two.
    const size_t tail = flow_tail(m, place);
    return op_at(m, tail) != SpvOpLoopMerge && !grammar_opens_block(op_at(m, place)) &&
           place <= tail;
}

uint32_t flow_split(module *m, size_t place)
{
    const uint32_t first = flow_label(m, place), second = module_new_id(m);
    MODULE_PUT(m, &place, SpvOpLabel, second);
    const size_t end = flow_function_end(m, place);
    for (size_t i = flow_function(m, place); i < end; i++) {
        uint32_t *phi = m->code.at[i];
        if (grammar_op(phi) != SpvOpPhi)
            continue;
        for (uint32_t at = 4; at < grammar_length(phi); at += 2)
            if (phi[at] == first)
                phi[at] = second;
    }
    return second;
}

void flow_successors(uint32_t *end, void (*visit)(void *user, uint32_t *label), void *user)
{
    switch (grammar_op(end)) {
    case SpvOpBranch:
        visit(user, &end[1]);
        break;
    case SpvOpBranchConditional:
        visit(user, &end[2]);
        visit(user, &end[3]);
        break;
    case SpvOpSwitch:
        for (uint32_t at = 2; at < grammar_length(end); at += 2)
            visit(user, &end[at]);
        break;
    default:
        break;
    }
}

size_t flow_find(const flow *f, uint32_t label)
{
    size_t block = 0;
    while (block < f->count && f->blocks[block].label != label)
        block++;
    return block;
}

bool flow_dominates(const flow *f, size_t dominator, size_t block)
{
    return f->blocks[block].dominators[dominator / 64] >> dominator % 64 & 1;
}

// A block whose dominators its successors are told.
typedef struct spread {
    flow *f;
    size_t from;
    bool changed;
} spread;

// What dominates a block dominates all from which it is reached.
static void spread_to(void *user, uint32_t *label)
{
    spread *s = user;
    const size_t to = flow_find(s->f, *label);
    flow_block *block = &s->f->blocks[to];
    s->changed |= !block->reachable;
    block->reachable = true;
    for (size_t w = 0; w < FLOW_WORDS; w++) {
        uint64_t common = block->dominators[w] & s->f->blocks[s->from].dominators[w];
        if (w == to / 64)
            common |= UINT64_C(1) << to % 64;
        s->changed |= common != block->dominators[w];
        block->dominators[w] = common;
    }
}

static void find_dominators(const module *m, flow *f)
{
    for (size_t i = 0; i < f->count; i++)
        memset(f->blocks[i].dominators, i ? 0xff : 0, sizeof f->blocks[i].dominators);
    f->blocks[0].dominators[0] = 1;
    f->blocks[0].reachable = true;
    spread s = {.f = f, .changed = true};
    while (s.changed) {
        s.changed = false;
        for (s.from = 0; s.from < f->count; s.from++)
            if (f->blocks[s.from].reachable)
                flow_successors(m->code.at[f->blocks[s.from].end - 1], spread_to, &s);
    }
}

flow flow_init(const module *m, size_t place)
{
    flow f = {0};
    const size_t end = flow_function_end(m, place);
    for (size_t i = flow_entry(m, place); i < end; i = f.blocks[f.count - 1].end) {
        if (f.count == FLOW_BLOCKS) {
            flow_finish(&f);
            return f;
        }
        f.blocks = kt_memory_append(f.blocks, f.count, sizeof *f.blocks);
        f.blocks[f.count++] =
            (flow_block){.label = m->code.at[i][1], .begin = i, .end = flow_end(m, i) + 1};
    }
    if (f.count)
        find_dominators(m, &f);
    return f;
}

void flow_finish(flow *f)
{
    free(f->blocks);
    *f = (flow){0};
}
