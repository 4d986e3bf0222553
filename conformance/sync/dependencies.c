#include "dependencies.h"

enum { PIECES = 16 };

const char *const SYNC_FORM[SYNC_FORMS] = {"memory", "buffer", "memory2", "buffer2", "whole",
                                           "ranges", "chain",  "whole2",  "ranges2", "chain2"};

bool sync_form_is_2(sync_form form)
{
    return form == SYNC_MEMORY2 || form == SYNC_BUFFER2 || form >= SYNC_WHOLE2;
}

bool sync_form_needs(kt_raw *raw, sync_form form)
{
    return raw && (!sync_form_is_2(form) || kt_raw_needs_synchronization2(raw));
}

// One memory dependency, in the words of synchronization2, which hold those of Vulkan 1.0.
typedef struct dependency {
    VkPipelineStageFlags2 src, dst;
    VkAccessFlags2 src_access, dst_access;
    VkBuffer buffer; // VK_NULL_HANDLE: all memory
    uint64_t offset_bytes, piece_bytes;
    uint32_t pieces;
} dependency;

// What fills the command's arrays. Pointers of `info2` lead to members.
typedef struct written {
    VkMemoryBarrier memory;
    VkBufferMemoryBarrier buffers[PIECES];
    VkMemoryBarrier2 memory2;
    VkBufferMemoryBarrier2 buffers2[PIECES];
    VkDependencyInfo info2;
    uint32_t memory_count, buffer_count;
} written;

static dependency make(const sync_scene *scene, sync_barrier barrier, sync_hazard hazard)
{
    const sync_access_info *first = &SYNC_ACCESS[hazard.first],
                           *second = &SYNC_ACCESS[hazard.second];
    const kt_raw_range words = sync_words(scene);
    const bool is2 = sync_form_is_2(barrier.form);
    const bool ranges = barrier.form == SYNC_RANGES || barrier.form == SYNC_RANGES2;
    dependency out = {.src = is2 ? first->stage2 : first->stage,
                      .dst = is2 ? second->stage2 : second->stage,
                      .offset_bytes = words.offset_bytes,
                      .pieces = ranges ? PIECES : 1,
                      .piece_bytes = ranges ? words.size_bytes / PIECES : words.size_bytes};
    if (first->writes) {
        out.src_access = is2 ? first->access2 : first->access;
        out.dst_access = is2 ? second->access2 : second->access;
    }
    if (barrier.form == SYNC_BUFFER || barrier.form == SYNC_BUFFER2 || ranges)
        out.buffer = words.buffer->handle;
    if (barrier.form == SYNC_WHOLE || barrier.form == SYNC_WHOLE2) {
        out.src = out.dst = VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT;
        out.src_access = VK_ACCESS_2_MEMORY_WRITE_BIT;
        out.dst_access = VK_ACCESS_2_MEMORY_READ_BIT | VK_ACCESS_2_MEMORY_WRITE_BIT;
    }
    return out;
}

static bool transfers(sync_access access)
{
    return SYNC_ACCESS[access].stage == VK_PIPELINE_STAGE_TRANSFER_BIT;
}

// Stages whose scopes leave an access out. The first scope of compute has what reads indirect
// arguments in it, the second has not.
static VkPipelineStageFlags2 not_first(sync_access access)
{
    return transfers(access) ? VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT
                             : VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT;
}

static VkPipelineStageFlags2 not_second(sync_access access)
{
    return transfers(access) || access == SYNC_INDIRECT_READ
               ? VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT
               : VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT;
}

static void spoil(const sync_scene *scene, sync_fault fault, sync_hazard hazard, dependency *by)
{
    switch (fault) {
    case SYNC_OTHER_FIRST_STAGE:
        by->src = not_first(hazard.first);
        break;
    case SYNC_OTHER_SECOND_STAGE:
        by->dst = not_second(hazard.second);
        break;
    case SYNC_NO_FIRST_ACCESS:
        by->src_access = 0;
        break;
    case SYNC_NO_SECOND_ACCESS:
        by->dst_access = 0;
        break;
    case SYNC_OTHER_BUFFER:
        by->buffer = scene->initial->handle;
        break;
    case SYNC_RIGHT:
    case SYNC_FAULTS:
        break;
    }
}

