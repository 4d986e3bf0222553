// Which model of forward progress a device keeps to, from how its waits went.
//
// Source: T. Sorensen, L. F. Salvador, H. Raval, H. Evrard, J. Wickerson, M. Martonosi,
// A. F. Donaldson, "Specifying and Testing GPU Workgroup Progress Models", OOPSLA 2021, for the
// models. Vulkan promises none of them between workgroups.
#ifndef CONFORMANCE_PROGRESS_MODELS_H
#define CONFORMANCE_PROGRESS_MODELS_H

#include <stdbool.h>

#include "../shaders/progress_patterns.h"

// From the weakest to the strongest, but that hsa and obe promise different things.
typedef enum progress_model {
    PROGRESS_NONE,
    PROGRESS_HSA,     // the lowest number that has not ended goes on
    PROGRESS_OBE,     // whatever has begun goes on
    PROGRESS_HSA_OBE, // both
    PROGRESS_LOBE,    // whatever has begun goes on, and so does each lower number
    PROGRESS_FAIR,    // all go on
    PROGRESS_MODELS,
} progress_model;

typedef enum progress_outcome {
    PROGRESS_NOT_MET,  // those that were to wait for each other did not run at the same time
    PROGRESS_SEEN,     // each flag that was waited for
    PROGRESS_GIVEN_UP, // somebody waited in vain
} progress_outcome;

// How it is called in results and certificates.
const char *progress_model_name(progress_model model);
const char *progress_pattern_name(int pattern);
const char *progress_outcome_name(progress_outcome outcome);

// Whether all waits of a pattern end under a model, however the device schedules.
bool progress_promises(progress_model model, int pattern);

// The strongest model whose promises were kept. Of a pattern that was not met none is broken.
progress_model progress_classify(const progress_outcome outcomes[PROGRESS_PATTERNS]);

// Whether outcomes go together: where a chain towards higher numbers was seen, all its members were
// alive at once and went on, so none can have starved elsewhere.
bool progress_is_coherent(const progress_outcome outcomes[PROGRESS_PATTERNS]);

#endif
