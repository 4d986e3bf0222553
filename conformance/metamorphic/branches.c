// Rewrites of branches: ones never taken, others in place of them, and the order of blocks.
#include "metamorphic/flow.h"
#include "metamorphic/rewrites.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

// A pointer to a word that a block has stored through before a place; 0: none.
static uint32_t pointer_before(const module *m, size_t place)
{
    const size_t begin = flow_begin(m, place);
    while (--place > begin) {
        const uint32_t *instruction = m->code.at[place];
        if (grammar_op(instruction) == SpvOpStore &&
            module_is_word(m, module_type_of(m, instruction[2])))
            return instruction[1];
    }
    return 0;
}

// Whether a block belongs to what a loop does between its rounds: out of that no way may lead but
// to the next round.
static bool is_between_rounds(const module *m, size_t place)
{
    flow f = flow_init(m, place);
    const size_t block = flow_find(&f, flow_label(m, place));
    bool is = !f.count;
    for (size_t i = 0; i < f.count; i++) {
        const uint32_t *tail = m->code.at[flow_tail(m, f.blocks[i].begin)];
        is |=
            grammar_op(tail) == SpvOpLoopMerge && flow_dominates(&f, flow_find(&f, tail[2]), block);
    }
    flow_finish(&f);
    return is;
}

// Code that would do harm if it ran, as the whole of a block; without an end, nothing is behind it.
static void put_harm(module *m, size_t *place, uint32_t pointer, uint32_t end)
{
    if (pointer) {
        const uint32_t pointed = module_definition(m, module_type_of(m, pointer))[3];
        MODULE_PUT(m, place, SpvOpStore, pointer, module_constant(m, pointed, 0xbad0bad0));
    }
    if (end)
        MODULE_PUT(m, place, SpvOpBranch, end);
    else
        module_put(m, place, SpvOpUnreachable, 0, NULL);
}

bool rewrite_dead_branches_added(module *m)
{
    const rewrite_sites sites = rewrite_choose(m, flow_is_inside);
    bool changed = false;
    for (size_t i = 0; i < sites.count; i++) {
        size_t place = module_place(m, sites.at[i]);
        if (!flow_can_split(m, place))
            continue;
        const bool is = module_random_below(m, 2);
        const bool ends = module_random_below(m, 4) == 0 && !is_between_rounds(m, place);
        const uint32_t pointer = pointer_before(m, place);
        const uint32_t condition = module_unknown_condition(m, &place, is);
        const uint32_t dead = module_new_id(m), end = flow_split(m, place);
        MODULE_PUT(m, &place, SpvOpSelectionMerge, end, SpvSelectionControlMaskNone);
        MODULE_PUT(m, &place, SpvOpBranchConditional, condition, is ? end : dead, is ? dead : end);
        MODULE_PUT(m, &place, SpvOpLabel, dead);
        put_harm(m, &place, pointer, ends ? 0 : end);
        changed = true;
    }
    return changed;
}

static bool is_conditional(const module *m, const uint32_t *instruction)
{
    (void)m;
    return grammar_op(instruction) == SpvOpBranchConditional && grammar_length(instruction) == 4;
}

bool rewrite_branches_inverted(module *m)
{
    const rewrite_sites sites = rewrite_choose(m, is_conditional);
    for (size_t i = 0; i < sites.count; i++) {
        uint32_t *words = sites.at[i], kept = words[2];
        size_t place = flow_tail(m, module_place(m, words));
        words[1] = MODULE_RESULT(m, &place, SpvOpLogicalNot, module_bool(m), words[1]);
        words[2] = words[3];
        words[3] = kept;
    }
    return sites.count > 0;
}

// Whether a label is where a loop of the function ends, or goes on.
static bool leaves_round(const module *m, size_t place, uint32_t label)
{
    const size_t end = flow_function_end(m, place);
    for (size_t i = flow_function(m, place); i < end; i++) {
        const uint32_t *words = m->code.at[i];
        if (grammar_op(words) == SpvOpLoopMerge && (words[1] == label || words[2] == label))
            return true;
    }
    return false;
}

