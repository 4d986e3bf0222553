#include "vk/imprint.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "grow.h"

enum { FEW_BYTES = 64 };

// A dispatch as its node begins, without what only indirect ones have: no byte of it is padding.
enum { STEP_BYTES = offsetof(kro__node, dispatch.dynamic_count) + sizeof(uint32_t) };
_Static_assert(STEP_BYTES == sizeof(kro__op) + 8 * sizeof(uint32_t) + sizeof(kro__kernel *),
               "its members lie without gaps");

// The arrays behind the steps, in this order: barriers, dynamic offsets, push constants.

static uint64_t bytes_of(const kro__batch *batch)
{
    return (uint64_t)batch->node_count * STEP_BYTES +
           (uint64_t)batch->barrier_count * sizeof *batch->barriers +
           (uint64_t)batch->dynamic_count * sizeof *batch->dynamic_offsets + batch->push_bytes;
}

static uint8_t *put(uint8_t *to, const void *from, size_t size_bytes)
{
    if (size_bytes > 0)
        memcpy(to, from, size_bytes);
    return to + size_bytes;
}

void kro__vk_imprint_take(kro__vk_imprint *imprint, const kro__batch *batch, uint32_t key,
                          uint64_t sketch, kro__vk_gone gone)
{
    const uint64_t needed = bytes_of(batch);
    imprint->whole = false;
    if (needed > UINT32_MAX / 2 ||
        !kro__grow(&imprint->bytes, &imprint->capacity_bytes, (uint32_t)needed, 1))
        return;
    uint8_t *to = imprint->bytes;
    for (uint32_t i = 0; i < batch->node_count; i++) {
        const kro__node *node = &batch->nodes[batch->order[i]];
        if (node->op != KRO__OP_DISPATCH)
            return;
        to = put(to, node, STEP_BYTES);
    }
    to = put(to, batch->barriers, batch->barrier_count * sizeof *batch->barriers);
    to = put(to, batch->dynamic_offsets, batch->dynamic_count * sizeof *batch->dynamic_offsets);
    put(to, batch->push, batch->push_bytes);
    *imprint = (kro__vk_imprint){
        .whole = true,
        .key = key,
        .sketch = sketch,
        .gone = gone,
        .node_count = batch->node_count,
        .barrier_count = batch->barrier_count,
        .dynamic_count = batch->dynamic_count,
        .push_bytes = batch->push_bytes,
        .exit_barrier = batch->exit_barrier,
        .bytes = imprint->bytes,
        .capacity_bytes = imprint->capacity_bytes,
    };
}

static bool same(const void *kept, const void *from, size_t size_bytes)
{
    // Calling the C library costs more than comparing a few words.
    return size_bytes <= FEW_BYTES ? kro__same_bytes(kept, from, (uint32_t)size_bytes)
                                   : memcmp(kept, from, size_bytes) == 0;
}

static bool same_arrays(const uint8_t *kept, const kro__batch *batch)
{
    const size_t barriers_bytes = batch->barrier_count * sizeof *batch->barriers;
    const size_t dynamic_bytes = batch->dynamic_count * sizeof *batch->dynamic_offsets;
    return same(kept, batch->barriers, barriers_bytes) &&
           same(kept + barriers_bytes, batch->dynamic_offsets, dynamic_bytes) &&
           same(kept + barriers_bytes + dynamic_bytes, batch->push, batch->push_bytes);
}

bool kro__vk_imprint_equals(const kro__vk_imprint *imprint, const kro__batch *batch,
                            kro__vk_gone gone)
{
    if (imprint->node_count != batch->node_count || !kro__vk_imprint_holds(imprint, gone) ||
        imprint->barrier_count != batch->barrier_count ||
        imprint->dynamic_count != batch->dynamic_count ||
        imprint->push_bytes != batch->push_bytes || imprint->exit_barrier != batch->exit_barrier ||
        !same_arrays(imprint->bytes + batch->node_count * (size_t)STEP_BYTES, batch))
        return false;
    const uint8_t *kept = imprint->bytes;
    for (uint32_t i = 0; i < batch->node_count; i++, kept += STEP_BYTES)
        if (memcmp(kept, &batch->nodes[batch->order[i]], STEP_BYTES) != 0)
            return false;
    return true;
}

void kro__vk_imprint_finish(kro__vk_imprint *imprint)
{
    free(imprint->bytes);
    *imprint = (kro__vk_imprint){0};
}
