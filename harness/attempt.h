// What happened when a case ran once: statuses, and the events that lead to them.
#ifndef KT_ATTEMPT_H
#define KT_ATTEMPT_H

#include <cjson/cJSON.h>

#include "text.h"

// In ascending order of weight: an attempt has the heaviest status that any event gave it.
typedef enum kt_status {
    KT_PASS,
    KT_WARN,
    KT_NOT_SUPPORTED,
    KT_FAIL,
    KT_DEVICE_LOST,
    KT_CRASH,
    KT_TIMEOUT,
    KT_INTERNAL_ERROR,
    // Given by the run, never by an event:
    KT_SUSPECT, // the machine stopped answering after it
    KT_NOT_RUN, // the run ended before its turn
    KT_WAIVED,  // fails as the expectation file says
    KT_FLAKE,   // failed, and the expectation file says that it does at times
    KT_XPASS,   // the expectation file says that it fails, and it passed
    KT_STATUS_COUNT,
} kt_status;

// The name in reports, such as "NotSupported".
const char *kt_status_text(kt_status status);
// The status of that name; false where there is none.
bool kt_status_parse(const char *name, size_t size_bytes, kt_status *out);
// Fail, DeviceLost, Crash, Timeout and InternalError.
bool kt_status_is_failure(kt_status status);

// Hashes of what a case got from the device; 0 where there is none.
typedef struct kt_hashes {
    uint64_t read_back;  // all of it
    uint64_t everywhere; // of kt_same_everywhere
} kt_hashes;

typedef struct kt_attempt {
    kt_status status;
    kt_text message;      // the first event of that status: a failure, a missing feature, a signal
    kt_text log;          // everything in order, output of the process included
    size_t dropped_bytes; // of the log, past its limit
    cJSON *certificate;   // values by key, in the order they came; NULL where there is none
    size_t certificate_bytes; // that its events took
    uint64_t duration_ns;
    uint64_t checks;
    kt_hashes hashes; // of the last time it ran
} kt_attempt;

// Something a case said. Kinds are also message kinds between child and parent.
typedef enum kt_event {
    KT_EVENT_LOG = 1,
    KT_EVENT_WARN,
    KT_EVENT_SKIP,
    KT_EVENT_FAIL,
    KT_EVENT_LOST,
    KT_EVENT_INTERNAL,
    KT_EVENT_CERTIFICATE, // a JSON object: members of the case's certificate
    KT_EVENT_COUNT,
} kt_event;

void kt_attempt_event(kt_attempt *attempt, kt_event event, const char *text);
// Raises the status, if `status` weighs more, and logs the text.
void kt_attempt_raise(kt_attempt *attempt, kt_status status, const char *text);
// Adds what the process printed.
void kt_attempt_output(kt_attempt *attempt, const char *bytes, size_t size_bytes);
// The case returned: `checks` is how many it made. One that made none, and said nothing, fails.
void kt_attempt_complete(kt_attempt *attempt, uint64_t checks, uint64_t duration_ns);
// Moves an attempt to the end of another: the heavier status, both logs.
void kt_attempt_merge(kt_attempt *into, kt_attempt *from);
void kt_attempt_finish(kt_attempt *attempt);

#endif
