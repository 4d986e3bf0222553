#include "subgroups/paths.h"

#include <stdio.h>
#include <string.h>

// Where the next statement stands.
typedef struct place {
    uint32_t depth, loops;
    bool in_switch; // since the innermost loop: no break reaches that from here
    uint8_t loop;   // the innermost one, or PATHS_NONE
} place;

typedef struct generator {
    kt_test *t;
    paths_program *program;
    paths_options options;
} generator;

static paths_condition choose_condition(generator *g, const place *at)
{
    // One of six is the same for all.
    const bool is_uniform = kt_random_below(g->t, 6) == 0;
    const uint64_t word = kt_random_below(g->t, SUBGROUP_IN_WORDS);
    return (paths_condition){
        .word = (uint8_t)(word + (is_uniform ? 0 : SUBGROUP_IN_WORDS)),
        .bit = (uint8_t)kt_random_below(g->t, 32),
        .by_round = at->loops > 0 && kt_random_below(g->t, 2),
    };
}

static paths_kind choose_kind(generator *g, const place *at)
{
    const bool is_deep = at->depth >= PATHS_DEPTH;
    switch (kt_random_below(g->t, is_deep ? 6 : 14)) {
    case 0:
        return at->loop != PATHS_NONE && !at->in_switch ? PATHS_BREAK : PATHS_MARK;
    case 1:
        return at->loop != PATHS_NONE ? PATHS_CONTINUE : PATHS_MARK;
    case 2:
        return at->depth > 1 && kt_random_below(g->t, 3) == 0 ? PATHS_RETURN : PATHS_MARK;
    case 3:
    case 4:
    case 5:
        return PATHS_MARK;
    case 6:
        return PATHS_SWITCH;
    case 7:
    case 8:
        return at->loops < PATHS_LOOPS ? PATHS_FOR : PATHS_IF;
    case 9:
        return at->loops < PATHS_LOOPS && g->options.with_do ? PATHS_DO : PATHS_IF;
    default:
        return PATHS_IF;
    }
}

static uint8_t add_statement(generator *g, paths_kind kind, const place *at)
{
    const uint8_t index = (uint8_t)g->program->count++;
    g->program->statements[index] = (paths_statement){
        .kind = kind,
        .condition = choose_condition(g, at),
        .blocks = {PATHS_NONE, PATHS_NONE, PATHS_NONE, PATHS_NONE},
        .next = PATHS_NONE,
        .loops = (uint8_t)at->loops,
        .is_plain = true,
    };
    return index;
}

static uint32_t block_count(generator *g, paths_kind kind)
{
    return kind == PATHS_IF       ? 1 + (uint32_t)kt_random_below(g->t, 2)
           : kind == PATHS_SWITCH ? 4
           : kind == PATHS_FOR    ? 1
           : kind == PATHS_DO     ? 1
                                  : 0;
}

// Few statements, the last of them a mark.
static uint8_t add_block(generator *g, const place *at)
{
    uint8_t first = PATHS_NONE, last = PATHS_NONE;
    const uint32_t count = 1 + (uint32_t)kt_random_below(g->t, at->depth == 0 ? 5 : 3);
    bool is_last = false;
    for (uint32_t i = 0; !is_last; i++) {
        is_last = i == count || g->program->count >= PATHS_ENOUGH;
        const bool is_mark = is_last || (i == 0 && at->depth == 0);
        const paths_kind kind = is_mark ? PATHS_MARK : choose_kind(g, at);
        const uint8_t index = add_statement(g, kind, at);
        const bool is_loop = kind == PATHS_FOR || kind == PATHS_DO;
        const place inside = {
            .depth = at->depth + 1,
            .loops = at->loops + is_loop,
            .in_switch = !is_loop && (at->in_switch || kind == PATHS_SWITCH),
            .loop = is_loop ? index : at->loop,
        };
        const bool is_exit = kind >= PATHS_BREAK;
        if (is_exit && g->options.with_exits && kt_random_below(g->t, 2)) {
            const uint8_t mark = add_statement(g, PATHS_MARK, at);
            g->program->statements[index].blocks[0] = mark;
        }
        const uint32_t blocks = block_count(g, kind);
        for (uint32_t k = 0; k < blocks; k++) {
            const uint8_t block = add_block(g, &inside);
            g->program->statements[index].blocks[k] = block;
        }
        if ((kind == PATHS_BREAK || kind == PATHS_CONTINUE) && at->loop != PATHS_NONE)
            g->program->statements[at->loop].is_plain = false;
        if (last == PATHS_NONE)
            first = index;
        else
            g->program->statements[last].next = index;
        last = index;
    }
    return first;
}

// What is inside a loop that is left or shortened from inside is not plain, either.
static void spread(paths_program *program, uint8_t first, bool is_plain)
{
    for (uint8_t i = first; i != PATHS_NONE; i = program->statements[i].next) {
        paths_statement *s = &program->statements[i];
        const bool is_loop = s->kind == PATHS_FOR || s->kind == PATHS_DO;
        const bool inside = is_plain && (!is_loop || s->is_plain);
        s->is_plain = is_plain;
        for (uint32_t k = 0; k < PATHS_BLOCKS; k++)
            spread(program, s->blocks[k], inside);
    }
}

void paths_generate(kt_test *t, paths_options options, paths_program *program)
{
    generator g = {t, program, options};
    const place outside = {.loop = PATHS_NONE};
    program->count = 0;
    add_block(&g, &outside);
    spread(program, 0, true);
}

