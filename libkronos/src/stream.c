#include "stream.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fence.h"
#include "graph.h"

// Descriptor set groups a stream keeps before it evicts old ones.
enum { BINDINGS_BOUND = 1024 };

static void free_stream(kro__object *object)
{
    kro_stream *stream = (kro_stream *)object;
    kro_context *ctx = object->ctx;
    for (int i = 0; i < KRO__BATCHES; i++)
        kro__open_batch_finish(&stream->batches[i]);
    kro__bindings_finish(&stream->bindings);
    if (stream->recorder)
        ctx->backend->recorder_destroy(ctx->device, stream->recorder);
    kro__staging_finish(&stream->upload);
    kro__staging_finish(&stream->readback);
    kro__stream_check_destroy(stream->check);
    free(stream->arguments);
    free(stream->bound);
    free(stream->uses);
    if (stream->shared)
        kro__mutex_finish(&stream->lock);
    kro__shapes_finish(&stream->shapes);
    free(stream->label);
    free(stream);
}

static void list_stream(kro_stream *stream)
{
    kro__graveyard *graveyard = &stream->object.ctx->graveyard;
    kro__mutex_lock(&graveyard->lock);
    stream->next_stream = graveyard->streams;
    if (stream->next_stream)
        stream->next_stream->previous_stream = stream;
    graveyard->streams = stream;
    kro__mutex_unlock(&graveyard->lock);
}

static void unlist_stream(kro_stream *stream)
{
    kro__graveyard *graveyard = &stream->object.ctx->graveyard;
    kro__mutex_lock(&graveyard->lock);
    if (stream->previous_stream)
        stream->previous_stream->next_stream = stream->next_stream;
    else
        graveyard->streams = stream->next_stream;
    if (stream->next_stream)
        stream->next_stream->previous_stream = stream->previous_stream;
    kro__mutex_unlock(&graveyard->lock);
}

static kro_status fill_stream(kro_stream *stream, const kro_stream_config *config, bool shared,
                              bool check)
{
    kro_context *ctx = stream->object.ctx;
    const char *label = config->label ? config->label : "";
    stream->label = malloc(strlen(label) + 1);
    if (!stream->label || (shared && !kro__mutex_init(&stream->lock)))
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory for stream '%s'", label);
    strcpy(stream->label, label);
    stream->shared = shared;
    stream->careful = shared || ctx->plain;
    stream->info.label = stream->label;
    stream->info.queue = config->queue;
    stream->queue = &ctx->queues[config->queue];
    stream->id = atomic_fetch_add(&ctx->stream_ids, 1) + 1;
    stream->most_nodes = config->batch_nodes ? config->batch_nodes : ctx->batch_nodes;
    if (ctx->plain)
        stream->most_nodes = 1;
    stream->batch_nodes = kro__pace_limit(&stream->queue->pace, stream->most_nodes);
    kro__bindings_init(&stream->bindings, BINDINGS_BOUND);
    kro__shapes_init(&stream->shapes);
    kro__staging_init(&stream->upload, ctx->device, KRO_MEMORY_UPLOAD);
    kro__staging_init(&stream->readback, ctx->device, KRO_MEMORY_READBACK);
    if (check) {
        stream->check = kro__stream_check_create();
        if (!stream->check)
            return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory for stream '%s'",
                             label);
    }
    return kro__context_note(
        ctx, ctx->backend->recorder_create(ctx->device, config->queue, label, &stream->recorder));
}

static kro_status make_stream(kro_context *ctx, const kro_stream_config *config, bool shared,
                              bool check, kro_stream **out)
{
    kro_stream *stream = calloc(1, sizeof *stream);
    if (!stream)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory for a stream");
    stream->object.ctx = ctx;
    for (int i = 0; i < KRO__BATCHES; i++)
        kro__open_batch_init(&stream->batches[i]);
    stream->batch = stream->batches;
    stream->batch->number = ++stream->batch_number;
    kro_status status = fill_stream(stream, config, shared, check);
    if (status < 0) {
        free_stream(&stream->object);
        return status;
    }
    kro__object_register(&stream->object, ctx, free_stream);
    *out = stream;
    return KRO_OK;
}

kro_status kro__stream_open(kro_context *ctx, const kro_stream_config *config, bool shared,
                            kro_stream **out)
{
    kro_status status = make_stream(ctx, config, shared, ctx->check_hazards, out);
    if (status >= 0)
        list_stream(*out);
    return status;
}

kro_status kro__stream_open_hidden(kro_context *ctx, const kro_stream_config *config,
                                   kro_stream **out)
{
    kro_status status = make_stream(ctx, config, false, false, out);
    if (status >= 0)
        (*out)->batch_nodes = UINT32_MAX;
    return status;
}

void kro__stream_close_hidden(kro_stream *stream)
{
    kro__stream_drop(stream);
    kro__object_retire(&stream->object);
}

kro_status kro_stream_create(kro_context *ctx, const kro_stream_config *config, kro_stream **out)
{
    if (out)
        *out = NULL;
    if (!ctx || !out)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_stream_create: ctx or out is NULL");
    kro_stream_config defaults = {0};
    if (!config)
        config = &defaults;
    if (config->queue >= ctx->queue_count)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "stream '%s' wants queue %u; the context has %u (config.queues asks for "
                         "more)",
                         config->label ? config->label : "", config->queue, ctx->queue_count);
    kro_status status = kro__context_check(ctx);
    return status < 0 ? status : kro__stream_open(ctx, config, false, out);
}

