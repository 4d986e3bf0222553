#include "check.h"

#include <stdlib.h>

#include "buffer.h"
#include "grow.h"
#include "stream.h"

kro__stream_check *kro__stream_check_create(void)
{
    kro__stream_check *check = calloc(1, sizeof *check);
    if (check)
        kro__accesses_init(&check->submitted);
    return check;
}

void kro__stream_check_destroy(kro__stream_check *check)
{
    if (!check)
        return;
    kro__accesses_finish(&check->submitted);
    free(check);
}

static void raise_to(uint64_t *value, uint64_t to)
{
    if (to > *value)
        *value = to;
}

static void raise_all(uint64_t *known, const uint64_t *to)
{
    for (uint32_t q = 0; q < KRO__MAX_QUEUES; q++)
        raise_to(&known[q], to[q]);
}

// Whoever is behind a value of a queue is also behind what that work was behind.
static void learn(const kro__queue *queue, uint64_t value, uint64_t *known)
{
    raise_to(&known[queue->index], value);
    for (uint32_t i = 0; i < queue->order_count; i++)
        if (queue->orders[i].value <= value)
            raise_all(known, queue->orders[i].known);
}

// Sums up in the first record what the application has seen complete.
static void fold_retired(kro__queue *queue)
{
    uint64_t retired = atomic_load(&queue->retired);
    uint32_t kept = 1;
    for (uint32_t i = 1; i < queue->order_count; i++) {
        if (queue->orders[i].value > retired)
            queue->orders[kept++] = queue->orders[i];
        else
            raise_all(queue->orders[0].known, queue->orders[i].known);
    }
    queue->order_count = kept;
}

// Notes what a submit is behind, unless that follows from earlier submits of its queue.
static bool note_order(kro__queue *queue, uint64_t value, const uint64_t *known)
{
    uint64_t before[KRO__MAX_QUEUES] = {0};
    bool is_new = false;
    learn(queue, value, before);
    for (uint32_t q = 0; q < KRO__MAX_QUEUES; q++)
        is_new |= known[q] > before[q];
    if (!is_new)
        return true;
    if (!kro__grow(&queue->orders, &queue->order_capacity, queue->order_count + 2,
                   sizeof *queue->orders))
        return false;
    if (queue->order_count == 0)
        queue->orders[queue->order_count++] = (kro__order){0};
    fold_retired(queue);
    kro__order *order = &queue->orders[queue->order_count++];
    *order = (kro__order){.value = value};
    raise_all(order->known, known);
    return true;
}

void kro__check_waited(kro_stream *stream, kro_fence fence)
{
    kro_context *ctx = stream->object.ctx;
    kro__mutex_lock(&ctx->check_lock);
    learn(&ctx->queues[fence.queue - 1], fence.value, stream->check->known);
    kro__mutex_unlock(&ctx->check_lock);
}

static void compare_with(kro_context *ctx, kro_stream *stream, kro__accesses *accesses,
                         kro_stream *other)
{
    uint64_t ordered = stream->check->known[other->queue->index];
    if (kro__accesses_overlap(&other->check->submitted, ordered, accesses))
        kro__log_line(&ctx->log, KRO_LOG_WARNING,
                      "stream '%s' uses bytes that stream '%s' has used since their last common "
                      "fence; order them with kro_stream_wait",
                      stream->label, other->label);
}

void kro__check_submitted(kro_stream *stream, kro__accesses *accesses, uint64_t value)
{
    kro_context *ctx = stream->object.ctx;
    kro__stream_check *check = stream->check;
    kro__mutex_lock(&ctx->check_lock);
    // Work that the application has seen complete is behind every stream.
    for (uint32_t q = 0; q < ctx->queue_count; q++)
        learn(&ctx->queues[q], atomic_load(&ctx->queues[q].retired), check->known);
    kro__mutex_lock(&ctx->graveyard.lock);
    for (kro_stream *other = ctx->graveyard.streams; other; other = other->next_stream)
        if (other != stream && other != ctx->transfers)
            compare_with(ctx, stream, accesses, other);
    kro__mutex_unlock(&ctx->graveyard.lock);
    if (check->submitted.highest <= atomic_load(&stream->queue->retired))
        kro__accesses_clear(&check->submitted);
    if (!kro__accesses_merge(&check->submitted, accesses, value) ||
        !note_order(stream->queue, value, check->known))
        kro__log_line(&ctx->log, KRO_LOG_WARNING,
                      "check_hazards has no memory left for stream '%s'", stream->label);
    kro__mutex_unlock(&ctx->check_lock);
}

// Kernels that list no buffers are counted at no buffer.
static void check_addressed(kro_context *ctx, const kro_buffer *buffer, const char *verb)
{
    kro__mutex_lock(&ctx->graveyard.lock);
    for (kro_stream *stream = ctx->graveyard.streams; stream; stream = stream->next_stream)
        if (atomic_load(&stream->uses_everything))
            kro__log_line(&ctx->log, KRO_LOG_WARNING,
                          "blocking %s of %s does not see the open batch of stream '%s', which may "
                          "reach it by address; submit and wait first, or list what it touches",
                          verb, kro__name_buffer(buffer).text, stream->label);
    kro__mutex_unlock(&ctx->graveyard.lock);
}

void kro__check_blocking(kro_context *ctx, const kro_buffer *buffer, const char *verb)
{
    if (buffer->info.device_address)
        check_addressed(ctx, buffer, verb);
    uint32_t open = atomic_load(&buffer->open_batches);
    if (open > 0)
        kro__log_line(
            &ctx->log, KRO_LOG_WARNING,
            "blocking %s of %s does not see the work on it in %u open batch%s; submit and "
            "wait first",
            verb, kro__name_buffer(buffer).text, open, open == 1 ? "" : "es");
}
