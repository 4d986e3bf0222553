// Where a barrier can stand between two accesses: what is recorded is cut before it and behind it.
#ifndef CONFORMANCE_SYNC_PLACEMENTS_H
#define CONFORMANCE_SYNC_PLACEMENTS_H

#include "dependencies.h"

typedef enum sync_placement {
    SYNC_IN_ONE,
    SYNC_ENDS_COMMANDS,
    SYNC_STARTS_COMMANDS,
    SYNC_BETWEEN_COMMANDS,
    SYNC_STARTS_BATCH,
    SYNC_ENDS_SUBMIT,
    SYNC_STARTS_SUBMIT,
    SYNC_BETWEEN_SUBMITS,
    SYNC_SECONDARIES,
    SYNC_PLACEMENTS,
} sync_placement;

typedef enum sync_cut {
    SYNC_NO_CUT,
    SYNC_CUT_SECONDARY, // another secondary command buffer in the same primary one
    SYNC_CUT_COMMANDS,  // another command buffer in the same batch
    SYNC_CUT_BATCH,     // another batch in the same submit
    SYNC_CUT_SUBMIT,
} sync_cut;

typedef struct sync_placement_info {
    const char *name;
    sync_cut before, behind;
} sync_placement_info;

extern const sync_placement_info SYNC_PLACEMENT[SYNC_PLACEMENTS];

// Records the pair and a barrier, submits them to the first queue and waits. `barrier` NULL: there
// is none, and no order.
bool sync_run_placed(const sync_scene *scene, sync_placement placement, sync_hazard hazard,
                     const sync_barrier *barrier);

// Parameters: the names of all places.
void sync_param_placements(kt_params *params);

#endif
