// What one process keeps from case to case, and running a case in it. A child process has one, and
// so has a run with --here.
#ifndef KT_SESSION_H
#define KT_SESSION_H

#include <pthread.h>

#include "attempt.h"
#include "cases.h"
#include "drivers/proxy/proxy.h"

// Names the folder of what cases keep, to child processes, where there are results.
#define KT_KEPT_VARIABLE "KRONOS_KEPT"

// Where the events of a session go. Called by one thread at a time.
typedef struct kt_sink {
    void (*event)(void *user, kt_event event, const char *text);
    void *user;
} kt_sink;

typedef struct kt_session {
    const char *device, *driver; // as kro_context_config takes them; NULL for the default
    kt_sink sink;
    pthread_mutex_t lock;          // guards sink and current
    kt_test *current;              // the case that runs
    kro_context *context;          // shared by cases; NULL until one asks
    kro_context *full_context;     // likewise, with all features enabled
    struct kt_raw_kept *raw_kept;  // devices beside it, likewise
    kro_status open_status;        // of the last attempt to open it
    unsigned race_count;           // reports of ThreadSanitizer that failed a case
    const kronos_proxy_api *proxy; // that the shared context is behind; NULL for none
} kt_session;

// How a case went, beside its events.
typedef struct kt_completion {
    uint64_t checks, duration_ns;
    kt_hashes hashes;
} kt_completion;

void kt_session_init(kt_session *session, const char *device, const char *driver, kt_sink sink);
void kt_session_finish(kt_session *session);

// Runs one case to its end: needs, the case, release of what it owns, ledger.
kt_completion kt_session_run(kt_session *session, const kt_case *test_case, uint64_t run_seed);

// The shared context, opened if it is not; NULL where it cannot be (open_status, kro_error_detail).
kro_context *kt_session_open(kt_session *session);

// The one with all features enabled, likewise.
kro_context *kt_session_open_full(kt_session *session);

// Sends an event on behalf of the running case, or of the session between cases.
void kt_session_event(kt_session *session, kt_event event, const char *text);

// A context's log that ends in the session's events. `session` is a kt_session.
void kt_session_log(void *session, kro_log_level level, const char *message);

#endif
