// The open batch of a stream: how it grows, is scheduled and is submitted.
#include "stream.h"

#include "append.h"
#include "buffer.h"
#include "check.h"
#include "fence.h"
#include "follow.h"
#include "grow.h"
#include "os/time.h"

enum { FEW_BUFFERS = 32 };

void kro__stream_clear(kro_stream *stream)
{
    kro__open_batch *batch = stream->batch;
    if (stream->check)
        for (uint32_t i = 0; i < batch->touched_count; i++)
            atomic_fetch_sub(&batch->touched[i]->open_batches, 1);
    if (stream->uses_everything) // rather than a store that all processors wait for
        stream->uses_everything = false;
    kro__open_batch_clear(batch, ++stream->batch_number);
}

uint32_t kro__stream_room(const kro_stream *stream)
{
    uint32_t capacity = stream->batch->node_capacity;
    return capacity < stream->batch_nodes ? capacity : stream->batch_nodes - 1;
}

// No batch is open any more.
static void unpublish(kro_stream *stream)
{
    // What reads this reads the queue's last value after it: not before that is stored.
    atomic_store_explicit(&stream->open_serial, 0, memory_order_release);
}

static void empty_batch(kro_stream *stream)
{
    kro__open_batch *batch = stream->batch;
    const bool followed = batch->following.count > 0;
    kro__stream_clear(stream);
    if (followed || batch->room >= stream->batch_nodes) // the place of that batch is taken
        batch->room = kro__stream_room(stream);
    unpublish(stream);
}

void kro__stream_drop(kro_stream *stream)
{
    const kro__open_batch *batch = stream->batch;
    for (uint32_t i = 0; i < batch->read_count; i++)
        atomic_fetch_sub(&batch->reads[i].chunk->pending_reads, 1);
    kro__bindings_dropped(&stream->bindings);
    kro__staging_submitted(&stream->upload, 0);
    kro__staging_submitted(&stream->readback, 0);
    empty_batch(stream);
}

static kro_status fail_memory(const kro_stream *stream)
{
    return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY,
                     "out of host memory after %u operations of stream '%s'",
                     stream->batch->node_count, stream->label);
}

// Whether the next node makes the batch full.
static bool is_last_node(const kro_stream *stream)
{
    return stream->batch->node_count + 1 >= stream->batch_nodes;
}

kro_status kro__stream_begin_slowly(kro_stream *stream)
{
    // That node submits the batch, and is half recorded by then: what there is to wait for is
    // waited for now.
    kro_status status =
        stream->error == 0 && is_last_node(stream) ? kro__stream_make_room(stream, 1) : KRO_OK;
    if (stream->error < 0) {
        kro__sentence_restore(&stream->sentence);
        return stream->error;
    }
    if (status >= 0)
        status = kro__follow_stop(stream);
    if (status < 0)
        return status;
    kro__open_batch *batch = stream->batch;
    if (!kro__grow(&batch->nodes, &batch->node_capacity, batch->node_count + 1,
                   sizeof *batch->nodes) ||
        !kro__grow(&batch->plan, &batch->plan_capacity, batch->node_capacity,
                   sizeof *batch->plan) ||
        !kro__grow(&batch->steps, &batch->step_capacity, batch->node_capacity,
                   sizeof *batch->steps) ||
        !kro__schedule_reserve(&batch->schedule, batch->node_capacity))
        return fail_memory(stream);
    batch->room = kro__stream_room(stream) + is_last_node(stream);
    return KRO_OK;
}

