// The insides of a running test of kronos/test.h.
#ifndef KRO_TEST_KERNEL_TEST_H
#define KRO_TEST_KERNEL_TEST_H

#include <stdatomic.h>

#include <kronos/test.h>

// One object to destroy when the test ends.
typedef struct kro__owned {
    struct kro__owned *next;
    kro_buffer *buffer;     // or
    kro_pipeline *pipeline; // the other is NULL
} kro__owned;

struct kro_test {
    const char *name;
    kro_context *ctx;
    kro__owned *owned; // newest first
    atomic_uint checks, failures;
    atomic_bool skipped;
    atomic_bool lost; // the device; the next test needs another context
};

// Fails the test because of a status, with its name and sentence. `what` was tried.
void kro__test_fail_status(kro_test *t, const char *file, int line, const char *what,
                           kro_status status);

// Destroys what the test owns.
void kro__test_release(kro_test *t);

#endif
