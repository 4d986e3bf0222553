#include "fence.h"

#include <string.h>

#include "grow.h"
#include "os/time.h"
#include "retire.h"
#include "staging.h"
#include "stream.h"

// A blocked wait looks at this interval whether another thread has found the device lost.
static const uint64_t slice_ns = 50000000;

bool kro__queue_reserve_reads(kro__queue *queue, uint32_t count)
{
    kro__mutex_lock(&queue->reads_lock);
    bool reserved = kro__grow(&queue->reads, &queue->read_capacity, queue->read_count + count,
                              sizeof *queue->reads);
    kro__mutex_unlock(&queue->reads_lock);
    return reserved;
}

void kro__queue_add_reads(kro__queue *queue, const kro__pending_read *reads, uint32_t count,
                          uint64_t value)
{
    kro__mutex_lock(&queue->reads_lock);
    for (uint32_t i = 0; i < count; i++) {
        queue->reads[queue->read_count] = reads[i];
        queue->reads[queue->read_count].value = value;
        queue->read_count++;
    }
    atomic_store(&queue->undelivered, queue->read_count);
    kro__mutex_unlock(&queue->reads_lock);
}

void kro__queue_drop_reads(kro__queue *queue, const kro_stream *stream, const void *dst)
{
    kro__mutex_lock(&queue->delivery_lock);
    kro__mutex_lock(&queue->reads_lock);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < queue->read_count; i++) {
        const kro__pending_read *read = &queue->reads[i];
        if (read->stream == stream && (!dst || read->dst == dst))
            atomic_fetch_sub(&read->chunk->pending_reads, 1);
        else
            queue->reads[kept++] = *read;
    }
    queue->read_count = kept;
    atomic_store(&queue->undelivered, kept);
    kro__mutex_unlock(&queue->reads_lock);
    kro__mutex_unlock(&queue->delivery_lock);
}

// The read at `index` among those pending, if it belongs to a submit of at most `value`.
static bool find_read(kro__queue *queue, uint32_t index, uint64_t value, kro__pending_read *out)
{
    kro__mutex_lock(&queue->reads_lock);
    bool found = index < queue->read_count && queue->reads[index].value <= value;
    if (found)
        *out = queue->reads[index];
    kro__mutex_unlock(&queue->reads_lock);
    return found;
}

// Takes the first reads off the list: they are filled.
static void forget_reads(kro__queue *queue, uint32_t count)
{
    kro__mutex_lock(&queue->reads_lock);
    queue->read_count -= count;
    memmove(queue->reads, queue->reads + count, queue->read_count * sizeof *queue->reads);
    atomic_store(&queue->undelivered, queue->read_count);
    kro__mutex_unlock(&queue->reads_lock);
}

static kro_status deliver(kro_context *ctx, const kro__pending_read *read)
{
    kro__memory *memory = read->chunk->memory;
    kro_status status =
        ctx->backend->memory_invalidate(ctx->device, memory, read->offset_bytes, read->size_bytes);
    if (status < 0)
        return status;
    kro__copier_copy(&ctx->copier, read->dst, (const char *)memory->host + read->offset_bytes,
                     read->size_bytes);
    atomic_fetch_sub(&read->chunk->pending_reads, 1);
    return KRO_OK;
}

// Fills the destinations of reads up to `value`, one thread at a time, so that a second waiter
// returns only when they are filled. Meanwhile other threads submit, and add reads behind these.
static kro_status deliver_reads(kro_context *ctx, kro__queue *queue, uint64_t value)
{
    if (atomic_load(&queue->undelivered) == 0)
        return KRO_OK;
    kro_status status = KRO_OK;
    uint32_t delivered = 0;
    kro__pending_read read;
    kro__mutex_lock(&queue->delivery_lock);
    while (status >= 0 && find_read(queue, delivered, value, &read)) {
        status = deliver(ctx, &read);
        delivered += status >= 0;
    }
    if (delivered > 0)
        forget_reads(queue, delivered);
    kro__mutex_unlock(&queue->delivery_lock);
    return kro__context_note(ctx, status);
}

kro_status kro__queue_measure_now(kro_context *ctx, kro__queue *queue)
{
    kro__mutex_lock(&queue->pace_lock);
    uint64_t completed = 0, now_ns = kro__now_ns();
    kro_status status = ctx->backend->completed(ctx->device, queue->index, &completed);
    if (status >= 0)
        kro__pace_seen(&queue->pace, completed, now_ns);
    kro__mutex_unlock(&queue->pace_lock);
    return kro__context_note(ctx, status);
}