const kro_stream_info *kro_stream_get_info(const kro_stream *stream)
{
    return stream ? &stream->info : NULL;
}

void kro_stream_destroy(kro_stream *stream)
{
    if (!stream)
        return;
    kro_context *ctx = stream->object.ctx;
    if (stream->shared) {
        kro__log_line(&ctx->log, KRO_LOG_WARNING,
                      "kro_stream_destroy: the default stream lives as long as its context");
        return;
    }
    kro_graph_destroy(stream->capture);
    kro__stream_drop(stream);
    kro__queue_drop_reads(stream->queue, stream, NULL);
    unlist_stream(stream);
    kro__object_retire(&stream->object);
}

kro_status kro__stream_end_slowly(kro_stream *stream, kro_status status)
{
    kro_context *ctx = stream->object.ctx;
    if (status < 0 && stream->capture) {
        kro__graph_spoil(stream->capture, status);
    } else if (status < 0 && stream->error == 0) {
        kro__stream_drop(stream);
        stream->error = kro__context_note(ctx, status);
        stream->batch->room = 0;
        stream->sentence = kro__sentence_keep();
    }
    uint64_t value = stream->last_value;
    kro__stream_unlock(stream);
    if (status < 0 || !ctx->plain || value == 0)
        return status;
    status = kro__queue_wait(ctx, stream->queue, value, UINT64_MAX);
    if (status < 0)
        return status;
    kro__stream_lock(stream);
    kro__bindings_evict(&stream->bindings, value, 0);
    kro__stream_unlock(stream);
    return KRO_OK;
}

kro_status kro_barrier(kro_stream *stream)
{
    if (!stream)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_barrier: stream is NULL");
    if (stream->capture)
        return kro__graph_add_barrier(stream->capture);
    kro__stream_lock(stream);
    kro_status status = kro__stream_begin(stream);
    if (status >= 0 && stream->batch->node_count == 0)
        stream->entry_barrier = true;
    else if (status >= 0)
        stream->batch->floor = stream->batch->highest + 1;
    return kro__stream_end(stream, status);
}

kro_status kro__stream_submit(kro_stream *stream)
{
    kro_status status = KRO_OK;
    if (stream->error == 0) // a loss is everybody's, also of those with nothing to submit
        status = stream->batch->node_count > 0 ? kro__stream_flush(stream)
                                               : kro__context_check(stream->object.ctx);
    // Asked only now: another thread may have failed while this one waited.
    if (stream->error < 0) {
        status = stream->error;
        if (!stream->capture)
            stream->error = KRO_OK;
        kro__sentence_restore(&stream->sentence);
    }
    return status;
}

kro_status kro_submit(kro_stream *stream, kro_fence *out)
{
    if (out)
        *out = (kro_fence){0};
    if (!stream)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_submit: stream is NULL");
    kro__stream_lock(stream);
    kro_status status = kro__stream_submit(stream);
    if (status >= 0 && out && stream->last_value > 0)
        *out = (kro_fence){.queue = stream->queue->index + 1u, .value = stream->last_value};
    kro__stream_unlock(stream);
    return status;
}

kro_status kro_finish(kro_stream *stream)
{
    if (!stream)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_finish: stream is NULL");
    kro__stream_lock(stream);
    kro_status status = kro__stream_submit(stream);
    uint64_t value = stream->last_value;
    kro__stream_unlock(stream);
    return status < 0 || value == 0
               ? status
               : kro__queue_wait(stream->object.ctx, stream->queue, value, UINT64_MAX);
}

// Notes on a locked stream that its next submit waits for a fence of this context.
static kro_status add_wait(kro_stream *stream, kro_fence fence)
{
    kro_context *ctx = stream->object.ctx;
    uint32_t queue = (uint32_t)fence.queue - 1;
    if (stream->check)
        kro__check_waited(stream, fence);
    // On its own queue submission order and entry barriers do it.
    if (queue == stream->queue->index || fence.value <= atomic_load(&ctx->queues[queue].retired))
        return KRO_OK;
    kro_status status = stream->error == 0 ? kro__stream_flush(stream) : KRO_OK;
    if (status < 0)
        return status;
    uint32_t i = 0;
    while (i < stream->wait_count && stream->waits[i].queue != queue)
        i++;
    if (i == stream->wait_count)
        stream->waits[stream->wait_count++] = (kro__wait){.queue = queue};
    if (fence.value > stream->waits[i].value)
        stream->waits[i].value = fence.value;
    return KRO_OK;
}

kro_status kro_stream_wait(kro_stream *stream, kro_fence fence)
{
    if (!stream)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_stream_wait: stream is NULL");
    kro__stream_lock(stream);
    kro_status status = kro__fence_check(stream->object.ctx, fence);
    if (status >= 0 && stream->capture)
        status = kro__stream_begin(stream); // says why not
    else if (status >= 0 && fence.queue != 0)
        status = add_wait(stream, fence);
    // Kept like a recording error: work that lost its order must not be submitted.
    return kro__stream_end(stream, status);
}
