// An open batch that follows an earlier one.
//
// Most programs record the same dispatches again and again, and only push constants and numbers of
// groups change. What a stream made of a batch is therefore kept as it is when that is submitted:
// nodes, levels, hazards, order. As long as a later batch is recorded just like it, each dispatch
// is compared with the node in its place, and its push constants and groups are put there; nothing
// else has to be found out again. The first call that is not like it, or a submit before the end,
// leaves the followed batch: what both have in common is entered anew, as if it had just been
// recorded.
//
// The next batch follows the last one, or, where its first dispatch is another, the one that began
// with that. Kept are batches of nothing but dispatches with shapes (shapes.h) and without
// kro_barrier, and they are followed as long as nothing is destroyed.
#ifndef KRO_SRC_FOLLOW_H
#define KRO_SRC_FOLLOW_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "append.h"
#include "bytes.h"
#include "stream.h"

// Whether the open batch is all of the one that it follows.
static inline bool kro__follows_whole(const kro__open_batch *batch)
{
    return batch->following.count > 0 && batch->node_count == batch->following.count;
}

// After a submit: keeps what was made of the batch, for the next one to follow.
//
// Returns: false, and nothing has changed, if it cannot be followed.
bool kro__follow_next(kro_stream *stream);

// Leaves the followed batch, if there is one, and enters what was recorded so far.
//
// Returns: an error if memory ran out; the open batch is then to be dropped.
kro_status kro__follow_stop(kro_stream *stream);

// Before a submit: leaves the followed batch unless all of it was recorded.
kro_status kro__follow_close(kro_stream *stream);

// Where nothing was recorded yet: opens the kept batch that began with a shape.
//
// Returns: false, and nothing has changed, if there is none.
bool kro__follow_lead(kro_stream *stream, const kro__shape *shape);

// The rest of kro__follow for the first node.
bool kro__follow_begin(kro_stream *stream);

// Puts a dispatch's push constants where the followed batch had its own; those that nodes share
// must stay what they are.
static inline bool kro__follow_push(kro__open_batch *batch, const kro__step *step,
                                    const kro__node *node, const void *push)
{
    const uint32_t size_bytes = node->dispatch.push_bytes;
    uint8_t *kept = batch->push + node->dispatch.push_first;
    if (size_bytes == 0)
        return true;
    if (!push)
        return false;
    if (!step->owns_push)
        return kro__same_bytes(kept, push, size_bytes);
    kro__copy_bytes(kept, push, size_bytes);
    return true;
}

// Records a dispatch of a shape that holds, with the groups that the shape has now, if that is what
// comes next in the followed batch.
//
// Returns: false if it is not; kro__follow_stop comes next then.
static inline bool kro__follow(kro_stream *stream, const kro__shape *shape,
                               const kro_dispatch_args *args)
{
    kro__open_batch *batch = stream->batch;
    const uint32_t index = batch->node_count;
    if (index >= batch->following.count)
        return false;
    const kro__step *step = &batch->steps[index];
    kro__node *node = &batch->nodes[index];
    if (step->shape != shape || step->independent != args->independent ||
        batch->following.serial !=
            atomic_load_explicit(&stream->object.ctx->graveyard.serials, memory_order_relaxed) ||
        !kro__follow_push(batch, step, node, args->push) ||
        (index == 0 && !kro__follow_begin(stream)))
        return false;
    for (int d = 0; d < 3; d++)
        node->dispatch.groups[d] = shape->node.dispatch.groups[d];
    batch->node_count = index + 1;
    return true;
}

// The shape of the dispatch that comes next in the followed batch; NULL where there is none.
static inline kro__shape *kro__follow_expect(const kro__open_batch *batch)
{
    return batch->node_count < batch->following.count ? batch->steps[batch->node_count].shape
                                                      : NULL;
}

#endif