static void write_out(const dependency *by, written *out)
{
    out->memory_count = !by->buffer;
    out->buffer_count = by->buffer ? by->pieces : 0;
    out->memory = (VkMemoryBarrier){.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                    .srcAccessMask = (VkAccessFlags)by->src_access,
                                    .dstAccessMask = (VkAccessFlags)by->dst_access};
    out->memory2 = (VkMemoryBarrier2){.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER_2,
                                      .srcStageMask = by->src,
                                      .srcAccessMask = by->src_access,
                                      .dstStageMask = by->dst,
                                      .dstAccessMask = by->dst_access};
    for (uint32_t i = 0; i < out->buffer_count; i++) {
        out->buffers[i] = (VkBufferMemoryBarrier){.sType = VK_STRUCTURE_TYPE_BUFFER_MEMORY_BARRIER,
                                                  .srcAccessMask = out->memory.srcAccessMask,
                                                  .dstAccessMask = out->memory.dstAccessMask,
                                                  .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
                                                  .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
                                                  .buffer = by->buffer,
                                                  .offset = by->offset_bytes + i * by->piece_bytes,
                                                  .size = by->piece_bytes};
        out->buffers2[i] =
            (VkBufferMemoryBarrier2){.sType = VK_STRUCTURE_TYPE_BUFFER_MEMORY_BARRIER_2,
                                     .srcStageMask = by->src,
                                     .srcAccessMask = by->src_access,
                                     .dstStageMask = by->dst,
                                     .dstAccessMask = by->dst_access,
                                     .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
                                     .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
                                     .buffer = by->buffer,
                                     .offset = out->buffers[i].offset,
                                     .size = by->piece_bytes};
    }
    out->info2 = (VkDependencyInfo){.sType = VK_STRUCTURE_TYPE_DEPENDENCY_INFO,
                                    .memoryBarrierCount = out->memory_count,
                                    .pMemoryBarriers = &out->memory2,
                                    .bufferMemoryBarrierCount = out->buffer_count,
                                    .pBufferMemoryBarriers = out->buffers2};
}

static void record(const sync_scene *scene, VkCommandBuffer commands, const dependency *by,
                   bool is2)
{
    written out;
    write_out(by, &out);
    if (is2)
        scene->raw->vkCmdPipelineBarrier2(commands, &out.info2);
    else
        scene->raw->vkCmdPipelineBarrier(commands, (VkPipelineStageFlags)by->src,
                                         (VkPipelineStageFlags)by->dst, 0, out.memory_count,
                                         &out.memory, out.buffer_count, out.buffers, 0, NULL);
}

void sync_record_barrier(const sync_scene *scene, VkCommandBuffer commands, sync_barrier barrier,
                         sync_hazard hazard)
{
    const bool is2 = sync_form_is_2(barrier.form);
    dependency by = make(scene, barrier, hazard);
    spoil(scene, barrier.fault, hazard, &by);
    if (barrier.form != SYNC_CHAIN && barrier.form != SYNC_CHAIN2) {
        record(scene, commands, &by, is2);
        return;
    }
    // The first makes the writes available, the second visible.
    const VkPipelineStageFlags2 between = not_first(hazard.first);
    dependency to = by, from = by;
    to.dst = from.src = between;
    to.dst_access = from.src_access = 0;
    record(scene, commands, &to, is2);
    record(scene, commands, &from, is2);
}

void sync_record_set_event(const sync_scene *scene, VkCommandBuffer commands, sync_form form,
                           sync_hazard hazard, VkEvent event)
{
    written out;
    const dependency by = make(scene, (sync_barrier){form, SYNC_RIGHT}, hazard);
    write_out(&by, &out);
    if (sync_form_is_2(form))
        scene->raw->vkCmdSetEvent2(commands, event, &out.info2);
    else
        scene->raw->vkCmdSetEvent(commands, event, (VkPipelineStageFlags)by.src);
}

void sync_record_wait_event(const sync_scene *scene, VkCommandBuffer commands, sync_form form,
                            sync_hazard hazard, VkEvent event)
{
    written out;
    const dependency by = make(scene, (sync_barrier){form, SYNC_RIGHT}, hazard);
    write_out(&by, &out);
    if (sync_form_is_2(form))
        scene->raw->vkCmdWaitEvents2(commands, 1, &event, &out.info2);
    else
        scene->raw->vkCmdWaitEvents(commands, 1, &event, (VkPipelineStageFlags)by.src,
                                    (VkPipelineStageFlags)by.dst, out.memory_count, &out.memory,
                                    out.buffer_count, out.buffers, 0, NULL);
}

void sync_param_forms(kt_params *params, sync_form first_form, uint32_t count)
{
    for (uint32_t i = 0; i < SYNC_HAZARDS * count; i++) {
        const sync_hazard hazard = sync_hazard_at(i / count);
        kt_param(params, "%s-%s-%s", SYNC_ACCESS[hazard.first].name,
                 SYNC_ACCESS[hazard.second].name, SYNC_FORM[first_form + i % count]);
    }
}

sync_hazard sync_hazard_of(const kt_test *t, uint32_t count)
{
    return sync_hazard_at((uint32_t)kt_param_index(t) / count);
}

sync_form sync_form_of(const kt_test *t, sync_form first_form, uint32_t count)
{
    return (sync_form)(first_form + (uint32_t)kt_param_index(t) % count);
}
