// Random structured programs, the paths that invocations take through them, and which of them are
// together on the way.
#ifndef CONFORMANCE_SUBGROUPS_PATHS_H
#define CONFORMANCE_SUBGROUPS_PATHS_H

#include "subgroups/writer.h"

enum {
    PATHS_BLOCKS = 4, // of a statement, at most
    PATHS_DEPTH = 4,  // of blocks in others
    // With so many statements blocks end, all with one mark; how many there are at most.
    PATHS_ENOUGH = 16,
    PATHS_STATEMENTS = PATHS_ENOUGH + 1 + (PATHS_DEPTH + 1) * PATHS_BLOCKS,
    PATHS_LOOPS = 3,   // nested, at most
    PATHS_VISITS = 96, // of marks on one path, at most
    PATHS_NONE = UINT8_MAX,
    PATHS_WORDS = 2 * SUBGROUP_IN_WORDS, // that conditions look at: of all, then of the invocation
};

typedef enum paths_kind {
    PATHS_MARK,     // says who is here
    PATHS_IF,       // one block, or two
    PATHS_SWITCH,   // four blocks, the last one by default
    PATHS_FOR,      // one block, as often as the condition's two bits say
    PATHS_DO,       // one block, once and then as often as these say
    PATHS_BREAK,    // if the condition holds: one block or none, and out of the innermost loop
    PATHS_CONTINUE, // likewise to its next round
    PATHS_RETURN,   // likewise out of the program
} paths_kind;

// What a statement depends on: bits of a word.
typedef struct paths_condition {
    uint8_t word, bit; // of PATHS_WORDS
    bool by_round;     // other bits in each round of the innermost loop
} paths_condition;

typedef struct paths_statement {
    paths_kind kind;
    paths_condition condition;
    uint8_t blocks[PATHS_BLOCKS]; // the first statement of each, or PATHS_NONE
    uint8_t next;                 // in its block, or PATHS_NONE
    uint8_t loops;                // that it is in
    bool is_plain; // whoever reaches it after others of its block did so by that block alone: no
                   // loop around it is left or shortened from inside
} paths_statement;

// Statement 0 is the first of the outermost block.
typedef struct paths_program {
    paths_statement statements[PATHS_STATEMENTS];
    uint32_t count;
} paths_program;

// What may be in a random program, beside the rest.
typedef struct paths_options {
    bool with_do;    // PATHS_DO
    bool with_exits; // blocks of PATHS_BREAK, PATHS_CONTINUE and PATHS_RETURN: a mark
} paths_options;

void paths_generate(kt_test *t, paths_options options, paths_program *program);
// Two of PATHS_DO, one in the other or one behind the other, around marks, and a mark behind.
void paths_two_loops(bool nested, paths_program *program);

// A visit of a mark: the mark, and the rounds of the loops around it. No invocation makes the same
// visit twice.
typedef uint32_t paths_visit;
static inline uint32_t paths_mark_of(paths_visit visit)
{
    return visit >> 12;
}

// The visits of one invocation, given the words of its conditions.
typedef struct paths_path {
    paths_visit visits[PATHS_VISITS];
    uint32_t count;
    bool overflow; // there are more
} paths_path;
void paths_follow(const paths_program *program, const uint32_t words[PATHS_WORDS],
                  paths_path *path);

// The kernel: the row of an invocation's n-th visit is n times the invocations plus its number. In
// WHO it says who is there, in RESULTS the visit and the sum of the values of those there up to it.
//
// Returns: how many words it has; 0 where there was no room.
size_t paths_kernel(const paths_program *program, const subgroup_modes *modes, uint32_t local_size,
                    uint32_t groups, uint32_t words[SPIRV_MODULE_WORDS]);

enum { PATHS_RESULTS = 2 }; // of each row

// Writes it down, for a log.
void paths_log(kt_test *t, const paths_program *program);

#endif
