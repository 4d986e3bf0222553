// `.check_hazards`: reports use of one buffer by several streams that nothing orders.
//
// Each stream remembers what it submitted and how far it has waited for every queue, directly or
// through the work that it waited for. A submit that touches bytes another stream has used since is
// reported: on one queue it happens to work, on the next device it is a race.
#ifndef KRO_SRC_CHECK_H
#define KRO_SRC_CHECK_H

#include <stdint.h>

#include "context.h"
#include "hazards.h"

struct kro__stream_check {
    kro__accesses submitted;         // by submit value of the stream's queue
    uint64_t known[KRO__MAX_QUEUES]; // values that this stream is ordered after
};

// Returns NULL when memory ran out.
kro__stream_check *kro__stream_check_create(void);
void kro__stream_check_destroy(kro__stream_check *check);

// The stream waits for a fence.
void kro__check_waited(kro_stream *stream, kro_fence fence);

// The stream has submitted work with these accesses under `value`.
void kro__check_submitted(kro_stream *stream, kro__accesses *accesses, uint64_t value);

// A blocking access to a buffer begins; other streams may hold work on it that it will not see.
void kro__check_blocking(kro_context *ctx, const kro_buffer *buffer, const char *verb);

#endif
