// The open batch of a stream: how it grows, is scheduled and is submitted.
#include "stream.h"

#include "buffer.h"
#include "check.h"
#include "fence.h"
#include "grow.h"

static void empty_batch(kro_stream *stream)
{
    kro__open_batch *batch = &stream->batch;
    if (stream->check)
        for (uint32_t i = 0; i < batch->touched_count; i++)
            atomic_fetch_sub(&batch->touched[i]->open_batches, 1);
    batch->node_count = 0;
    batch->floor = 1;
    batch->highest = 0;
    batch->exit_barrier = false;
    batch->uses_everything = false;
    batch->push_count = 0;
    batch->dynamic_count = 0;
    batch->set_count = 0;
    batch->descriptor_sets = 0;
    batch->entry_count = 0;
    batch->touched_count = 0;
    batch->read_count = 0;
    kro__accesses_clear(&stream->accesses);
    atomic_store(&stream->open_serial, 0);
}

void kro__stream_drop(kro_stream *stream)
{
    const kro__open_batch *batch = &stream->batch;
    for (uint32_t i = 0; i < batch->read_count; i++)
        atomic_fetch_sub(&batch->reads[i].chunk->pending_reads, 1);
    kro__bindings_dropped(&stream->bindings);
    kro__staging_submitted(&stream->upload, 0);
    kro__staging_submitted(&stream->readback, 0);
    empty_batch(stream);
}

kro_status kro__stream_begin(kro_stream *stream)
{
    if (stream->error < 0) {
        kro__sentence_restore(&stream->sentence);
        return stream->error;
    }
    kro__open_batch *batch = &stream->batch;
    if (kro__grow(&batch->nodes, &batch->node_capacity, batch->node_count + 1,
                  sizeof *batch->nodes) &&
        kro__grow(&batch->plan, &batch->plan_capacity, batch->node_count + 1, sizeof *batch->plan))
        return KRO_OK;
    return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY,
                     "out of host memory after %u operations of stream '%s'", batch->node_count,
                     stream->label);
}

// Room for what an append notes, so that it fails before it changes anything.
static bool reserve_notes(kro_stream *stream, uint32_t use_count)
{
    kro__open_batch *batch = &stream->batch;
    return kro__accesses_reserve(&stream->accesses, use_count) &&
           kro__grow(&batch->touched, &batch->touched_capacity, batch->touched_count + use_count,
                     sizeof *batch->touched) &&
           kro__schedule_reserve(&stream->schedule, batch->node_count + 1);
}

// One more than the highest level the node conflicts with.
static uint32_t find_level(kro_stream *stream, bool independent, bool uses_everything,
                           const kro__use *uses, uint32_t use_count)
{
    const kro__open_batch *batch = &stream->batch;
    if (independent)
        return batch->floor;
    uint64_t conflict = uses_everything ? batch->highest : 0;
    for (uint32_t i = 0; i < use_count; i++) {
        uint64_t level = kro__accesses_conflict(&stream->accesses, &uses[i].access);
        if (level > conflict)
            conflict = level;
    }
    uint32_t level = (uint32_t)conflict + 1;
    return level > batch->floor ? level : batch->floor;
}

static void note_uses(kro_stream *stream, uint32_t level, bool uses_everything,
                      const kro__use *uses, uint32_t use_count)
{
    kro__open_batch *batch = &stream->batch;
    if (uses_everything) {
        kro__accesses_add_everything(&stream->accesses, level);
        batch->uses_everything = batch->exit_barrier = true;
    }
    for (uint32_t i = 0; i < use_count; i++) {
        if (kro__accesses_add(&stream->accesses, &uses[i].access, level)) {
            batch->touched[batch->touched_count++] = uses[i].buffer;
            if (stream->check)
                atomic_fetch_add(&uses[i].buffer->open_batches, 1);
        }
        // Not only where it reads: a host write must not meet a device write that is still on its
        // way to memory.
        if (uses[i].access.writes && uses[i].buffer->memory->host)
            batch->exit_barrier = true;
    }
}

kro_status kro__stream_append(kro_stream *stream, uint32_t pipeline_id, bool independent,
                              bool uses_everything, const kro__use *uses, uint32_t use_count)
{
    kro_context *ctx = stream->object.ctx;
    kro__open_batch *batch = &stream->batch;
    if (!reserve_notes(stream, use_count))
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY,
                         "out of host memory after %u operations of stream '%s'", batch->node_count,
                         stream->label);
    if (batch->node_count == 0)
        atomic_store(&stream->open_serial, atomic_fetch_add(&ctx->graveyard.serials, 1) + 1);
    uint32_t level = find_level(stream, independent, uses_everything, uses, use_count);
    note_uses(stream, level, uses_everything, uses, use_count);
    if (level > batch->highest)
        batch->highest = level;
    batch->plan[batch->node_count] = (kro__schedule_node){
        .level = level,
        .pipeline_id = pipeline_id,
        .binding_id = batch->nodes[batch->node_count].binding_id,
    };
    batch->node_count++;
    if (batch->node_count >= stream->batch_nodes || ctx->plain)
        return kro__stream_flush(stream);
    return KRO_OK;
}

