// The runner's side of a child process: one at a time, started when there is something to ask.
#ifndef KT_WORKER_H
#define KT_WORKER_H

#include "attempt.h"
#include "cases.h"
#include "os/process.h"

typedef struct kt_worker_config {
    const char *device, *driver;    // NULL for the default
    const char *const *environment; // changes for the child, see kt_process_config; may be NULL
    uint64_t seed;
    uint64_t timeout_ns; // for one answer
} kt_worker_config;

typedef struct kt_worker {
    kt_worker_config config;
    kt_process process;
    kt_text inbox;      // received and not yet understood
    kt_attempt between; // what children said between cases, or how they ended; Pass if nothing
    bool stuck;         // a child does not die: the machine is unusable
} kt_worker;

typedef enum kt_answer {
    KT_ANSWER_GIVEN,
    KT_ANSWER_REFUSED,     // there is no device or driver
    KT_ANSWER_NONE,        // the child crashed or hung, or could not be started
    KT_ANSWER_INTERRUPTED, // kt_interrupted() says by what; the child is gone
} kt_answer;

void kt_worker_init(kt_worker *worker, const kt_worker_config *config);
// Ends the child and frees everything.
void kt_worker_finish(kt_worker *worker);

// Lets the child end by itself; a bad end goes into `between`. A new one starts when next needed.
void kt_worker_retire(kt_worker *worker);

// Runs a case. Crash and Timeout are in `attempt` as everything else.
kt_answer kt_worker_run(kt_worker *worker, const kt_case *test_case, kt_attempt *attempt);

// Asks KT_REQUEST_OPEN or KT_REQUEST_LIST. `text` receives JSON, or the sentence why there is none.
kt_answer kt_worker_ask(kt_worker *worker, uint32_t request, kro_status *status, kt_text *text);

#endif
