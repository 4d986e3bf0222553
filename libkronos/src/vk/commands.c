#include "vk/commands.h"

#include <string.h>

#include "bytes.h"
#include "vk/barrier.h"
#include "vk/copy_kernel.h"
#include "vk/device.h"
#include "vk/kernel.h"
#include "vk/memory.h"

// A command buffer and what is bound in it.
typedef struct encoder {
    const kro__vk_calls *vk;
    VkCommandBuffer commands;
    const kro__vk_descriptors *descriptors;
    const kro__batch *batch;
    const kro__node *last;        // dispatch that all is bound for; NULL: none
    const kro__vk_kernel *kernel; // NULL: none yet
    const kro__vk_layout *layout; // that sets and push constants were bound with
    uint32_t binding_id;          // 0: none bound with this layout
    const uint32_t *dynamic_offsets;
    const uint8_t *push; // NULL: none pushed with this layout
    uint32_t push_bytes;
} encoder;

// The core's memory is the first member of ours.
static VkBuffer buffer_of(const kro__memory *memory)
{
    return ((const kro__vk_memory *)memory)->buffer;
}

// Sets and push constants of another layout do not carry over.
static void bind_kernel(encoder *e, const kro__vk_kernel *kernel)
{
    if (e->kernel == kernel)
        return;
    e->vk->vkCmdBindPipeline(e->commands, VK_PIPELINE_BIND_POINT_COMPUTE, kernel->pipeline);
    e->last = NULL;
    if (e->layout != kernel->layout) {
        e->binding_id = 0;
        e->push = NULL;
    }
    e->kernel = kernel;
    e->layout = kernel->layout;
}

// Nodes recorded alike share their offsets; the others have few.
static bool same_offsets(const uint32_t *a, const uint32_t *b, uint32_t count)
{
    for (uint32_t i = 0; a != b && i < count; i++)
        if (a[i] != b[i])
            return false;
    return true;
}

// Binds all sets of a node's binding id at once, from set 0. Dynamic offsets are part of the
// binding, so other offsets are another bind, but no descriptor write.
static void bind_sets(encoder *e, const kro__node *node)
{
    const uint32_t *offsets = e->batch->dynamic_offsets + node->dispatch.dynamic_first;
    uint32_t count = node->dispatch.dynamic_count;
    if (node->binding_id == 0 ||
        (e->binding_id == node->binding_id && same_offsets(e->dynamic_offsets, offsets, count)))
        return;
    const kro__vk_bound *bound = &e->descriptors->bound[node->binding_id];
    e->vk->vkCmdBindDescriptorSets(e->commands, VK_PIPELINE_BIND_POINT_COMPUTE, e->layout->handle,
                                   0, bound->set_count, bound->sets, count, offsets);
    e->binding_id = node->binding_id;
    e->dynamic_offsets = offsets;
}

// Vulkan takes push constants in words; a block of other size is padded with zeros, so kernels
// whose blocks differ in size may share a layout and still need different bytes.
static void push_constants(encoder *e, const kro__node *node)
{
    uint32_t size = node->dispatch.push_bytes;
    if (size == 0) // of any kernel of the batch, perhaps: then it has no bytes to point to
        return;
    const uint8_t *push = e->batch->push + node->dispatch.push_first;
    if (e->push && e->push_bytes == size && kro__same_bytes(e->push, push, size))
        return;
    uint32_t whole = size & ~3u;
    if (whole > 0)
        e->vk->vkCmdPushConstants(e->commands, e->layout->handle, VK_SHADER_STAGE_COMPUTE_BIT, 0,
                                  whole, push);
    if (whole < size) {
        uint8_t last[4] = {0};
        memcpy(last, push + whole, size - whole);
        e->vk->vkCmdPushConstants(e->commands, e->layout->handle, VK_SHADER_STAGE_COMPUTE_BIT,
                                  whole, sizeof last, last);
    }
    e->push = push;
    e->push_bytes = size;
}

// Whether all that a dispatch needs is as the last one left it: nodes recorded alike share their
// offsets and their push constants.
static bool is_prepared(const encoder *e, const kro__node *node)
{
    const kro__node *last = e->last;
    return last && last->dispatch.kernel == node->dispatch.kernel &&
           last->binding_id == node->binding_id &&
           last->dispatch.dynamic_first == node->dispatch.dynamic_first &&
           last->dispatch.push_first == node->dispatch.push_first;
}

