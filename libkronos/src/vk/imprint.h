// What a command buffer holds, kept beside it: a batch that is the same again is submitted again
// and not recorded. Only batches of dispatches are kept; what transfers move differs each time.
#ifndef KRO_SRC_VK_IMPRINT_H
#define KRO_SRC_VK_IMPRINT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "backend.h"

// Objects that are gone: a new one may have the address or the number of an old one.
typedef struct kro__vk_gone {
    uint64_t kernels, sets;
} kro__vk_gone;

typedef struct kro__vk_imprint {
    bool whole;        // it holds a batch
    kro__vk_gone gone; // when it was taken
    uint32_t key;
    uint64_t sketch;
    uint32_t node_count, barrier_count, dynamic_count, push_bytes;
    bool exit_barrier;
    uint8_t *bytes; // its dispatches in the order of recording, barriers, offsets, push constants
    uint32_t capacity_bytes;
} kro__vk_imprint;

// Keeps a batch; the imprint is whole only if it could: it need not be of dispatches alone, and
// memory may run out.
void kro__vk_imprint_take(kro__vk_imprint *imprint, const kro__batch *batch, uint32_t key,
                          uint64_t sketch, kro__vk_gone gone);

// Whether all that the batch was recorded with is still there.
static inline bool kro__vk_imprint_holds(const kro__vk_imprint *imprint, kro__vk_gone gone)
{
    return imprint->gone.kernels == gone.kernels && imprint->gone.sets == gone.sets;
}

// Whether a batch would be recorded as the one that was kept. The imprint is whole, and has the
// batch's sketch.
bool kro__vk_imprint_equals(const kro__vk_imprint *imprint, const kro__batch *batch,
                            kro__vk_gone gone);

// Numbers of a few words of a batch. Batches that come in turn have different keys mostly; those
// that differ at all, different sketches mostly.
static inline uint32_t kro__vk_imprint_key(const kro__batch *batch);
static inline uint64_t kro__vk_imprint_sketch(const kro__batch *batch, uint32_t key);

// Whether a batch looks like one to keep, with a key and a sketch: it begins and ends with
// dispatches.
static inline bool kro__vk_imprint_may_keep(const kro__batch *batch)
{
    return batch->nodes[batch->order[0]].op == KRO__OP_DISPATCH &&
           batch->nodes[batch->order[batch->node_count - 1]].op == KRO__OP_DISPATCH;
}

void kro__vk_imprint_finish(kro__vk_imprint *imprint);

static inline uint32_t kro__vk_imprint_key(const kro__batch *batch)
{
    const kro__node *first = &batch->nodes[batch->order[0]];
    // A plain sum: what comes in turn has numbers in a row mostly, and so keys of its own. Ids, no
    // addresses: what is kept is the same in each run.
    uint64_t sum = (uint64_t)first->dispatch.kernel->id + first->binding_id;
    if (batch->dynamic_count > 0 && first->dispatch.dynamic_count)
        sum += batch->dynamic_offsets[first->dispatch.dynamic_first] >> 6;
    return (uint32_t)(sum + batch->node_count);
}

// Each bit of the sum changes many of the result's.
static inline uint64_t kro__vk_imprint_mix(uint64_t sum)
{
    sum *= UINT64_C(0x9e3779b97f4a7c15);
    return sum ^ (sum >> 32);
}

static inline uint64_t kro__vk_imprint_sketch(const kro__batch *batch, uint32_t key)
{
    const kro__node *last = &batch->nodes[batch->order[batch->node_count - 1]];
    // The ends of the push constants, where a step's number or a time would stand.
    uint64_t begin = 0, end = 0;
    if (batch->push_bytes >= sizeof begin) {
        memcpy(&begin, batch->push, sizeof begin);
        memcpy(&end, batch->push + batch->push_bytes - sizeof end, sizeof end);
    } else if (batch->push_bytes > 0) {
        memcpy(&begin, batch->push, batch->push_bytes);
    }
    uint64_t sum = kro__vk_imprint_mix(((uint64_t)batch->barrier_count << 32 | key) ^ begin);
    sum = kro__vk_imprint_mix(sum ^ end);
    return sum ^ ((uint64_t)last->dispatch.groups[0] << 32 | last->binding_id);
}

#endif
