// The last step of recording: a node gets its level and enters the open batch. In a header, because
// a dispatch like an earlier one is little more than this.
#ifndef KRO_SRC_APPEND_H
#define KRO_SRC_APPEND_H

#include "stream.h"

// One more than the highest level that a node conflicts with.
static inline uint32_t kro__level_after(const kro__open_batch *batch, uint64_t conflict,
                                        bool independent)
{
    uint32_t level = independent ? 1 : (uint32_t)conflict + 1;
    return level > batch->floor ? level : batch->floor;
}

// Whether the batch is to be submitted now.
static inline bool kro__stream_is_full(const kro_stream *stream)
{
    return stream->batch->node_count >= stream->batch_nodes;
}

// Shows others that a batch is open, unless it shows already: retire.h says why this is enough.
static inline void kro__stream_publish(kro_stream *stream)
{
    if (atomic_load_explicit(&stream->open_serial, memory_order_relaxed) > 0)
        return;
    uint64_t serial =
        atomic_load_explicit(&stream->object.ctx->graveyard.serials, memory_order_relaxed);
    atomic_store_explicit(&stream->open_serial, serial, memory_order_release);
}

// Notes the next node at its level.
static inline void kro__stream_push_node(kro_stream *stream, uint32_t pipeline_id, kro__step step,
                                         uint32_t level)
{
    kro__open_batch *batch = stream->batch;
    uint32_t index = batch->node_count++;
    if (level > batch->highest)
        batch->highest = level;
    batch->plan[index] = (kro__schedule_node){
        .level = level,
        .pipeline_id = pipeline_id,
        .binding_id = batch->nodes[index].binding_id,
    };
    if (step.shape) {
        step.owns_push = batch->nodes[index].dispatch.push_first >= batch->following.pushed;
        batch->following.pushed = batch->push_count;
        if (batch->following.shaped++ == 0)
            batch->following.shapes_forgotten = stream->shapes.forgotten;
    }
    batch->steps[index] = step;
    if (index == 0)
        kro__stream_publish(stream);
}

// Finds and notes the level of a node that uses buffers as a whole, as nearly all do. Nothing is
// called here, so that no register has to be saved.
//
// Returns: 0, and nothing has changed, if it or an earlier node uses parts; kro__stream_append
// takes it.
static inline uint32_t kro__stream_level_quickly(kro_stream *stream, bool independent,
                                                 const kro__use *uses, uint32_t use_count)
{
    kro__accesses *accesses = &stream->batch->accesses;
    uint64_t conflict = use_count > 0 ? accesses->everything : 0;
    for (uint32_t i = 0; i < use_count; i++) {
        const kro__tracked_buffer *tracked = &accesses->buffers[uses[i].tracked];
        if (!uses[i].whole || tracked->tree.root)
            return 0;
        conflict = kro__max_u64(conflict, kro__tracked_conflict(tracked, uses[i].access.writes));
    }
    uint32_t level = kro__level_after(stream->batch, conflict, independent);
    for (uint32_t i = 0; i < use_count; i++)
        kro__tracked_raise(&accesses->buffers[uses[i].tracked], uses[i].access.reads,
                           uses[i].access.writes, level);
    if (use_count > 0 && level > accesses->highest)
        accesses->highest = level;
    return level;
}

#endif
