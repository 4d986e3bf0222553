// The runner's side of a child process: one at a time, started when there is something to ask.
// Asking and waiting are apart, so that one thread serves several.
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

typedef enum kt_answer {
    KT_ANSWER_GIVEN,
    KT_ANSWER_REFUSED,     // there is no device or driver
    KT_ANSWER_NONE,        // the child crashed or hung, or could not be started
    KT_ANSWER_INTERRUPTED, // kt_worker_interrupt; the child is gone
} kt_answer;

typedef enum kt_worker_state {
    KT_WORKER_IDLE,    // there may be a child; nothing was asked
    KT_WORKER_ASKED,   // it owes an answer
    KT_WORKER_CLOSING, // it has closed its channel, and should end
    KT_WORKER_DYING,   // it was killed
    KT_WORKER_SETTLED, // the answer was not taken yet
} kt_worker_state;

typedef struct kt_worker {
    kt_worker_config config;
    kt_process process;
    kt_text inbox; // received and not yet understood
    kt_worker_state state;
    uint32_t request;
    uint64_t asked_ns, deadline_ns; // of the state
    kt_attempt *attempt;            // receives what the child says while it owes an answer
    kt_answer answer;
    uint32_t kind; // of the answer's message, and what it holds
    kt_text payload;
    kt_attempt between; // what children said between cases, or how they ended; Pass if nothing
    bool stuck;         // a child does not die: the machine is unusable
} kt_worker;

void kt_worker_init(kt_worker *worker, const kt_worker_config *config);
// Lets the child of an idle worker end by itself, and frees everything.
void kt_worker_finish(kt_worker *worker);

// Asks for something (KT_REQUEST_…) from an idle worker, whose child is started where there is
// none. `attempt` is kept until the answer was taken; NULL: `between`.
void kt_worker_request(kt_worker *worker, uint32_t request, const char *text, kt_attempt *attempt);

// Goes on with what has arrived or expired.
//
// Returns: true once there is an answer: `answer`, `kind` and `payload` say which, crashes and
// hangs
//          are in the attempt, and the worker is idle again.
bool kt_worker_advance(kt_worker *worker);

// The child is not waited for any longer. kt_worker_advance tells when it is gone.
void kt_worker_interrupt(kt_worker *worker);

// Waits until one of the workers that owe an answer may have something to go on with: a moment at
// most.
void kt_workers_wait(kt_worker *const *workers, size_t count);

// Asks and waits for the answer.
kt_answer kt_worker_call(kt_worker *worker, uint32_t request, const char *text,
                         kt_attempt *attempt);

// Asks KT_REQUEST_OPEN or KT_REQUEST_LIST and waits for the answer. `text` receives JSON, or the
// sentence why there is none.
kt_answer kt_worker_ask(kt_worker *worker, uint32_t request, kro_status *status, kt_text *text);

#endif
