// Members of a dispatch that wait for each other, once: how it went, and whether what they
// recorded can be so.
#ifndef CONFORMANCE_PROGRESS_TRIAL_H
#define CONFORMANCE_PROGRESS_TRIAL_H

#include "models.h"
#include "test.h"

typedef enum progress_level {
    PROGRESS_WORKGROUPS,
    PROGRESS_SUBGROUPS,   // of one workgroup
    PROGRESS_INVOCATIONS, // of one subgroup
} progress_level;

// Whose members wait, and in which pattern.
typedef struct progress_bench {
    kt_test *t;
    progress_level level;
    int pattern;
    kro_pipeline *kernel; // of the pattern
    kro_buffer *words, *records;
    uint32_t local_size;
    uint32_t max_members;
    uint32_t spin_limit; // of each member
} progress_bench;

// What one dispatch has shown.
typedef struct progress_trial {
    uint32_t members; // as the kernel counts them
    progress_outcome outcome;
    uint64_t flags_seen;
    uint32_t most_spins; // of a member that saw all its flags
    uint32_t at_once;    // PROGRESS_AT_ONCE: members that had begun and not ended at the same time
} progress_trial;

// Returns: false where the case has failed.
bool progress_bench_make(progress_bench *bench, kt_test *t, progress_level level);

// Makes waits of a GPU's members long enough for a chain through all that run at once, each of
// which looks at one word while thousands do. The limit is one of few, so that it is the same next
// time.
void progress_bench_await(progress_bench *bench, uint32_t at_once);

// Takes up another pattern.
//
// Returns: false where the case has failed.
bool progress_bench_turn(progress_bench *bench, int pattern);

// Runs the pattern. `workgroups` is the number of members where these are workgroups. Fails the
// case where records contradict each other or a loop ended for no reason.
//
// Returns: false where the case has failed.
bool progress_try(progress_bench *bench, uint32_t workgroups, progress_trial *trial);

#endif
