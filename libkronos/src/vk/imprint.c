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

void kro__vk_imprint_take(kro__vk_imprint *imprint, const kro__batch *batch, kro__vk_gone gone)
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
        .key = kro__vk_imprint_key(batch),
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

static uint64_t mix(uint64_t sum, uint64_t word)
{
    // Multiplication by a large odd number carries each bit upwards, the shift brings it back.
    sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return sum ^ (sum >> 32);
}

static uint64_t mix_node(uint64_t sum, const kro__node *node)
{
    if (node->op != KRO__OP_DISPATCH)
        return mix(sum, node->op);
    sum = mix(sum, (uint64_t)(uintptr_t)node->dispatch.kernel);
    return mix(sum, (uint64_t)node->dispatch.groups[0] << 32 | node->binding_id);
}

// The ends of the push constants, where a step's number or a time would stand.
static uint64_t mix_push(uint64_t sum, const uint8_t *push, uint32_t push_bytes)
{
    uint64_t ends[4] = {0};
    const uint32_t length = push_bytes < 16 ? push_bytes : 16;
    if (length > 0) {
        memcpy(ends, push, length);
        memcpy(ends + 2, push + push_bytes - length, length);
    }
    for (int i = 0; i < 4; i++)
        sum = mix(sum, ends[i]);
    return sum;
}

uint64_t kro__vk_sketch(const kro__batch *batch)
{
    uint64_t sum =
        mix(batch->exit_barrier, (uint64_t)batch->barrier_count << 32 | batch->node_count);
    sum = mix_node(sum, &batch->nodes[0]);
    if (batch->node_count > 1)
        sum = mix_node(sum, &batch->nodes[batch->node_count - 1]);
    return mix_push(sum, batch->push, batch->push_bytes);
}
