// Is a later survey worse than an earlier one?
#ifndef KP_COMPARISON_H
#define KP_COMPARISON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>

#include "text.h"

// A ratio is worse from so much on, beyond what its intervals leave open. Wall time is the whole
// machine's and changes more.
#define KP_MARGIN      0.10 // of CPU time
#define KP_WALL_MARGIN 0.25

// What differs, by kind: objects with `workload`, `figure`, `kind`, `before` and `now`.
typedef struct kp_comparison {
    cJSON *worse;    // "count", "ratio", "wall-ratio", "gone"; see against.h for "slower"
    cJSON *better;   // "count", or "new": the earlier survey has no such workload
    kt_text untimed; // why no ratio was compared; empty: ratios were
} kp_comparison;

// Compares the workloads that both have; with `complete`, one that `now` lacks is worse. A count is
// worse where it is greater. A ratio is worse where it has grown by more than its margin; among all
// ratios together, chance makes one or more so with a probability of 1 % at most (Holm), as far as
// the intervals tell. Ratios are compared only where both surveys come from one device of one
// machine.
//
// Returns: false with a sentence in `problem` where the two cannot be compared. `out` is to be
//          finished in any case.
bool kp_compare(const cJSON *before, const cJSON *now, bool complete, kp_comparison *out,
                kt_text *problem);
void kp_comparison_finish(kp_comparison *comparison);

// A line for each difference; then, where nothing is worse, one that says what `what` is.
void kp_comparison_print(const kp_comparison *comparison, const char *what, FILE *file);

#endif
