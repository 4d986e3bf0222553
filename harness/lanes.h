// The cases of a run on several child processes at once. A lane is one child process after another,
// and what it does now.
//
// Cases are handed out in order. One that failed runs again, alone: in a new process, while no
// other case runs. After some cases that use the driver a lane asks for the known answer; only then
// their results are ready. Where a new process does not get it right either, the machine is
// unusable.
#ifndef KT_LANES_H
#define KT_LANES_H

#include "run.h"
#include "worker.h"

typedef struct kt_lane kt_lane;

typedef struct kt_lanes {
    kt_run *run;
    kt_lane *items;
    kt_worker **workers; // of the lanes, in order
    size_t count;
    size_t next;                      // the first selected case that was not handed out
    size_t *failed;                   // positions of cases that wait for their attempt alone
    size_t failed_first, failed_last; // those from first on, to before last, still wait
    bool alone;                       // a case runs that bears no other beside it
    bool stopped;                     // nothing more is handed out
} kt_lanes;

// `run->config.jobs` lanes, or fewer where that is enough.
void kt_lanes_init(kt_lanes *lanes, kt_run *run);
void kt_lanes_finish(kt_lanes *lanes);

// Hands out what can be, waits a moment and takes what has come. Results that are decided become
// ready.
//
// Returns: false once all of them are, and every child has ended.
bool kt_lanes_step(kt_lanes *lanes);

// Moves what children said between cases, or how they ended, into `out`.
void kt_lanes_take_between(kt_lanes *lanes, kt_attempt *out);

#endif
