#include "dependencies.h"

const char *const SYNC_FORM[SYNC_FORMS] = {"memory", "buffer", "memory2", "buffer2"};

bool sync_form_is_2(sync_form form)
{
    return form == SYNC_MEMORY2 || form == SYNC_BUFFER2;
}

bool sync_form_needs(kt_raw *raw, sync_form form)
{
    return raw && (!sync_form_is_2(form) || kt_raw_needs_synchronization2(raw));
}

// A dependency in the words of both versions. Pointers inside lead to its own members.
typedef struct dependency {
    VkPipelineStageFlags src, dst;
    VkMemoryBarrier memory;
    VkBufferMemoryBarrier buffer;
    VkMemoryBarrier2 memory2;
    VkBufferMemoryBarrier2 buffer2;
    VkDependencyInfo info2;
    uint32_t memory_count, buffer_count;
} dependency;

static void make(const sync_scene *scene, sync_form form, sync_hazard hazard, dependency *out)
{
    const sync_access_info *first = &SYNC_ACCESS[hazard.first],
                           *second = &SYNC_ACCESS[hazard.second];
    const bool wrote = first->writes;
    const kt_raw_range words = sync_words(scene);
    *out = (dependency){.src = first->stage,
                        .dst = second->stage,
                        .memory_count = form == SYNC_MEMORY || form == SYNC_MEMORY2,
                        .buffer_count = form == SYNC_BUFFER || form == SYNC_BUFFER2};
    out->memory = (VkMemoryBarrier){.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                    .srcAccessMask = wrote ? first->access : 0,
                                    .dstAccessMask = wrote ? second->access : 0};
    out->buffer = (VkBufferMemoryBarrier){.sType = VK_STRUCTURE_TYPE_BUFFER_MEMORY_BARRIER,
                                          .srcAccessMask = out->memory.srcAccessMask,
                                          .dstAccessMask = out->memory.dstAccessMask,
                                          .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
                                          .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
                                          .buffer = words.buffer->handle,
                                          .offset = words.offset_bytes,
                                          .size = words.size_bytes};
    out->memory2 = (VkMemoryBarrier2){.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER_2,
                                      .srcStageMask = first->stage2,
                                      .srcAccessMask = wrote ? first->access2 : 0,
                                      .dstStageMask = second->stage2,
                                      .dstAccessMask = wrote ? second->access2 : 0};
    out->buffer2 = (VkBufferMemoryBarrier2){.sType = VK_STRUCTURE_TYPE_BUFFER_MEMORY_BARRIER_2,
                                            .srcStageMask = out->memory2.srcStageMask,
                                            .srcAccessMask = out->memory2.srcAccessMask,
                                            .dstStageMask = out->memory2.dstStageMask,
                                            .dstAccessMask = out->memory2.dstAccessMask,
                                            .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
                                            .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
                                            .buffer = out->buffer.buffer,
                                            .offset = out->buffer.offset,
                                            .size = out->buffer.size};
    out->info2 = (VkDependencyInfo){.sType = VK_STRUCTURE_TYPE_DEPENDENCY_INFO,
                                    .memoryBarrierCount = out->memory_count,
                                    .pMemoryBarriers = &out->memory2,
                                    .bufferMemoryBarrierCount = out->buffer_count,
                                    .pBufferMemoryBarriers = &out->buffer2};
}

void sync_record_barrier(const sync_scene *scene, VkCommandBuffer commands, sync_form form,
                         sync_hazard hazard)
{
    dependency by;
    make(scene, form, hazard, &by);
    if (sync_form_is_2(form))
        scene->raw->vkCmdPipelineBarrier2(commands, &by.info2);
    else
        scene->raw->vkCmdPipelineBarrier(commands, by.src, by.dst, 0, by.memory_count, &by.memory,
                                         by.buffer_count, &by.buffer, 0, NULL);
}

void sync_record_set_event(const sync_scene *scene, VkCommandBuffer commands, sync_form form,
                           sync_hazard hazard, VkEvent event)
{
    dependency by;
    make(scene, form, hazard, &by);
    if (sync_form_is_2(form))
        scene->raw->vkCmdSetEvent2(commands, event, &by.info2);
    else
        scene->raw->vkCmdSetEvent(commands, event, by.src);
}

void sync_record_wait_event(const sync_scene *scene, VkCommandBuffer commands, sync_form form,
                            sync_hazard hazard, VkEvent event)
{
    dependency by;
    make(scene, form, hazard, &by);
    if (sync_form_is_2(form))
        scene->raw->vkCmdWaitEvents2(commands, 1, &event, &by.info2);
    else
        scene->raw->vkCmdWaitEvents(commands, 1, &event, by.src, by.dst, by.memory_count,
                                    &by.memory, by.buffer_count, &by.buffer, 0, NULL);
}

void sync_param_forms(kt_params *params)
{
    for (uint32_t i = 0; i < SYNC_HAZARDS * SYNC_FORMS; i++) {
        const sync_hazard hazard = sync_hazard_at(i / SYNC_FORMS);
        kt_param(params, "%s-%s-%s", SYNC_ACCESS[hazard.first].name,
                 SYNC_ACCESS[hazard.second].name, SYNC_FORM[i % SYNC_FORMS]);
    }
}

sync_hazard sync_hazard_of(const kt_test *t)
{
    return sync_hazard_at((uint32_t)kt_param_index(t) / SYNC_FORMS);
}

sync_form sync_form_of(const kt_test *t)
{
    return (sync_form)(kt_param_index(t) % SYNC_FORMS);
}
