// Which thread goes next: pure, and the same for the same seed.
//
// Three of four seeds set priorities (PCT: Burckhardt, Kothari, Musuvathi, Nagarakatte, "A
// Randomized Scheduler with Probabilistic Guarantees of Finding Bugs", ASPLOS 2010): the thread of
// the highest priority goes on, and at d - 1 steps drawn at random the running one falls behind all
// others. A fault that needs d steps in a certain order is met with a probability of at least 1 /
// (n k^(d-1)) in n threads and k steps. The fourth walks: at each step another thread may go on.
#ifndef KS_STRATEGY_H
#define KS_STRATEGY_H

#include <stdbool.h>
#include <stdint.h>

enum { KS_MAX_THREADS = 32, KS_MAX_CHANGES = 4 };

typedef struct ks_strategy {
    uint64_t random;                     // state of the generator
    bool walks;                          // at random, otherwise by priority
    uint32_t odds;                       // of a walk: one step in so many changes the thread
    uint32_t change_count;               // steps at which the running thread falls behind
    uint64_t changes[KS_MAX_CHANGES];    // … their numbers
    uint64_t priorities[KS_MAX_THREADS]; // higher goes first; no two are equal
    uint64_t lowest;                     // the next priority below all others
} ks_strategy;

// `steps`: how many are expected; 0: not known, no thread falls behind.
ks_strategy ks_strategy_create(uint64_t seed, uint64_t steps);

// A new thread.
void ks_strategy_add(ks_strategy *strategy, uint32_t thread);

// The thread that goes on at a step.
//
// runnable    a bit for each thread that can go on; not 0
// current     who goes until now, runnable or not
// gives_way   it waits for the others: whoever else can goes first
uint32_t ks_strategy_pick(ks_strategy *strategy, uint32_t runnable, uint32_t current, uint64_t step,
                          bool gives_way);

// The next state of splitmix64, mixed; for seeds made from seeds.
uint64_t ks_mix(uint64_t value);

#endif
