#include "subgroups/paths.h"

#include <stdlib.h>

// The kernel while it is written. Rounds and the number of the next visit are variables: of which
// loop they are in what round, compilers have to find out.
typedef struct paths_writer {
    subgroup_writer w;
    const paths_program *program;
    uint32_t words[PATHS_WORDS];  // ids of what conditions look at
    uint32_t rounds[PATHS_LOOPS]; // variables
    uint32_t visits;              // variable
    uint32_t value;               // what the invocation adds to sums
} paths_writer;

// Where branches of a block lead.
typedef struct targets {
    uint32_t leave, next_round; // of the innermost loop
} targets;

static uint32_t load(spirv *m, uint32_t variable)
{
    return SPIRV_RESULT(m, SpvOpLoad, spirv_uint(m), variable);
}

static uint32_t plus(spirv *m, uint32_t a, uint32_t b)
{
    return spirv_math(m, SpvOpIAdd, a, spirv_constant(m, b));
}

static uint32_t write_bits(paths_writer *p, const paths_statement *s, uint32_t mask)
{
    spirv *m = &p->w.m;
    uint32_t shift = spirv_constant(m, s->condition.bit);
    if (s->condition.by_round) {
        const uint32_t moved =
            spirv_math(m, SpvOpIMul, load(m, p->rounds[s->loops - 1]), spirv_constant(m, 5));
        shift =
            spirv_math(m, SpvOpBitwiseAnd, plus(m, moved, s->condition.bit), spirv_constant(m, 31));
    }
    const uint32_t shifted =
        spirv_math(m, SpvOpShiftRightLogical, p->words[s->condition.word], shift);
    return spirv_math(m, SpvOpBitwiseAnd, shifted, spirv_constant(m, mask));
}

static uint32_t write_condition(paths_writer *p, const paths_statement *s)
{
    return spirv_compare(&p->w.m, SpvOpINotEqual, write_bits(p, s, 1), spirv_constant(&p->w.m, 0));
}

static void write_mark(paths_writer *p, uint32_t mark)
{
    subgroup_writer *w = &p->w;
    spirv *m = &w->m;
    const uint32_t number = load(m, p->visits);
    const uint32_t row =
        spirv_math(m, SpvOpIAdd, spirv_math(m, SpvOpIMul, number, w->invocations), w->invocation);
    uint32_t visit = spirv_constant(m, mark << 12);
    for (uint32_t i = 0; i < p->program->statements[mark].loops; i++)
        visit = spirv_math(m, SpvOpIAdd, visit,
                           subgroup_index(w, load(m, p->rounds[i]), 1u << 4 * i, 0));
    subgroup_write_who(w, row, subgroup_ballot(w, subgroup_true(w)));
    const uint32_t sum = SUBGROUP_INSTRUCTION(w, SpvOpGroupNonUniformIAdd, spirv_uint(m),
                                              SpvGroupOperationInclusiveScan, p->value);
    subgroup_store(w, SUBGROUP_RESULTS, subgroup_index(w, row, PATHS_RESULTS, 0), visit);
    subgroup_store(w, SUBGROUP_RESULTS, subgroup_index(w, row, PATHS_RESULTS, 1), sum);
    SPIRV_CODE(m, SpvOpStore, p->visits, plus(m, number, 1));
}

static void write_block(paths_writer *p, uint8_t first, const targets *to);

static void begin(spirv *m, uint32_t label)
{
    SPIRV_CODE(m, SpvOpLabel, label);
}

static void go(spirv *m, uint32_t label)
{
    SPIRV_CODE(m, SpvOpBranch, label);
}

static void write_if(paths_writer *p, const paths_statement *s, const targets *to)
{
    spirv *m = &p->w.m;
    const uint32_t then = spirv_new_id(m), otherwise = spirv_new_id(m), merge = spirv_new_id(m);
    const bool has_two = s->blocks[1] != PATHS_NONE;
    const uint32_t condition = write_condition(p, s);
    SPIRV_CODE(m, SpvOpSelectionMerge, merge, SpvSelectionControlMaskNone);
    SPIRV_CODE(m, SpvOpBranchConditional, condition, then, has_two ? otherwise : merge);
    begin(m, then);
    write_block(p, s->blocks[0], to);
    go(m, merge);
    if (has_two) {
        begin(m, otherwise);
        write_block(p, s->blocks[1], to);
        go(m, merge);
    }
    begin(m, merge);
}

static void write_switch(paths_writer *p, const paths_statement *s, const targets *to)
{
    spirv *m = &p->w.m;
    const uint32_t labels[PATHS_BLOCKS] = {spirv_new_id(m), spirv_new_id(m), spirv_new_id(m),
                                           spirv_new_id(m)};
    const uint32_t merge = spirv_new_id(m), selector = write_bits(p, s, 3);
    SPIRV_CODE(m, SpvOpSelectionMerge, merge, SpvSelectionControlMaskNone);
    SPIRV_CODE(m, SpvOpSwitch, selector, labels[3], 0, labels[0], 1, labels[1], 2, labels[2]);
    for (uint32_t i = 0; i < PATHS_BLOCKS; i++) {
        begin(m, labels[i]);
        write_block(p, s->blocks[i], to);
        go(m, merge);
    }
    begin(m, merge);
}

