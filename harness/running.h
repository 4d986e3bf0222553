// The insides of a running case, for the harness alone.
#ifndef KT_RUNNING_H
#define KT_RUNNING_H

#include <stdatomic.h>

#include "session.h"

// One thing to release when the case ends.
typedef struct kt_owned {
    struct kt_owned *next;
    void (*release)(void *object);
    void *object;
} kt_owned;

struct kt_test {
    kt_session *session;
    const kt_case *test_case;
    atomic_uint_fast64_t checks, failures;
    atomic_uint_fast64_t read_back, everywhere; // sums of hashes: threads come in any order
    uint64_t run_seed;                          // that the run was given
    uint64_t seed, random;                      // of the case's own thread
    pthread_mutex_t lock;                       // guards the next
    kt_owned *owned;                            // newest first
};

// The case has these bytes from the device.
void kt_read_back(kt_test *t, const void *bytes, size_t size_bytes);

// Fails the case; the caller has counted the check. Returns false.
bool kt_fail_check(kt_test *t, kt_here here, const char *format, ...) KT_PRINTF(3, 4);
// Fails because of a status from Kronos, whose sentence it adds; DEVICE_LOST makes the case
// DeviceLost.
void kt_fail_status(kt_test *t, const char *what, kro_status status);
// The case asked the harness for something that cannot be.
void kt_internal_error(kt_test *t, const char *format, ...) KT_PRINTF(2, 3);
// Releases everything that the case owns.
void kt_release_all(kt_test *t);

#endif
