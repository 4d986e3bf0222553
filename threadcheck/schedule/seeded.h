// Schedules: threads of a test that run one at a time, in an order that a seed decides. The same
// seed gives the same order of steps, as long as what the threads do depends on nothing else (see
// docs/threads.md).
//
//     ks_begin(&(ks_config){.seed = seed});      this thread is number 0
//     kro__thread_start(&thread, work, &user);   those that it and its threads start are run, too
//     …
//     kro__thread_join(&thread);
//     const ks_result result = ks_end();
//
// A step is a point (points.h): an atomic operation, a lock, a wait, a Vulkan call of libkronos, or
// of a test that is compiled with hooks.h. Where no thread can go on, the process ends with a
// report of who waits for what. One schedule at a time in a process.
#ifndef KS_SEEDED_H
#define KS_SEEDED_H

#include <stdint.h>
#include <stdio.h>

enum { KS_MAX_PLANTS = 4 };

// Faults to plant into libkronos, by a part of the text at the place ("graveyard" is in
// "&ctx->graveyard.lock"): so tests find out whether faults are found.
typedef struct ks_plants {
    const char *unlocked[KS_MAX_PLANTS]; // mutexes that nobody takes
    const char *torn[KS_MAX_PLANTS];     // atomic changes that are a load and a store
    const char *blind[KS_MAX_PLANTS];    // atomic loads that see zero
} ks_plants;

typedef struct ks_config {
    uint64_t seed;
    uint64_t steps;    // how many to expect: what a run before took; default: not known
    const char *title; // of what runs, for what a dying process says last; kept until ks_end
    FILE *trace;       // receives a line for each step; default: nobody
    ks_plants plants;
} ks_config;

typedef struct ks_result {
    uint64_t steps, switches; // switches: steps after which another thread went on
    uint64_t shared; // of the steps, those that lock, or change something by an atomic operation
    uint64_t hash;   // of all steps: who did what where
    uint32_t threads;
} ks_result;

void ks_begin(const ks_config *config);
// Every thread but this one has been joined.
ks_result ks_end(void);

#endif