// The application has seen `value` complete: hazards against it are over, its reads are due.
static kro_status note_complete(kro_context *ctx, kro__queue *queue, uint64_t value)
{
    // Threads that come here at once may leave the lower value, which costs at most a barrier; an
    // exchange would cost each wait more than that.
    if (atomic_load_explicit(&queue->retired, memory_order_relaxed) < value)
        atomic_store_explicit(&queue->retired, value, memory_order_release);
    kro_status status = kro__queue_measure(ctx, queue);
    if (status >= 0)
        status = deliver_reads(ctx, queue, value);
    kro__retire_collect(ctx);
    return status;
}

kro_status kro__queue_look(kro_context *ctx, const kro__queue *queue, uint64_t value)
{
    uint64_t completed = 0;
    kro_status status = kro__context_check(ctx);
    if (status >= 0)
        status =
            kro__context_note(ctx, ctx->backend->completed(ctx->device, queue->index, &completed));
    if (status < 0)
        return status;
    return completed >= value ? KRO_OK : KRO_NOT_READY;
}

// One wait for a value of a queue.
typedef struct waiting {
    kro_context *ctx;
    kro__queue *queue;
    uint64_t value, start_ns, timeout_ns;
    uint64_t waited_ns;
    uint64_t unfinished_ns; // when it had not finished yet
} waiting;

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static kro_status look(waiting *it)
{
    kro_status status = kro__queue_look(it->ctx, it->queue, it->value);
    if (status == KRO_NOT_READY)
        it->unfinished_ns = it->waited_ns;
    it->waited_ns = kro__now_ns() - it->start_ns;
    return status;
}

// These three return KRO_NOT_READY when so much of the wait is over, or all of it.

static kro_status poll_until(waiting *it, uint64_t end_ns)
{
    kro_status status = KRO_NOT_READY;
    end_ns = least(end_ns, it->timeout_ns);
    while (status == KRO_NOT_READY && it->waited_ns < end_ns) {
        kro__cpu_relax();
        status = look(it);
    }
    return status;
}

// In slices, so that a lost device is noticed.
static kro_status block_to_end(waiting *it)
{
    kro_context *ctx = it->ctx;
    kro_status status = KRO_NOT_READY;
    while (status == KRO_NOT_READY && it->waited_ns < it->timeout_ns) {
        const uint64_t left_ns = it->timeout_ns - it->waited_ns;
        status = kro__context_note(ctx, ctx->backend->wait(ctx->device, it->queue->index, it->value,
                                                           least(left_ns, slice_ns)));
        it->waited_ns = kro__now_ns() - it->start_ns;
        if (status == KRO_TIMEOUT) {
            status = kro__context_check(ctx);
            status = status < 0 ? status : KRO_NOT_READY;
        }
    }
    return status;
}

// Asleep, by halves of what is left: work that ends early is found late by no more than that. Not
// in the driver: NVIDIA's (580.159) polls for what a time is beyond whole milliseconds.
static kro_status rest_until(waiting *it, uint64_t end_ns)
{
    kro_status status = KRO_NOT_READY;
    end_ns = least(end_ns, it->timeout_ns);
    while (status == KRO_NOT_READY && it->waited_ns < end_ns) {
        const uint64_t left_ns = end_ns - it->waited_ns;
        kro__sleep_ns(left_ns > 2 * it->ctx->spin_ns ? left_ns / 2 : left_ns);
        status = look(it);
    }
    return status;
}

// When the wait should end, where that is worth to be known: long after the time for polling, and
// not so long that being woken late does not matter. 0 otherwise.
static uint64_t foresee(const kro_context *ctx, const kro__queue *queue)
{
    const uint64_t spin_ns = ctx->spin_ns, expected_ns = kro__forecast_next(&queue->forecast);
    return spin_ns > 0 && expected_ns / 4 >= spin_ns && expected_ns / 40 <= spin_ns ? expected_ns
                                                                                    : 0;
}

