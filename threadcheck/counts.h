// What a case of the thread suite did, as a line of its log, and what a run did in all.
#ifndef THREADCHECK_COUNTS_H
#define THREADCHECK_COUNTS_H

#include <inttypes.h>

#include "run.h"

#define EXPLORE_COUNTS "schedules %" PRIu64 ", steps %" PRIu64 ", switches %" PRIu64

typedef struct explore_counts {
    uint64_t schedules, steps, switches;
} explore_counts;

explore_counts explore_counts_of(const kt_run *run);

#endif
