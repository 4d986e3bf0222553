// Waiting for submitted work and handing over what it read.
#ifndef KRO_SRC_FENCE_H
#define KRO_SRC_FENCE_H

#include <stdint.h>

#include <kronos/stream.h>

#include "context.h"

// Waits for a value of a queue, counts it as seen by the application and delivers its reads.
kro_status kro__queue_wait(kro_context *ctx, kro__queue *queue, uint64_t value,
                           uint64_t timeout_ns);

// Whether a value of a queue has finished: KRO_OK, KRO_NOT_READY or an error. Nothing counts as
// seen.
kro_status kro__queue_look(kro_context *ctx, const kro__queue *queue, uint64_t value);

// Measures what has finished of a queue under a watchdog.
kro_status kro__queue_measure_now(kro_context *ctx, kro__queue *queue);

// The same of any queue: one without a watchdog costs a branch.
static inline kro_status kro__queue_measure(kro_context *ctx, kro__queue *queue)
{
    return queue->pace.watchdog_ns == 0 ? KRO_OK : kro__queue_measure_now(ctx, queue);
}

// Waits for a value of a queue that the application has not asked for: nothing counts as seen.
kro_status kro__queue_hold(kro_context *ctx, kro__queue *queue, uint64_t value);

// Whether a fence is one of this context's; INVALID_ARGUMENT and a sentence if not.
kro_status kro__fence_check(kro_context *ctx, kro_fence fence);

// Adds the reads of a batch that is about to be submitted. On failure nothing was added.
bool kro__queue_reserve_reads(kro__queue *queue, uint32_t count);
void kro__queue_add_reads(kro__queue *queue, const kro__pending_read *reads, uint32_t count,
                          uint64_t value);

// Forgets the reads of a stream into `dst`, or all of them where it is NULL: the memory is the
// caller's again.
void kro__queue_drop_reads(kro__queue *queue, const kro_stream *stream, const void *dst);

#endif