// Polls for spin_ns and blocks. Whoever blocks is woken late, by about spin_ns on GPUs: so where
// the waits before took much longer the time for polling is kept until this one should end.
static kro_status block(kro_context *ctx, kro__queue *queue, uint64_t value, uint64_t timeout_ns)
{
    const uint64_t spin_ns = ctx->spin_ns;
    waiting it = {.ctx = ctx,
                  .queue = queue,
                  .value = value,
                  .start_ns = kro__now_ns(),
                  .timeout_ns = timeout_ns};
    const uint64_t expected_ns = foresee(ctx, queue);
    kro_status status = KRO_NOT_READY;
    if (expected_ns > 0)
        status = rest_until(&it, expected_ns - spin_ns - spin_ns / 2);
    if (status == KRO_NOT_READY)
        status = poll_until(&it, expected_ns + spin_ns);
    if (status == KRO_NOT_READY) {
        status = block_to_end(&it);
        it.unfinished_ns = it.waited_ns - least(spin_ns, it.waited_ns);
    }
    if (status == KRO_OK)
        kro__forecast_note(&queue->forecast, it.unfinished_ns);
    return status == KRO_NOT_READY ? KRO_TIMEOUT : status;
}

// What goes wrong while measuring the wait itself tells, or the next call does.
static kro_status block_measured(kro_context *ctx, kro__queue *queue, uint64_t value,
                                 uint64_t timeout_ns)
{
    (void)kro__queue_measure(ctx, queue);
    kro__mutex_lock(&queue->pace_lock);
    bool sees = kro__pace_wait_begin(&queue->pace, value);
    kro__mutex_unlock(&queue->pace_lock);
    kro_status status = block(ctx, queue, value, timeout_ns);
    const kro__sentence before = kro__sentence_keep();
    (void)kro__queue_measure(ctx, queue);
    kro__sentence_restore(&before);
    kro__mutex_lock(&queue->pace_lock);
    if (sees)
        kro__pace_wait_end(&queue->pace);
    kro__mutex_unlock(&queue->pace_lock);
    return status;
}

static kro_status wait_complete(kro_context *ctx, kro__queue *queue, uint64_t value,
                                uint64_t timeout_ns)
{
    kro_status status = kro__queue_look(ctx, queue, value);
    if (status != KRO_NOT_READY)
        return status;
    return queue->pace.watchdog_ns > 0 ? block_measured(ctx, queue, value, timeout_ns)
                                       : block(ctx, queue, value, timeout_ns);
}

kro_status kro__queue_wait(kro_context *ctx, kro__queue *queue, uint64_t value, uint64_t timeout_ns)
{
    kro_status status = wait_complete(ctx, queue, value, timeout_ns);
    return status == KRO_OK ? note_complete(ctx, queue, value) : status;
}

kro_status kro__queue_hold(kro_context *ctx, kro__queue *queue, uint64_t value)
{
    return atomic_load(&queue->retired) >= value ? KRO_OK
                                                 : wait_complete(ctx, queue, value, UINT64_MAX);
}

kro_status kro__fence_check(kro_context *ctx, kro_fence fence)
{
    if (fence.queue == 0 && fence.value == 0)
        return KRO_OK;
    if (fence.queue == 0 || fence.queue > ctx->queue_count)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "fence {%llu, %llu} is not of this context, which has %u queues",
                         (unsigned long long)fence.queue, (unsigned long long)fence.value,
                         ctx->queue_count);
    uint64_t last = atomic_load(&ctx->queues[fence.queue - 1].last);
    if (fence.value > last)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "fence {%llu, %llu} is not of this context, whose last submit there has "
                         "the value %llu",
                         (unsigned long long)fence.queue, (unsigned long long)fence.value,
                         (unsigned long long)last);
    return KRO_OK;
}

kro_status kro_wait(kro_context *ctx, kro_fence fence, uint64_t timeout_ns)
{
    if (!ctx)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_wait: ctx is NULL");
    kro_status status = kro__fence_check(ctx, fence);
    if (status < 0 || fence.queue == 0)
        return status;
    return kro__queue_wait(ctx, &ctx->queues[fence.queue - 1], fence.value, timeout_ns);
}

kro_status kro_poll(kro_context *ctx, kro_fence fence)
{
    if (!ctx)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_poll: ctx is NULL");
    kro_status status = kro__fence_check(ctx, fence);
    if (status < 0 || fence.queue == 0)
        return status;
    kro__queue *queue = &ctx->queues[fence.queue - 1];
    status = kro__queue_look(ctx, queue, fence.value);
    return status == KRO_OK ? note_complete(ctx, queue, fence.value) : status;
}