static bool has_switch(const module *m, size_t place)
{
    const size_t end = flow_function_end(m, place);
    for (size_t i = flow_function(m, place); i < end; i++)
        if (grammar_op(m->code.at[i]) == SpvOpSwitch)
            return true;
    return false;
}

// Whether a branch can be a switch: what it leads to must be its own, as cases are. And out of
// switches inner branches may lead, which out of new ones they may not: no other may be around.
static bool is_plain_if(const module *m, const uint32_t *instruction)
{
    if (!is_conditional(m, instruction) || instruction[2] == instruction[3])
        return false;
    const size_t place = module_place(m, instruction);
    return grammar_op(m->code.at[place - 1]) == SpvOpSelectionMerge && !has_switch(m, place) &&
           !leaves_round(m, place, instruction[2]) && !leaves_round(m, place, instruction[3]);
}

bool rewrite_ifs_to_switches(module *m)
{
    const rewrite_sites sites = rewrite_choose(m, is_plain_if);
    for (size_t i = 0; i < sites.count; i++) {
        const uint32_t *words = sites.at[i];
        const uint32_t condition = words[1], yes = words[2], no = words[3], word = module_uint(m);
        size_t place = module_place(m, words) - 1; // of the merge
        const uint32_t one = module_constant(m, word, 1), zero = module_constant(m, word, 0);
        const uint32_t selector = MODULE_RESULT(m, &place, SpvOpSelect, word, condition, one, zero);
        module_remove(m, &m->code, ++place);
        if (module_random_below(m, 2))
            MODULE_PUT(m, &place, SpvOpSwitch, selector, no, 1, yes);
        else
            MODULE_PUT(m, &place, SpvOpSwitch, selector, yes, 0, no, 77, no);
    }
    return sites.count > 0;
}

static void split_some(module *m)
{
    const rewrite_sites sites = rewrite_choose(m, flow_is_inside);
    for (size_t i = 0; i < sites.count; i++) {
        size_t place = module_place(m, sites.at[i]);
        if (!flow_can_split(m, place))
            continue;
        const uint32_t label = flow_split(m, place);
        MODULE_PUT(m, &place, SpvOpBranch, label);
    }
}

// Whether all blocks that must stand before a block have been put.
static bool is_ready(const flow *f, size_t block, const bool *put)
{
    if (put[block])
        return false;
    for (size_t i = 0; i < f->count; i++)
        if (i != block && !put[i] && flow_dominates(f, i, block) && f->blocks[block].reachable)
            return false;
    return true;
}

// Puts a function's blocks in another order, in which each still stands behind its dominators.
static void reorder(module *m, const flow *f)
{
    const size_t begin = f->blocks[0].begin;
    const size_t count = f->blocks[f->count - 1].end - begin;
    uint32_t **order = kt_memory(count, sizeof *order);
    bool *put = kt_memory(f->count, sizeof *put);
    size_t next = 0;
    for (size_t n = 0; n < f->count; n++) {
        size_t chosen = 0; // the first block stays the first
        uint32_t ready = 0;
        for (size_t i = 0; n && i < f->count; i++)
            if (is_ready(f, i, put) && module_random_below(m, ++ready) == 0)
                chosen = i;
        const flow_block *block = &f->blocks[chosen];
        memcpy(order + next, m->code.at + block->begin,
               (block->end - block->begin) * sizeof *order);
        next += block->end - block->begin;
        put[chosen] = true;
    }
    memcpy(m->code.at + begin, order, count * sizeof *order);
    free(order);
    free(put);
}

bool rewrite_blocks_reordered(module *m)
{
    bool changed = false;
    split_some(m);
    for (size_t i = 0; i < m->code.count; i = flow_function_end(m, i) + 1) {
        flow f = flow_init(m, i);
        if (f.count > 1) {
            reorder(m, &f);
            changed = true;
        }
        flow_finish(&f);
    }
    return changed;
}
