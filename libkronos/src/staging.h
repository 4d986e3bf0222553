// Memory that host bytes pass through on their way to and from buffers the host cannot reach. One
// per stream and direction: chunks that are filled front to back and used again when the work and
// the reads that need them are done.
#ifndef KRO_SRC_STAGING_H
#define KRO_SRC_STAGING_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "backend.h"

enum {
    KRO__STAGING_CHUNK_BYTES = 1 << 20,
    KRO__STAGING_MAX_BYTES = 64 << 20,
    // Blocking transfers: pieces that are on their way at once, and how large they may be.
    KRO__STAGING_PIECES = 3,
    KRO__STAGING_PIECE_BYTES = 4 << 20,
    KRO__STAGING_SHARED_PIECE_BYTES = 16 << 20, // where threads share the copying
    // Larger chunks that stay for the next transfer, all together: what one has on its way.
    KRO__STAGING_KEPT_BYTES = KRO__STAGING_PIECES * KRO__STAGING_SHARED_PIECE_BYTES,
};

struct kro__staging_chunk {
    kro__memory *memory;
    uint64_t used_bytes;
    uint64_t last_value;            // submit that uses it last
    bool in_batch;                  // the open batch uses it
    _Atomic uint32_t pending_reads; // kro_reads in it that no wait has delivered yet
    struct kro__staging_chunk *next;
};
typedef struct kro__staging_chunk kro__staging_chunk;

typedef struct kro__staging {
    kro__device *device;
    kro_memory memory;          // UPLOAD or READBACK
    kro__staging_chunk *chunks; // the one in use first
} kro__staging;

void kro__staging_init(kro__staging *staging, kro__device *device, kro_memory memory);
void kro__staging_finish(kro__staging *staging);

// Takes room for `size_bytes` (at most KRO__STAGING_MAX_BYTES) until the open batch has finished on
// `queue` and, for reads, was delivered.
kro_status kro__staging_take(kro__staging *staging, uint32_t queue, uint64_t size_bytes,
                             kro__staging_chunk **out, uint64_t *offset_bytes);

// The open batch was submitted under `value`; 0: it was dropped.
void kro__staging_submitted(kro__staging *staging, uint64_t value);

#endif
