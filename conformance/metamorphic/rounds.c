// Rewrites with loops: new ones of one round, and conditions before those that are there.
#include "metamorphic/flow.h"
#include "metamorphic/rewrites.h"

// What follows in a block becomes the one round of a loop. mc-imperial/shader-compiler-bugs#73:
// with such loops a kernel never ended.
static void put_loop(module *m, size_t place)
{
    const uint32_t begin = module_new_id(m), body = module_new_id(m), next = module_new_id(m);
    size_t tail = flow_tail(m, place);
    const uint32_t end = flow_split(m, tail), way = module_random_below(m, 3);
    if (way == 0) { // it is left in the middle
        MODULE_PUT(m, &tail, SpvOpBranch, end);
        MODULE_PUT(m, &tail, SpvOpLabel, next);
        MODULE_PUT(m, &tail, SpvOpBranch, begin);
    } else {
        MODULE_PUT(m, &tail, SpvOpBranch, next);
        MODULE_PUT(m, &tail, SpvOpLabel, next);
        const uint32_t again = way == 1 ? module_unknown_condition(m, &tail, false)
                                        : MODULE_DECLARE(m, SpvOpConstantFalse, module_bool(m));
        MODULE_PUT(m, &tail, SpvOpBranchConditional, again, begin, end);
    }
    MODULE_PUT(m, &place, SpvOpBranch, begin);
    MODULE_PUT(m, &place, SpvOpLabel, begin);
    MODULE_PUT(m, &place, SpvOpLoopMerge, end, next, SpvLoopControlMaskNone);
    MODULE_PUT(m, &place, SpvOpBranch, body);
    MODULE_PUT(m, &place, SpvOpLabel, body);
}

bool rewrite_loops_of_one_round_added(module *m)
{
    const rewrite_sites sites = rewrite_choose(m, flow_is_inside);
    bool changed = false;
    for (size_t i = 0; i < sites.count; i++) {
        const size_t place = module_place(m, sites.at[i]);
        if (!flow_can_split(m, place))
            continue;
        put_loop(m, place);
        changed = true;
    }
    return changed;
}

// The blocks of a loop: those that its header dominates, and what is behind it does not.
typedef struct loop {
    flow blocks; // of the function
    size_t header, end;
} loop;

static bool is_in(const loop *l, size_t block)
{
    return flow_dominates(&l->blocks, l->header, block) &&
           !flow_dominates(&l->blocks, l->end, block);
}

static bool uses(const uint32_t *instruction, uint32_t id)
{
    for (uint32_t at = 1; at < grammar_length(instruction); at++)
        if (instruction[at] == id && grammar_is_id(instruction, at))
            return true;
    return false;
}

static bool is_used_outside(const module *m, const loop *l, uint32_t id)
{
    for (size_t block = 0; block < l->blocks.count; block++)
        for (size_t i = l->blocks.blocks[block].begin;
             !is_in(l, block) && i < l->blocks.blocks[block].end; i++)
            if (uses(m->code.at[i], id))
                return true;
    return false;
}

// Whether nothing that the loop defines is used behind it: it would not be defined without it.
static bool keeps_to_itself(const module *m, const loop *l)
{
    for (size_t block = 0; block < l->blocks.count; block++)
        for (size_t i = l->blocks.blocks[block].begin + 1;
             is_in(l, block) && i < l->blocks.blocks[block].end; i++) {
            const uint32_t at = grammar_result_at(m->code.at[i]);
            if (at && is_used_outside(m, l, m->code.at[i][at]))
                return false;
        }
    return true;
}

// The place of the branch by which alone the loop is entered; 0: it is entered in another way.
static size_t entrance_of(const module *m, const loop *l)
{
    size_t entrance = 0, count = 0;
    for (size_t block = 0; block < l->blocks.count; block++) {
        const size_t end = l->blocks.blocks[block].end - 1;
        const uint32_t header = l->blocks.blocks[l->header].label;
        if (is_in(l, block) || !uses(m->code.at[end], header))
            continue;
        entrance = end;
        count++;
    }
    const bool is_plain = count == 1 && grammar_op(m->code.at[entrance]) == SpvOpBranch &&
                          flow_tail(m, entrance) == entrance;
    return is_plain ? entrance : 0;
}

// Before its first round the loop asks whether it may.
static bool put_guard(module *m, const loop *l)
{
    const flow_block *end = &l->blocks.blocks[l->end];
    size_t entrance = entrance_of(m, l), behind = end->begin + 1;
    if (!entrance || !end->reachable || behind < entrance || !flow_can_split(m, behind) ||
        !keeps_to_itself(m, l))
        return false;
    const uint32_t last = flow_split(m, behind);
    MODULE_PUT(m, &behind, SpvOpBranch, last);
    const uint32_t condition = module_unknown_condition(m, &entrance, true);
    const uint32_t header = m->code.at[entrance][1];
    module_remove(m, &m->code, entrance);
    MODULE_PUT(m, &entrance, SpvOpSelectionMerge, last, SpvSelectionControlMaskNone);
    MODULE_PUT(m, &entrance, SpvOpBranchConditional, condition, header, last);
    return true;
}

static bool is_loop(const module *m, const uint32_t *instruction)
{
    (void)m;
    return grammar_op(instruction) == SpvOpLoopMerge;
}

bool rewrite_loops_guarded(module *m)
{
    const rewrite_sites sites = rewrite_choose(m, is_loop);
    bool changed = false;
    for (size_t i = 0; i < sites.count; i++) {
        const size_t place = module_place(m, sites.at[i]);
        loop l = {.blocks = flow_init(m, place)};
        l.header = flow_find(&l.blocks, flow_label(m, place));
        l.end = flow_find(&l.blocks, sites.at[i][1]);
        if (l.blocks.count)
            changed |= put_guard(m, &l);
        flow_finish(&l.blocks);
    }
    return changed;
}