// A loop that tests before each round, or behind it.
static void write_loop(paths_writer *p, const paths_statement *s)
{
    spirv *m = &p->w.m;
    const uint32_t header = spirv_new_id(m), test = spirv_new_id(m), body = spirv_new_id(m);
    const targets inside = {spirv_new_id(m), spirv_new_id(m)};
    const uint32_t rounds = write_bits(p, s, 3), variable = p->rounds[s->loops];
    SPIRV_CODE(m, SpvOpStore, variable, spirv_constant(m, 0));
    go(m, header);
    begin(m, header);
    SPIRV_CODE(m, SpvOpLoopMerge, inside.leave, inside.next_round, SpvLoopControlMaskNone);
    go(m, s->kind == PATHS_FOR ? test : body);
    if (s->kind == PATHS_FOR) {
        begin(m, test);
        const uint32_t goes_on = spirv_compare(m, SpvOpULessThan, load(m, variable), rounds);
        SPIRV_CODE(m, SpvOpBranchConditional, goes_on, body, inside.leave);
    }
    begin(m, body);
    write_block(p, s->blocks[0], &inside);
    go(m, inside.next_round);
    begin(m, inside.next_round);
    const uint32_t next = plus(m, load(m, variable), 1);
    SPIRV_CODE(m, SpvOpStore, variable, next);
    if (s->kind == PATHS_FOR)
        go(m, header);
    else
        SPIRV_CODE(m, SpvOpBranchConditional, spirv_compare(m, SpvOpULessThanEqual, next, rounds),
                   header, inside.leave);
    begin(m, inside.leave);
}

static void write_exit(paths_writer *p, const paths_statement *s, const targets *to)
{
    spirv *m = &p->w.m;
    const uint32_t then = spirv_new_id(m), merge = spirv_new_id(m);
    const uint32_t condition = write_condition(p, s);
    SPIRV_CODE(m, SpvOpSelectionMerge, merge, SpvSelectionControlMaskNone);
    SPIRV_CODE(m, SpvOpBranchConditional, condition, then, merge);
    begin(m, then);
    write_block(p, s->blocks[0], to);
    if (s->kind == PATHS_RETURN)
        spirv_emit(m, &m->code, SpvOpReturn, 0, NULL);
    else
        go(m, s->kind == PATHS_BREAK ? to->leave : to->next_round);
    begin(m, merge);
}

static void write_block(paths_writer *p, uint8_t first, const targets *to)
{
    for (uint8_t i = first; i != PATHS_NONE; i = p->program->statements[i].next) {
        const paths_statement *s = &p->program->statements[i];
        switch (s->kind) {
        case PATHS_MARK:
            write_mark(p, i);
            break;
        case PATHS_IF:
            write_if(p, s, to);
            break;
        case PATHS_SWITCH:
            write_switch(p, s, to);
            break;
        case PATHS_FOR:
        case PATHS_DO:
            write_loop(p, s);
            break;
        default:
            write_exit(p, s, to);
            break;
        }
    }
}

size_t paths_kernel(const paths_program *program, const subgroup_modes *modes, uint32_t local_size,
                    uint32_t groups, uint32_t words[SPIRV_MODULE_WORDS])
{
    paths_writer *p = malloc(sizeof *p);
    if (!p)
        return 0;
    subgroup_writer *w = &p->w;
    spirv *m = &w->m;
    const targets nowhere = {0, 0};
    subgroup_writer_begin(w, subgroup_type_named("u32"), local_size, groups);
    p->program = program;
    for (uint32_t i = 0; i < SUBGROUP_IN_WORDS; i++) {
        p->words[i] = subgroup_load(w, SUBGROUP_IN, spirv_constant(m, i));
        p->words[SUBGROUP_IN_WORDS + i] = subgroup_load(
            w, SUBGROUP_IN,
            subgroup_index(w, w->invocation, SUBGROUP_IN_WORDS, SUBGROUP_IN_HEADER + i));
    }
    for (uint32_t i = 0; i < PATHS_LOOPS; i++)
        p->rounds[i] = spirv_variable(m, SpvStorageClassPrivate, spirv_uint(m));
    p->visits = spirv_variable(m, SpvStorageClassPrivate, spirv_uint(m));
    p->value = subgroup_load(w, SUBGROUP_VALUES, w->invocation);
    SPIRV_CODE(m, SpvOpStore, p->visits, spirv_constant(m, 0));
    write_block(p, 0, &nowhere);
    const size_t count = subgroup_writer_end(w, modes, words);
    free(p);
    return count;
}
