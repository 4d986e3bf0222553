#include "follow.h"

#include <string.h>

#include "grow.h"

enum { LONGEST_PAUSE = 63 };

static inline uint64_t serial_now(const kro_stream *stream)
{
    return atomic_load_explicit(&stream->object.ctx->graveyard.serials, memory_order_relaxed);
}

// Whether the batch that was just submitted can be followed.
static bool can_be_followed(const kro_stream *stream)
{
    const kro__open_batch *batch = stream->batch;
    return batch->following.shaped == batch->node_count && batch->floor == 1 && !stream->check &&
           batch->node_count < stream->batch_nodes &&
           batch->following.shapes_forgotten == stream->shapes.forgotten &&
           serial_now(stream) == atomic_load_explicit(&stream->open_serial, memory_order_relaxed);
}

// Keeps which binding ids the batch has used that was just submitted.
static bool keep_ids(const kro__bindings *bindings, kro__following *following)
{
    const uint32_t count = bindings->last_count;
    if (!kro__grow(&following->ids, &following->id_capacity, count, sizeof *following->ids))
        return false;
    if (count > 0)
        memcpy(following->ids, bindings->used, count * sizeof *following->ids);
    following->id_count = count;
    return true;
}

// Keeps a batch that followed none.
static bool begin_following(kro_stream *stream)
{
    kro__open_batch *batch = stream->batch;
    if (!can_be_followed(stream))
        return false;
    kro__shape *lead = batch->steps[0].shape;
    if (lead->pause > 0) {
        lead->pause--;
        return false;
    }
    if (!keep_ids(&stream->bindings, &batch->following))
        return false;
    lead->lead = (uint8_t)(batch - stream->batches + 1);
    batch->following.count = batch->node_count;
    batch->following.serial = serial_now(stream);
    return true;
}

bool kro__follow_next(kro_stream *stream)
{
    kro__open_batch *batch = stream->batch;
    if (kro__follows_whole(batch))
        batch->steps[0].shape->pauses = 0;
    else if (!begin_following(stream))
        return false;
    batch->following.value = stream->last_value;
    batch->following.bindings_forgotten = stream->bindings.forgotten;
    batch->node_count = 0;
    batch->room = 0;
    batch->set_count = 0;
    batch->descriptor_sets = 0;
    batch->entry_count = 0;
    stream->before = batch;
    if (stream->batches[batch->following.after].following.count > 0)
        stream->batch = &stream->batches[batch->following.after];
    return true;
}

// Opens another batch, and notes that it comes after the one that was submitted last.
static void open_batch(kro_stream *stream, kro__open_batch *batch)
{
    stream->batch = batch;
    if (stream->before)
        stream->before->following.after = (uint32_t)(batch - stream->batches);
}

// Whether all that a kept batch holds is still what it was.
static bool holds(const kro_stream *stream, const kro__following *following)
{
    return following->serial == serial_now(stream) &&
           following->bindings_forgotten == stream->bindings.forgotten &&
           following->shapes_forgotten == stream->shapes.forgotten;
}

bool kro__follow_begin(kro_stream *stream)
{
    if (!holds(stream, &stream->batch->following))
        return false;
    kro__stream_publish(stream);
    return true;
}

bool kro__follow_lead(kro_stream *stream, const kro__shape *shape)
{
    kro__open_batch *batch = stream->batch;
    // Without room the stream may keep an error.
    if (shape->lead == 0 || batch->node_count > 0 ||
        (batch->following.count == 0 && batch->room == 0))
        return false;
    batch = &stream->batches[shape->lead - 1];
    if (batch->following.count == 0 || batch->steps[0].shape != shape ||
        !holds(stream, &batch->following))
        return false;
    open_batch(stream, batch);
    return true;
}

// The batch to open where the open one is kept: an empty one, or that which was submitted longest
// ago.
static kro__open_batch *find_other(kro_stream *stream)
{
    kro__open_batch *oldest = stream->batch;
    for (int i = 0; i < KRO__BATCHES; i++) {
        kro__open_batch *batch = &stream->batches[i];
        if (batch->following.count == 0)
            return batch;
        if (batch->following.value < oldest->following.value)
            oldest = batch;
    }
    return oldest;
}

// Enters the node at `index`, which the batch that is no longer followed had there, too.
static kro_status enter_again(kro_stream *stream, uint32_t index)
{
    kro__open_batch *batch = stream->batch;
    const kro__node *node = &batch->nodes[index];
    const kro__step step = batch->steps[index];
    kro__shape *shape = step.shape;
    if (shape->batch != batch->number) {
        kro_status status = kro__stream_track(stream, shape->uses, shape->use_count);
        if (status < 0)
            return status;
        if (node->binding_id)
            kro__bindings_use(&stream->bindings, node->binding_id);
        shape->batch = batch->number;
    }
    // The last node of a shape is what the next one is compared with, where its bytes are.
    shape->node.dispatch.push_first = node->dispatch.push_first;
    shape->node.dispatch.dynamic_first = node->dispatch.dynamic_first;
    uint32_t push_end = node->dispatch.push_first + node->dispatch.push_bytes;
    uint32_t dynamic_end = node->dispatch.dynamic_first + node->dispatch.dynamic_count;
    if (push_end > batch->push_count)
        batch->push_count = push_end;
    if (dynamic_end > batch->dynamic_count)
        batch->dynamic_count = dynamic_end;
    return kro__stream_append(stream, shape->pipeline_id, step, false, shape->uses,
                              shape->use_count);
}

// Leaves a batch in its middle, which costs what was saved until then: for a while no batch that
// begins like it is kept.
static kro_status leave(kro_stream *stream)
{
    const uint32_t count = stream->batch->node_count;
    kro__shape *lead = stream->batch->steps[0].shape;
    if (lead->pauses < LONGEST_PAUSE)
        lead->pauses = (uint8_t)(2 * lead->pauses + 1);
    lead->pause = lead->pauses;
    kro__stream_clear(stream);
    kro_status status = KRO_OK;
    for (uint32_t i = 0; i < count && status >= 0; i++)
        status = enter_again(stream, i);
    return status;
}

kro_status kro__follow_stop(kro_stream *stream)
{
    if (stream->batch->following.count == 0)
        return KRO_OK;
    kro_status status = KRO_OK;
    if (stream->batch->node_count > 0) {
        status = leave(stream);
    } else {
        if (holds(stream, &stream->batch->following))
            open_batch(stream, find_other(stream));
        kro__stream_clear(stream);
    }
    stream->batch->room = kro__stream_room(stream);
    return status;
}

kro_status kro__follow_close(kro_stream *stream)
{
    const kro__open_batch *batch = stream->batch;
    if (!kro__follows_whole(batch))
        return kro__follow_stop(stream);
    for (uint32_t i = 0; i < batch->following.id_count; i++)
        kro__bindings_use(&stream->bindings, batch->following.ids[i]);
    return KRO_OK;
}
