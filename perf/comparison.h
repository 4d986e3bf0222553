// Is a later survey worse than an earlier one?
#ifndef KP_COMPARISON_H
#define KP_COMPARISON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>

#include "text.h"

// A ratio is worse from so much on, beyond what its intervals leave open.
#define KP_MARGIN 0.10

// Compares the workloads that both have; with `complete`, one that `now` lacks is worse. A count is
// worse where it is greater. A ratio is worse where it has grown by more than KP_MARGIN; among all
// ratios together, chance makes one or more so with a probability of 1 % at most (Holm), as far as
// the intervals tell.
//
// Returns: an array that the caller deletes, with `workload`, `figure`, `kind` ("count", "ratio" or
//          "gone"), `before` and `now` of what is worse; NULL with a sentence in `problem` where
//          the two cannot be compared.
cJSON *kp_compare(const cJSON *before, const cJSON *now, bool complete, kt_text *problem);

// A line for each.
void kp_compare_print(const cJSON *worse, FILE *file);

#endif
