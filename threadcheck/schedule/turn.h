// The turn: exactly one thread of a schedule has it. What is here is read and written by that one
// alone, and handed on by means that sanitizers do not see: to them, threads are ordered by what
// libkronos does, and by nothing that a schedule adds.
#ifndef KS_TURN_H
#define KS_TURN_H

#include <stdbool.h>

#include "points.h"
#include "seeded.h"
#include "strategy.h"

enum { KS_MAX_HELD = 64 };

typedef struct ks_thread {
    uint32_t turn;         // 1: it may go on; a futex
    bool ended;            // it runs nothing of the test any more
    const void *waits_for; // a mutex, a condition or a thread; NULL: it can go on
    const ks_site *last;   // where it is
    const void *handle;    // its kro__thread; NULL for thread 0
    void *(*function)(void *);
    void *user;
} ks_thread;

// A mutex that is held.
typedef struct ks_held {
    const void *mutex;
    uint32_t thread;
    const ks_site *site; // that took it
} ks_held;

typedef struct ks_turn {
    ks_config config;
    ks_strategy strategy;
    ks_thread threads[KS_MAX_THREADS];
    uint32_t count, current;
    ks_held held[KS_MAX_HELD];
    uint32_t held_count;
    ks_result result;
    uint64_t looks; // at the clock
    bool active;
} ks_turn;

extern ks_turn ks_now;

// Whether the calling thread is one of the schedule's.
bool ks_is_managed(void);

// A step of the calling thread, which has the turn; when this returns it has it again.
void ks_step(const ks_site *site, bool gives_way);
// Gives the turn away until ks_wake names the object.
void ks_block(const ks_site *site, const void *object);
void ks_wake(const void *object);

// The life of a thread of the schedule: its number, its first turn, its last.
uint32_t ks_turn_add(void *(*function)(void *), void *user);
void ks_turn_begin(uint32_t thread);
void ks_turn_end(void);

// Prints what every thread is at.
void ks_report_threads(FILE *file);

#endif