// Groups of zero are legal: such a dispatch does nothing.
static void encode_dispatch(encoder *e, const kro__node *node)
{
    if (!is_prepared(e, node)) {
        bind_kernel(e, (const kro__vk_kernel *)node->dispatch.kernel);
        bind_sets(e, node);
        push_constants(e, node);
        e->last = node;
    }
    if (node->op == KRO__OP_DISPATCH_INDIRECT)
        e->vk->vkCmdDispatchIndirect(e->commands, buffer_of(node->dispatch.indirect),
                                     node->dispatch.indirect_offset_bytes);
    else
        e->vk->vkCmdDispatch(e->commands, node->dispatch.groups[0], node->dispatch.groups[1],
                             node->dispatch.groups[2]);
}

// The ends that are no whole vectors; they share no byte with the rest, so no barrier parts them.
static void encode_ends(const encoder *e, const kro__node *node, const kro__vk_copy_plan *plan)
{
    VkBufferCopy ends[2];
    uint32_t count = 0;
    uint64_t behind_bytes = plan->head_bytes + plan->body_bytes;
    if (plan->head_bytes > 0)
        ends[count++] = (VkBufferCopy){
            .srcOffset = node->copy.src_offset_bytes,
            .dstOffset = node->copy.dst_offset_bytes,
            .size = plan->head_bytes,
        };
    if (plan->tail_bytes > 0)
        ends[count++] = (VkBufferCopy){
            .srcOffset = node->copy.src_offset_bytes + behind_bytes,
            .dstOffset = node->copy.dst_offset_bytes + behind_bytes,
            .size = plan->tail_bytes,
        };
    if (count > 0)
        e->vk->vkCmdCopyBuffer(e->commands, buffer_of(node->copy.src), buffer_of(node->copy.dst),
                               count, ends);
}

static bool encode_copy_by_kernel(encoder *e, const kro__node *node)
{
    const kro__vk_device *device = e->descriptors->device;
    if (!device->copy_kernel)
        return false;
    const kro__vk_memory *dst = (const kro__vk_memory *)node->copy.dst;
    const kro__vk_memory *src = (const kro__vk_memory *)node->copy.src;
    kro__vk_copy_plan plan;
    if (!dst->copy_address || !src->copy_address ||
        !kro__vk_copy_divide(dst->copy_address + node->copy.dst_offset_bytes,
                             src->copy_address + node->copy.src_offset_bytes, node->copy.size_bytes,
                             device->adapter->limits.maxComputeWorkGroupCount[0], &plan))
        return false;
    bind_kernel(e, device->copy_kernel);
    e->vk->vkCmdPushConstants(e->commands, e->layout->handle, VK_SHADER_STAGE_COMPUTE_BIT, 0,
                              e->layout->push_bytes, &plan.push);
    e->push = NULL; // a kernel of the same layout pushes its own
    e->vk->vkCmdDispatch(e->commands, plan.groups, 1, 1);
    encode_ends(e, node, &plan);
    return true;
}

static void encode_copy(encoder *e, const kro__node *node)
{
    if (encode_copy_by_kernel(e, node))
        return;
    VkBufferCopy region = {
        .srcOffset = node->copy.src_offset_bytes,
        .dstOffset = node->copy.dst_offset_bytes,
        .size = node->copy.size_bytes,
    };
    e->vk->vkCmdCopyBuffer(e->commands, buffer_of(node->copy.src), buffer_of(node->copy.dst), 1,
                           &region);
}

static void encode_node(encoder *e, const kro__node *node)
{
    switch (node->op) {
    case KRO__OP_DISPATCH:
    case KRO__OP_DISPATCH_INDIRECT:
        encode_dispatch(e, node);
        break;
    case KRO__OP_COPY:
        encode_copy(e, node);
        break;
    case KRO__OP_FILL:
        e->vk->vkCmdFillBuffer(e->commands, buffer_of(node->fill.dst), node->fill.offset_bytes,
                               node->fill.size_bytes, node->fill.word);
        break;
    }
}

// The positions in a batch's order up to its last indirect dispatch.
static uint32_t indirect_end(const kro__batch *batch)
{
    uint32_t end = batch->any_indirect ? batch->node_count : 0;
    while (end > 0 && batch->nodes[batch->order[end - 1]].op != KRO__OP_DISPATCH_INDIRECT)
        end--;
    return end;
}

void kro__vk_record_commands(const kro__vk_calls *vk, VkCommandBuffer commands,
                             const kro__vk_descriptors *descriptors, const kro__batch *batch)
{
    encoder e = {.vk = vk, .commands = commands, .descriptors = descriptors, .batch = batch};
    const uint32_t indirect = indirect_end(batch);
    uint32_t next_barrier = 0;
    for (uint32_t position = 0; position < batch->node_count; position++) {
        if (next_barrier < batch->barrier_count && batch->barriers[next_barrier] == position) {
            kro__vk_barrier(vk, commands, position < indirect);
            next_barrier++;
        }
        encode_node(&e, &batch->nodes[batch->order[position]]);
    }
    if (batch->exit_barrier)
        kro__vk_host_barrier(vk, commands);
}