kro_status kro__stream_track(kro_stream *stream, kro__use *uses, uint32_t use_count)
{
    kro__open_batch *batch = stream->batch;
    if (!kro__accesses_reserve_buffers(&batch->accesses, use_count) ||
        !kro__grow(&batch->touched, &batch->touched_capacity, batch->touched_count + use_count,
                   sizeof *batch->touched))
        return fail_memory(stream);
    for (uint32_t i = 0; i < use_count; i++) {
        kro__use *use = &uses[i];
        use->tracked = kro__accesses_track(&batch->accesses, use->access.buffer_id);
        use->whole = kro__access_is_whole(&use->access);
        if (use->tracked == batch->touched_count) {
            batch->touched[batch->touched_count++] = use->buffer;
            if (stream->check)
                atomic_fetch_add(&use->buffer->open_batches, 1);
        }
        // Not only where it reads: a host write must not meet a device write that is still on its
        // way to memory.
        if (use->access.writes && use->buffer->memory->host)
            batch->exit_barrier = true;
    }
    return KRO_OK;
}

// Appends any node.
static kro_status append_slowly(kro_stream *stream, uint32_t pipeline_id, kro__step step,
                                bool uses_everything, const kro__use *uses, uint32_t use_count)
{
    kro__open_batch *batch = stream->batch;
    kro__accesses *accesses = &batch->accesses;
    if (!kro__accesses_reserve_parts(accesses, use_count))
        return fail_memory(stream);
    uint64_t conflict = uses_everything ? batch->highest : 0;
    for (uint32_t i = 0; i < use_count; i++)
        conflict = kro__max_u64(
            conflict, kro__accesses_conflict_at(accesses, uses[i].tracked, &uses[i].access));
    uint32_t level = kro__level_after(batch, conflict, step.independent);
    for (uint32_t i = 0; i < use_count; i++)
        kro__accesses_add_at(accesses, uses[i].tracked, &uses[i].access, level);
    if (uses_everything) {
        kro__accesses_add_everything(accesses, level);
        stream->uses_everything = batch->exit_barrier = true;
    }
    kro__stream_push_node(stream, pipeline_id, step, level);
    return KRO_OK;
}

kro_status kro__stream_append(kro_stream *stream, uint32_t pipeline_id, kro__step step,
                              bool uses_everything, const kro__use *uses, uint32_t use_count)
{
    kro_status status = KRO_OK;
    uint32_t level =
        uses_everything ? 0 : kro__stream_level_quickly(stream, step.independent, uses, use_count);
    if (level > 0)
        kro__stream_push_node(stream, pipeline_id, step, level);
    else
        status = append_slowly(stream, pipeline_id, step, uses_everything, uses, use_count);
    return status >= 0 && kro__stream_is_full(stream) ? kro__stream_flush(stream) : status;
}

kro_status kro__stream_record(kro_stream *stream, bool again, kro__recorded **out)
{
    kro_context *ctx = stream->object.ctx;
    kro__open_batch *batch = stream->batch;
    kro__schedule *schedule = &batch->schedule;
    if (kro__follows_whole(batch))
        ; // it has the order of the batch that it follows
    else if (ctx->plain)
        kro__schedule_build_plain(schedule, batch->node_count);
    else
        kro__schedule_build(schedule, batch->plan, batch->node_count);
    kro__batch scheduled = {
        .nodes = batch->nodes,
        .order = schedule->order,
        .node_count = batch->node_count,
        .barriers = schedule->barriers,
        .barrier_count = schedule->barrier_count,
        .any_indirect = batch->any_indirect,
        .exit_barrier = batch->exit_barrier,
        .again = again,
        .push = batch->push,
        .push_bytes = batch->push_count,
        .dynamic_offsets = batch->dynamic_offsets,
        .dynamic_count = batch->dynamic_count,
        .evicted = stream->bindings.evicted,
        .evicted_count = stream->bindings.evicted_count,
        .sets = batch->sets,
        .set_count = batch->set_count,
        .entries = batch->entries,
    };
    kro_status status = ctx->backend->record(stream->recorder, &scheduled, out);
    kro__bindings_recorded(&stream->bindings, status >= 0);
    return status;
}

