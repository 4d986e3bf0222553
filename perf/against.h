// Two builds of the library beside each other, on the same device and in turns.
#ifndef KP_AGAINST_H
#define KP_AGAINST_H

#include "comparison.h"
#include "survey.h"

typedef struct kp_against_config {
    kp_survey_config survey;
    const char *now, *before; // modules, see side.h
} kp_against_config;

// Measures the batches of a survey with both. In the results, contenders "before" and
// "before-graph" are the other build, ratios of that name this build's time by the other's; rows
// also have `counts_before`. In `out` is what is worse than before, confirmed as kp_gate does.
//
// Returns: results that the caller deletes; NULL with a sentence in `problem`. `out` is to be
//          finished in any case.
cJSON *kp_against_run(const kp_against_config *config, kp_comparison *out, kt_text *problem);

// A line for each workload.
void kp_against_print(const cJSON *results, FILE *file);

#endif
