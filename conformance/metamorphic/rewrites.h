// Rewrites of a kernel after which it computes the same.
#ifndef CONFORMANCE_METAMORPHIC_REWRITES_H
#define CONFORMANCE_METAMORPHIC_REWRITES_H

#include "metamorphic/module.h"

// Rewrites the module at places of its random numbers.
//
// Returns: whether there was anything to rewrite.
typedef bool (*rewrite_function)(module *m);

typedef struct rewrite {
    const char *name; // part of the names of cases
    rewrite_function apply;
} rewrite;

#define REWRITES(X)             \
    X(access_chains_split)      \
    X(blocks_reordered)         \
    X(branches_inverted)        \
    X(calls_inlined)            \
    X(composites_taken_apart)   \
    X(constants_from_buffer)    \
    X(constants_specialized)    \
    X(constants_summed)         \
    X(copies_added)             \
    X(dead_branches_added)      \
    X(ids_renumbered)           \
    X(identities_added)         \
    X(ifs_to_switches)          \
    X(instructions_outlined)    \
    X(loops_guarded)            \
    X(loops_of_one_round_added) \
    X(operands_commuted)        \
    X(phis_added)               \
    X(switches_to_ifs)          \
    X(variables_added)

#define X(name) bool rewrite_##name(module *m);
REWRITES(X)
#undef X

enum {
#define X(name) REWRITE_##name,
    REWRITES(X)
#undef X
        REWRITE_COUNT
};

extern const rewrite rewrites[REWRITE_COUNT];

// What rewrites share.

enum { REWRITE_SITES = 8 };

// Instructions of the code that are to be rewritten.
typedef struct rewrite_sites {
    uint32_t *at[REWRITE_SITES];
    size_t count;
} rewrite_sites;

// A few of those that `is_site` accepts, in random order.
rewrite_sites rewrite_choose(module *m,
                             bool (*is_site)(const module *m, const uint32_t *instruction));

#endif