// Whether earlier work of the queue, not yet seen complete, must be ordered before this batch.
static bool needs_entry_barrier(kro_stream *stream, kro_stream *source)
{
    kro__queue *queue = stream->queue;
    uint64_t retired = atomic_load(&queue->retired);
    if (queue->accesses.highest <= retired)
        return false;
    return stream->entry_barrier || source->entry_barrier || stream->object.ctx->plain ||
           kro__accesses_overlap(&queue->accesses, retired, &source->batch->accesses);
}

// Whether all that is known of a queue was seen complete, and is worth forgetting: a few whole
// buffers are sooner found and marked anew.
static bool is_outdated(kro__queue *queue)
{
    const kro__accesses *accesses = &queue->accesses;
    return (accesses->count > FEW_BUFFERS || accesses->intervals.count > 0) &&
           accesses->highest <= atomic_load(&queue->retired);
}

// Under the queue's lock: decides about the entry barrier, submits, and notes what is in flight
// now.
static kro_status submit_locked(kro_stream *stream, kro_stream *source, kro__recorded *recorded,
                                bool *entry_barrier)
{
    const kro__open_batch *batch = source->batch;
    kro_context *ctx = stream->object.ctx;
    kro__queue *queue = stream->queue;
    *entry_barrier = needs_entry_barrier(stream, source);
    if (*entry_barrier || is_outdated(queue))
        kro__accesses_clear(&queue->accesses);
    uint64_t expected = atomic_load(&queue->last) + 1;
    if (!kro__accesses_merge(&queue->accesses, &source->batch->accesses, expected) ||
        (batch->read_count > 0 && !kro__queue_reserve_reads(queue, batch->read_count))) {
        kro__accesses_add_everything(&queue->accesses, expected);
        if (source == stream)
            ctx->backend->discard(stream->recorder, recorded);
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory submitting stream '%s'",
                         stream->label);
    }
    uint64_t value = 0;
    kro_status status = ctx->backend->submit(stream->recorder, recorded, *entry_barrier,
                                             stream->waits, stream->wait_count, &value);
    if (status < 0) {
        // The barrier never ran, so whatever was in flight before still is.
        kro__accesses_add_everything(&queue->accesses, expected);
        return status;
    }
    // Whoever looks for these has been told by the application that the submit is over: an exchange
    // that orders them against everything else would cost more than the submit.
    for (uint32_t i = 0; i < batch->touched_count; i++)
        atomic_store_explicit(&batch->touched[i]->last_use[queue->index], value,
                              memory_order_release);
    if (source->uses_everything)
        atomic_store_explicit(&queue->last_everything, value, memory_order_release);
    atomic_store_explicit(&queue->last, value, memory_order_release);
    if (batch->read_count > 0)
        kro__queue_add_reads(queue, batch->reads, batch->read_count, value);
    stream->last_value = value;
    return KRO_OK;
}

static void count_submit(kro_stream *stream, const kro_stream *source, bool entry_barrier)
{
    const kro__open_batch *batch = source->batch;
    stream->info.nodes += batch->node_count;
    stream->info.submits++;
    stream->info.level_barriers += source->batch->schedule.barrier_count;
    stream->info.entry_barriers += entry_barrier;
    stream->info.exit_barriers += batch->exit_barrier;
}

static void note_in_flight(kro_stream *stream)
{
    stream->recent[stream->recent_next] = stream->last_value;
    stream->recent_next = (stream->recent_next + 1) % KRO__MAX_IN_FLIGHT;
}

// Has the submission measured that was made at `start_ns`. Of streams whose batches hold one node
// there is nothing to learn.
static void note_pace(kro_stream *stream, const kro_stream *source, uint64_t start_ns)
{
    kro__queue *queue = stream->queue;
    if (start_ns == 0 || stream->most_nodes == 1)
        return;
    kro__mutex_lock(&queue->pace_lock);
    kro__pace_submitted(&queue->pace, stream->last_value, source->batch->node_count, start_ns);
    kro__mutex_unlock(&queue->pace_lock);
}

