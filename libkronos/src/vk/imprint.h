// What a command buffer holds, kept beside it: a batch that is the same again is submitted again
// and not recorded. Only batches of dispatches are kept; what transfers move differs each time.
#ifndef KRO_SRC_VK_IMPRINT_H
#define KRO_SRC_VK_IMPRINT_H

#include <stdbool.h>
#include <stdint.h>

#include "backend.h"

// Objects that are gone: a new one may have the address or the number of an old one.
typedef struct kro__vk_gone {
    uint64_t kernels, sets;
} kro__vk_gone;

typedef struct kro__vk_imprint {
    bool whole;        // it holds a batch
    kro__vk_gone gone; // when it was taken
    uint32_t key;
    uint32_t node_count, barrier_count, dynamic_count, push_bytes;
    bool exit_barrier;
    uint8_t *bytes; // its dispatches in the order of recording, barriers, offsets, push constants
    uint32_t capacity_bytes;
} kro__vk_imprint;

// Keeps a batch; the imprint is whole only if it could: it need not be of dispatches alone, and
// memory may run out.
void kro__vk_imprint_take(kro__vk_imprint *imprint, const kro__batch *batch, kro__vk_gone gone);

// Whether all that the batch was recorded with is still there.
static inline bool kro__vk_imprint_holds(const kro__vk_imprint *imprint, kro__vk_gone gone)
{
    return imprint->gone.kernels == gone.kernels && imprint->gone.sets == gone.sets;
}

// Whether a batch would be recorded as the one that was kept. The imprint is whole.
bool kro__vk_imprint_equals(const kro__vk_imprint *imprint, const kro__batch *batch,
                            kro__vk_gone gone);

// Numbers of a few words of a batch, which differ between most that differ. The key, of the
// dispatch that comes first, is soon found; the sketch tells whether a batch is worth keeping.
static inline uint32_t kro__vk_imprint_key(const kro__batch *batch);
uint64_t kro__vk_sketch(const kro__batch *batch);

void kro__vk_imprint_finish(kro__vk_imprint *imprint);

static inline uint32_t kro__vk_imprint_key(const kro__batch *batch)
{
    const kro__node *first = &batch->nodes[batch->order[0]];
    // A plain sum: what comes in turn has numbers in a row mostly, and so keys of its own.
    uint64_t sum = ((uint64_t)(uintptr_t)first->dispatch.kernel >> 6) + first->binding_id;
    if (batch->dynamic_count > 0 && first->op == KRO__OP_DISPATCH && first->dispatch.dynamic_count)
        sum += batch->dynamic_offsets[first->dispatch.dynamic_first] >> 6;
    return (uint32_t)(sum + batch->node_count);
}

#endif
