// Switches become chains of ifs.
#include "metamorphic/flow.h"
#include "metamorphic/rewrites.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

// A switch, and the way to its end from each of the blocks that it leads to.
typedef struct choice {
    flow blocks;
    size_t place;    // of OpSwitch
    uint32_t *words; // of OpSwitch, a copy
    uint32_t count;  // of literals
    uint32_t end;    // label
    size_t header;   // block
} choice;

static uint32_t target(const choice *c, uint32_t i)
{
    return c->words[4 + 2 * i];
}

// Whether a label is one that the switch leads to, other than its end.
static bool is_case(const choice *c, uint32_t label)
{
    bool is = label == c->words[2];
    for (uint32_t i = 0; i < c->count; i++)
        is |= label == target(c, i);
    return is && label != c->end;
}

// Looks for a branch out of one case into another.
typedef struct fall {
    const choice *c;
    bool falls;
} fall;

static void look(void *user, uint32_t *label)
{
    fall *f = user;
    f->falls |= is_case(f->c, *label);
}

static bool falls_through(const module *m, const choice *c)
{
    fall f = {.c = c};
    for (size_t i = 0; i < c->blocks.count; i++)
        if (i != c->header)
            flow_successors(m->code.at[c->blocks.blocks[i].end - 1], look, &f);
    return f.falls;
}

// Whether its end is without phis: the ways to it would have to be kept apart.
static bool has_simple_end(const module *m, const choice *c)
{
    const size_t end = flow_find(&c->blocks, c->end);
    return end < c->blocks.count &&
           grammar_op(m->code.at[c->blocks.blocks[end].begin + 1]) != SpvOpPhi;
}

// What leads to the end of the switch leads to another end.
typedef struct redirection {
    uint32_t from, to;
} redirection;

static void redirect(void *user, uint32_t *label)
{
    const redirection *r = user;
    if (*label == r->from)
        *label = r->to;
}

// The end of a case, and of all that lies inside of it, is another one.
static void end_case_at(module *m, const choice *c, uint32_t label, uint32_t end)
{
    redirection r = {c->end, end};
    const size_t head = flow_find(&c->blocks, label), last = flow_find(&c->blocks, c->end);
    for (size_t i = 0; i < c->blocks.count; i++) {
        const flow_block *block = &c->blocks.blocks[i];
        if (flow_dominates(&c->blocks, head, i) && !flow_dominates(&c->blocks, last, i) &&
            block->reachable)
            flow_successors(m->code.at[block->end - 1], redirect, &r);
    }
}

// Whether the selector is one of the literals that lead to a label.
static uint32_t put_test(module *m, size_t *place, const choice *c, uint32_t label)
{
    uint32_t is = 0;
    const uint32_t type = module_type_of(m, c->words[1]), truth = module_bool(m);
    for (uint32_t i = 0; i < c->count; i++) {
        if (target(c, i) != label)
            continue;
        const uint32_t equal = MODULE_RESULT(m, place, SpvOpIEqual, truth, c->words[1],
                                             module_constant(m, type, c->words[3 + 2 * i]));
        is = is ? MODULE_RESULT(m, place, SpvOpLogicalOr, truth, is, equal) : equal;
    }
    return is;
}

static bool is_first(const choice *c, uint32_t i)
{
    for (uint32_t k = 0; k < i; k++)
        if (target(c, k) == target(c, i))
            return false;
    return target(c, i) != c->words[2];
}

// Writes the ifs, each in the other way of the one before, and behind them their ends, each of
// which leads to the one outside of it.
static void put_ifs(module *m, const choice *c, const uint32_t *ends)
{
    size_t place = c->place - 1;
    uint32_t depth = 0;
    module_remove(m, &m->code, place); // the merge
    module_remove(m, &m->code, place); // the switch
    for (uint32_t i = 0; i < c->count; i++) {
        if (!is_first(c, i))
            continue;
        const uint32_t end = ends[depth++], next = module_new_id(m);
        const uint32_t to = target(c, i) == c->end ? end : target(c, i);
        const uint32_t is = put_test(m, &place, c, target(c, i));
        MODULE_PUT(m, &place, SpvOpSelectionMerge, end, SpvSelectionControlMaskNone);
        MODULE_PUT(m, &place, SpvOpBranchConditional, is, to, next);
        MODULE_PUT(m, &place, SpvOpLabel, next);
    }
    MODULE_PUT(m, &place, SpvOpBranch, c->words[2] == c->end ? ends[depth - 1] : c->words[2]);
    for (uint32_t i = depth; i-- > 1;) {
        MODULE_PUT(m, &place, SpvOpLabel, ends[i]);
        MODULE_PUT(m, &place, SpvOpBranch, ends[i - 1]);
    }
}

static bool replace_switch(module *m, const choice *c)
{
    uint32_t *ends = kt_memory(c->count + 1, sizeof *ends), depth = 0;
    for (uint32_t i = 0; i < c->count; i++) {
        if (!is_first(c, i))
            continue;
        ends[depth] = depth ? module_new_id(m) : c->end;
        if (target(c, i) != c->end)
            end_case_at(m, c, target(c, i), ends[depth]);
        depth++;
    }
    if (depth && c->words[2] != c->end)
        end_case_at(m, c, c->words[2], ends[depth - 1]);
    if (depth)
        put_ifs(m, c, ends);
    free(ends);
    return depth > 0;
}

static bool is_switch(const module *m, const uint32_t *instruction)
{
    return grammar_op(instruction) == SpvOpSwitch &&
           module_is_word(m, module_type_of(m, instruction[1]));
}

bool rewrite_switches_to_ifs(module *m)
{
    const rewrite_sites sites = rewrite_choose(m, is_switch);
    bool changed = false;
    for (size_t i = 0; i < sites.count; i++) {
        const uint32_t length = grammar_length(sites.at[i]);
        choice c = {.place = module_place(m, sites.at[i]), .count = (length - 3) / 2};
        c.blocks = flow_init(m, c.place);
        c.words = kt_memory(length, sizeof *c.words);
        memcpy(c.words, sites.at[i], length * sizeof *c.words);
        c.end = m->code.at[c.place - 1][1];
        c.header = flow_find(&c.blocks, flow_label(m, c.place));
        if (c.blocks.count && has_simple_end(m, &c) && !falls_through(m, &c))
            changed |= replace_switch(m, &c);
        free(c.words);
        flow_finish(&c.blocks);
    }
    return changed;
}