static kro_status record_batch(kro_stream *stream, kro__recorded **out)
{
    kro_context *ctx = stream->object.ctx;
    const kro__open_batch *batch = &stream->batch;
    kro__schedule *schedule = &stream->schedule;
    if (ctx->plain)
        kro__schedule_build_plain(schedule, batch->node_count);
    else
        kro__schedule_build(schedule, batch->plan, batch->node_count);
    if (kro__bindings_crowded(&stream->bindings)) {
        uint64_t completed = 0;
        kro_status status = ctx->backend->completed(ctx->device, stream->queue->index, &completed);
        if (status < 0)
            return status;
        kro__bindings_evict(&stream->bindings, completed, stream->bindings.bound);
    }
    kro__batch scheduled = {
        .nodes = batch->nodes,
        .order = schedule->order,
        .node_count = batch->node_count,
        .barriers = schedule->barriers,
        .barrier_count = schedule->barrier_count,
        .exit_barrier = batch->exit_barrier,
        .push = batch->push,
        .dynamic_offsets = batch->dynamic_offsets,
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
static bool needs_entry_barrier(kro_stream *stream)
{
    kro__queue *queue = stream->queue;
    uint64_t retired = atomic_load(&queue->retired);
    if (queue->accesses.highest <= retired)
        return false;
    return stream->entry_barrier || stream->object.ctx->plain ||
           kro__accesses_overlap(&queue->accesses, retired, &stream->accesses);
}

// Under the queue's lock: decides about the entry barrier, submits, and notes what is in flight
// now.
static kro_status submit_locked(kro_stream *stream, kro__recorded *recorded, bool *entry_barrier)
{
    kro_context *ctx = stream->object.ctx;
    kro__queue *queue = stream->queue;
    *entry_barrier = needs_entry_barrier(stream);
    if (*entry_barrier || queue->accesses.highest <= atomic_load(&queue->retired))
        kro__accesses_clear(&queue->accesses);
    uint64_t expected = atomic_load(&queue->last) + 1;
    if (!kro__accesses_merge(&queue->accesses, &stream->accesses, expected) ||
        !kro__queue_reserve_reads(queue, stream->batch.read_count)) {
        kro__accesses_add_everything(&queue->accesses, expected);
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
    for (uint32_t i = 0; i < stream->batch.touched_count; i++)
        atomic_store(&stream->batch.touched[i]->last_use[queue->index], value);
    if (stream->batch.uses_everything)
        atomic_store(&queue->last_everything, value);
    atomic_store(&queue->last, value);
    kro__queue_add_reads(queue, stream->batch.reads, stream->batch.read_count, value);
    stream->last_value = value;
    return KRO_OK;
}

static void count_submit(kro_stream *stream, bool entry_barrier)
{
    const kro__open_batch *batch = &stream->batch;
    stream->info.nodes += batch->node_count;
    stream->info.submits++;
    stream->info.level_barriers += stream->schedule.barrier_count;
    stream->info.entry_barriers += entry_barrier;
    stream->info.exit_barriers += batch->exit_barrier;
    stream->info.descriptor_sets += batch->descriptor_sets;
}

kro_status kro__stream_flush(kro_stream *stream)
{
    kro_context *ctx = stream->object.ctx;
    if (stream->batch.node_count == 0)
        return KRO_OK;
    kro__recorded *recorded = NULL;
    bool entry_barrier = false;
    kro_status status = kro__context_check(ctx);
    if (status >= 0)
        status = record_batch(stream, &recorded);
    if (status >= 0) {
        kro__mutex_lock(&stream->queue->lock);
        status = submit_locked(stream, recorded, &entry_barrier);
        kro__mutex_unlock(&stream->queue->lock);
    }
    if (status < 0) {
        kro__stream_drop(stream);
        return kro__context_note(ctx, status);
    }
    count_submit(stream, entry_barrier);
    kro__bindings_submitted(&stream->bindings, stream->last_value);
    kro__staging_submitted(&stream->upload, stream->last_value);
    kro__staging_submitted(&stream->readback, stream->last_value);
    if (stream->check)
        kro__check_submitted(stream, stream->last_value);
    stream->wait_count = 0;
    // A kro_barrier after the last node still stands before the next batch.
    stream->entry_barrier = stream->batch.floor > stream->batch.highest;
    empty_batch(stream);
    kro__retire_collect(ctx);
    return KRO_OK;
}
