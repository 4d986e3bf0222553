// Copies of host memory, shared between threads where they are large: one processor alone does not
// fill the way to memory.
#ifndef KRO_SRC_COPIER_H
#define KRO_SRC_COPIER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "os/thread.h"

// Below KRO__COPIER_LEAST_BYTES waking others costs more than they save; above, threads take
// pieces.
enum { KRO__COPIER_MAX_THREADS = 64, KRO__COPIER_LEAST_BYTES = 1 << 20 };

typedef struct kro__copier {
    uint32_t thread_count; // that share a copy, the caller's included; up to 1: nothing is shared
    bool has_locks;
    kro__mutex lock;               // guards all below but the atomics
    kro__condition work, finished; // for the helpers; for the caller
    kro__thread helpers[KRO__COPIER_MAX_THREADS];
    uint32_t helper_count;
    bool started, stopping; // the helpers were; they are to end
    bool taken;             // a caller is using them
    bool open;              // there is work that a helper may join
    uint64_t job;           // which one
    uint32_t active;        // helpers at it
    uint8_t *dst;
    const uint8_t *src;
    uint64_t size_bytes;
    _Atomic uint64_t next_bytes;   // where the next piece begins
    _Atomic uint64_t helped_bytes; // copied by helpers, ever
} kro__copier;

// No thread is made before the first large copy. More than KRO__COPIER_MAX_THREADS are not used.
//
// Returns: false where the system has no room for its locks.
bool kro__copier_init(kro__copier *copier, uint32_t thread_count);

// Ends its threads. Accepts a zeroed one.
void kro__copier_finish(kro__copier *copier);

// As memcpy does. Where threads cannot be made, or help another caller already, the caller copies
// alone.
//
// Threads: safe.
void kro__copier_copy(kro__copier *copier, void *dst, const void *src, uint64_t size_bytes);

#endif