void paths_two_loops(bool nested, paths_program *program)
{
    enum { BEFORE, FIRST, SECOND, IN_FIRST, IN_SECOND, BEHIND, COUNT }; // IN_FIRST: not nested
    static const paths_statement MARK = {.blocks = {PATHS_NONE, PATHS_NONE, PATHS_NONE, PATHS_NONE},
                                         .next = PATHS_NONE,
                                         .is_plain = true};
    paths_statement *statements = program->statements;
    program->count = COUNT;
    for (int i = 0; i < COUNT; i++)
        statements[i] = MARK;
    statements[BEFORE].next = FIRST;
    for (int i = FIRST; i <= SECOND; i++) {
        statements[i].kind = PATHS_DO;
        statements[i].condition = (paths_condition){SUBGROUP_IN_HEADER, (uint8_t)(8 * i), false};
        statements[i].blocks[0] = (uint8_t)(i + IN_FIRST - FIRST);
        statements[i + IN_FIRST - FIRST].loops = 1;
    }
    statements[FIRST].next = nested ? BEHIND : SECOND;
    if (!nested) {
        statements[SECOND].next = BEHIND;
        return;
    }
    statements[FIRST].blocks[0] = SECOND;
    statements[SECOND].loops = 1;
    statements[IN_SECOND].loops = 2;
}

// An invocation on its way.
typedef struct walker {
    const paths_program *program;
    const uint32_t *words;
    paths_path *path;
    uint32_t rounds[PATHS_LOOPS]; // of the loops that it is in
} walker;

typedef enum walk_end {
    GOES_ON,
    BREAKS,
    CONTINUES,
    RETURNS,
} walk_end;

static uint32_t bits_of(const walker *w, const paths_statement *s)
{
    const paths_condition *condition = &s->condition;
    const uint32_t round = condition->by_round ? w->rounds[s->loops - 1] : 0;
    return w->words[condition->word] >> ((condition->bit + 5 * round) & 31);
}

static void visit(walker *w, uint32_t mark)
{
    if (w->path->count == PATHS_VISITS) {
        w->path->overflow = true;
        return;
    }
    const uint32_t loops = w->program->statements[mark].loops;
    paths_visit made = mark << 12;
    for (uint32_t i = 0; i < loops; i++)
        made |= w->rounds[i] << 4 * i;
    w->path->visits[w->path->count++] = made;
}

static walk_end walk(walker *w, uint8_t first);

static walk_end walk_loop(walker *w, const paths_statement *s)
{
    const uint32_t rounds = (bits_of(w, s) & 3) + (s->kind == PATHS_DO);
    walk_end end = GOES_ON;
    for (uint32_t i = 0; i < rounds && end != BREAKS && end != RETURNS; i++) {
        w->rounds[s->loops] = i;
        end = walk(w, s->blocks[0]);
    }
    return end == RETURNS ? RETURNS : GOES_ON;
}

static walk_end walk(walker *w, uint8_t first)
{
    static const walk_end ENDS[] = {
        [PATHS_BREAK] = BREAKS, [PATHS_CONTINUE] = CONTINUES, [PATHS_RETURN] = RETURNS};
    walk_end end = GOES_ON;
    for (uint8_t i = first; i != PATHS_NONE && end == GOES_ON; i = w->program->statements[i].next) {
        const paths_statement *s = &w->program->statements[i];
        const uint32_t bits = bits_of(w, s);
        switch (s->kind) {
        case PATHS_MARK:
            visit(w, i);
            break;
        case PATHS_IF:
            end = walk(w, s->blocks[bits & 1 ? 0 : 1]);
            break;
        case PATHS_SWITCH:
            end = walk(w, s->blocks[bits & 3]);
            break;
        case PATHS_FOR:
        case PATHS_DO:
            end = walk_loop(w, s);
            break;
        default:
            if (bits & 1) {
                walk(w, s->blocks[0]);
                end = ENDS[s->kind];
            }
            break;
        }
    }
    return end;
}

void paths_follow(const paths_program *program, const uint32_t words[PATHS_WORDS], paths_path *path)
{
    walker w = {.program = program, .words = words, .path = path};
    path->count = 0;
    path->overflow = false;
    walk(&w, 0);
}

static void log_block(kt_test *t, const paths_program *program, uint8_t first, uint32_t depth)
{
    static const char *const NAMES[] = {"mark", "if",       "switch",      "for",
                                        "do",   "break if", "continue if", "return if"};
    for (uint8_t i = first; i != PATHS_NONE; i = program->statements[i].next) {
        const paths_statement *s = &program->statements[i];
        char condition[64] = "";
        if (s->kind != PATHS_MARK)
            snprintf(condition, sizeof condition, " word %u, bit %u%s", s->condition.word,
                     s->condition.bit, s->condition.by_round ? " + 5 * round" : "");
        LOGF(t, "%*s%u: %s%s", (int)(2 * depth), "", i, NAMES[s->kind], condition);
        for (uint32_t k = 0; k < PATHS_BLOCKS && s->blocks[k] != PATHS_NONE; k++) {
            if (k > 0)
                LOGF(t, "%*sor", (int)(2 * depth), "");
            log_block(t, program, s->blocks[k], depth + 1);
        }
    }
}

void paths_log(kt_test *t, const paths_program *program)
{
    log_block(t, program, 0, 0);
}
