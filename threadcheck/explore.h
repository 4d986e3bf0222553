// Exploring: one scene is played again and again, each time in another order of its threads' steps.
#ifndef THREADCHECK_EXPLORE_H
#define THREADCHECK_EXPLORE_H

#include "counts.h"
#include "seeded.h"
#include "test.h"

enum { SCENE_WORDS = 256, SCENE_BYTES = 4 * SCENE_WORDS, SCENE_MAX_THREADS = 8 };

// What a scene is played on.
typedef struct stage {
    kt_test *t;
    kro_context_config config; // for the scene's contexts
    bool computes;             // the device does what it is told; the null driver does not
    uint64_t number;           // of this schedule, from 0: scenes may vary with it
} stage;

// Makes what it needs, plays, checks numbers and destroys everything.
typedef void (*scene)(const stage *on);

// Plays a scene in as many orders as --schedules says (KRONOS_SCHEDULES), until a check fails.
// `param` is one of the family `stages`: how the run's device is disturbed. --schedule N
// (KRONOS_SCHEDULE) plays number N alone, after number 0, whose steps tell how many to expect.
// KRONOS_SCHEDULE_TRACE=FILE adds the steps to a file.
void explore(kt_test *t, const char *param, scene play);
// The same with faults in libkronos, for tests of the suite itself.
void explore_planted(kt_test *t, const char *param, scene play, const ks_plants *plants);

// Plays a scene once, in the order that a seed decides, and compares nothing but what it checks.
ks_result explore_once(kt_test *t, const char *param, scene play, uint64_t seed);

// One of several threads of a scene.
typedef struct player {
    const stage *on;
    kt_test *t;
    void *shared; // by all
    uint32_t index;
    void *(*work)(void *player);
} player;

// Runs `work` on `count` threads at once, and returns when all have ended.
void play_threads(const stage *on, uint32_t count, void *(*work)(void *player), void *shared);

// What scenes make; a failure fails the case, and the result is NULL.
kro_context *stage_context(const stage *on);
kro_stream *stage_stream(const stage *on, kro_context *ctx, uint32_t queue);
kro_pipeline *stage_adder(const stage *on, kro_context *ctx); // vector_add: c = a + b
// SCENE_BYTES, filled with one float.
kro_buffer *stage_floats(const stage *on, kro_context *ctx, float value);

// sum = left + right, recorded on a stream.
bool stage_add(const player *self, kro_stream *stream, kro_pipeline *adder, kro_buffer *left,
               kro_buffer *right, kro_buffer *sum);
// Every float is `value`, where anything computes.
void check_floats(const stage *on, const float *floats, float value);
void check_buffer(const stage *on, kro_buffer *buffer, float value);

#endif