kro_status kro__stream_send(kro_stream *stream, kro_stream *source, kro__recorded *recorded)
{
    kro__queue *queue = stream->queue;
    uint64_t start_ns = queue->pace.watchdog_ns > 0 ? kro__now_ns() : 0;
    bool entry_barrier = false;
    kro__mutex_lock(&queue->lock);
    kro_status status = submit_locked(stream, source, recorded, &entry_barrier);
    kro__mutex_unlock(&queue->lock);
    if (status < 0)
        return status;
    note_pace(stream, source, start_ns);
    note_in_flight(stream);
    count_submit(stream, source, entry_barrier);
    if (stream->check)
        kro__check_submitted(stream, &source->batch->accesses, stream->last_value);
    stream->wait_count = 0;
    // A kro_barrier after the last node still stands before whatever comes next.
    stream->entry_barrier = source->batch->floor > source->batch->highest;
    return KRO_OK;
}

// Finds descriptor sets to give up, where there are many.
static kro_status evict_bindings(kro_stream *stream)
{
    const kro_context *ctx = stream->object.ctx;
    if (!kro__bindings_crowded(&stream->bindings))
        return KRO_OK;
    uint64_t completed = 0;
    kro_status status = ctx->backend->completed(ctx->device, stream->queue->index, &completed);
    if (status >= 0)
        kro__bindings_evict(&stream->bindings, completed, stream->bindings.bound);
    return status;
}

// The value that has to have finished before so many more batches may be in flight.
static inline uint64_t oldest_of(const kro_stream *stream, uint32_t batch_count)
{
    return stream->recent[(stream->recent_next + batch_count - 1) % KRO__MAX_IN_FLIGHT];
}

static inline bool has_room(const kro_stream *stream, uint32_t batch_count)
{
    return oldest_of(stream, batch_count) <= atomic_load(&stream->queue->retired);
}

kro_status kro__stream_make_room(kro_stream *stream, uint32_t batch_count)
{
    kro_context *ctx = stream->object.ctx;
    kro_status status = KRO_NOT_READY;
    while (status == KRO_NOT_READY) {
        uint64_t oldest = oldest_of(stream, batch_count);
        status =
            has_room(stream, batch_count) ? KRO_OK : kro__queue_look(ctx, stream->queue, oldest);
        if (status != KRO_NOT_READY)
            break;
        kro__stream_unlock(stream);
        kro_status waited = kro__queue_hold(ctx, stream->queue, oldest);
        kro__stream_lock(stream);
        if (waited < 0)
            status = waited;
    }
    return kro__context_note(ctx, status);
}

kro_status kro__stream_flush(kro_stream *stream)
{
    kro_context *ctx = stream->object.ctx;
    kro__recorded *recorded = NULL;
    kro_status status = kro__context_check(ctx);
    if (status >= 0 && stream->batch->node_count > 0 && !has_room(stream, 1))
        status = kro__stream_make_room(stream, 1);
    if (stream->batch->node_count == 0) // or another thread has submitted it, or dropped it
        return KRO_OK;
    if (status >= 0)
        status = kro__queue_measure(ctx, stream->queue);
    if (status >= 0)
        status = kro__follow_close(stream);
    if (status >= 0)
        status = evict_bindings(stream);
    if (status >= 0)
        status = kro__stream_record(stream, false, &recorded);
    if (status >= 0)
        status = kro__stream_send(stream, stream, recorded);
    if (status < 0) {
        kro__stream_drop(stream);
        return kro__context_note(ctx, status);
    }
    stream->info.descriptor_sets += stream->batch->descriptor_sets;
    kro__bindings_submitted(&stream->bindings, stream->last_value);
    kro__staging_submitted(&stream->upload, stream->last_value);
    kro__staging_submitted(&stream->readback, stream->last_value);
    stream->batch_nodes = kro__pace_limit(&stream->queue->pace, stream->most_nodes);
    if (kro__follow_next(stream))
        unpublish(stream);
    else
        empty_batch(stream);
    kro__retire_collect(ctx);
    return KRO_OK;
}
