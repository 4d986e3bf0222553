#include "check.h"

#include <stdlib.h>

#include "buffer.h"
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

void kro__check_waited(kro_stream *stream, kro_fence fence)
{
    uint64_t *known = &stream->check->known[fence.queue - 1];
    if (fence.value > *known)
        *known = fence.value;
}

static void compare_with(kro_context *ctx, kro_stream *stream, kro_stream *other)
{
    uint32_t queue = other->queue->index;
    uint64_t ordered = atomic_load(&ctx->queues[queue].retired);
    if (stream->check->known[queue] > ordered)
        ordered = stream->check->known[queue];
    if (kro__accesses_overlap(&other->check->submitted, ordered, &stream->accesses))
        kro__log_line(&ctx->log, KRO_LOG_WARNING,
                      "stream '%s' uses bytes that stream '%s' has used since their last common "
                      "fence; order them with kro_stream_wait",
                      stream->label, other->label);
}

void kro__check_submitted(kro_stream *stream, uint64_t value)
{
    kro_context *ctx = stream->object.ctx;
    kro__stream_check *check = stream->check;
    kro__mutex_lock(&ctx->check_lock);
    kro__mutex_lock(&ctx->graveyard.lock);
    for (kro_stream *other = ctx->graveyard.streams; other; other = other->next_stream)
        if (other != stream && other != ctx->transfers)
            compare_with(ctx, stream, other);
    kro__mutex_unlock(&ctx->graveyard.lock);
    if (check->submitted.highest <= atomic_load(&stream->queue->retired))
        kro__accesses_clear(&check->submitted);
    if (!kro__accesses_merge(&check->submitted, &stream->accesses, value))
        kro__log_line(&ctx->log, KRO_LOG_WARNING,
                      "check_hazards has no memory left for stream '%s'", stream->label);
    kro__mutex_unlock(&ctx->check_lock);
}

void kro__check_blocking(kro_context *ctx, const kro_buffer *buffer, const char *verb)
{
    uint32_t open = atomic_load(&buffer->open_batches);
    if (open > 0)
        kro__log_line(
            &ctx->log, KRO_LOG_WARNING,
            "blocking %s of %s does not see the work on it in %u open batch%s; submit and "
            "wait first",
            verb, kro__name_buffer(buffer).text, open, open == 1 ? "" : "es");
}
