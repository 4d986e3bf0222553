#include "raw_owned.h"

enum { SUBMIT_BATCHES = 16, COMMANDS = KT_RAW_BATCH_COMMANDS, POINTS = KT_RAW_BATCH_SEMAPHORES };

static const uint64_t PATIENCE_NS = UINT64_C(10000000000);

static VkSemaphore create_semaphore(kt_raw *raw, const VkSemaphoreTypeCreateInfo *type)
{
    const VkSemaphoreCreateInfo info = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
                                        .pNext = type};
    VkSemaphore semaphore = VK_NULL_HANDLE;
    if (!raw)
        return VK_NULL_HANDLE;
    const VkResult result = raw->vkCreateSemaphore(raw->device, &info, NULL, &semaphore);
    kt_raw_own(raw, "vkCreateSemaphore", result, KT_RAW_SEMAPHORE,
               (kt_raw_handle){.semaphore = semaphore});
    return semaphore;
}

VkSemaphore kt_raw_semaphore(kt_raw *raw)
{
    return create_semaphore(raw, NULL);
}

VkSemaphore kt_raw_timeline(kt_raw *raw, uint64_t value)
{
    const VkSemaphoreTypeCreateInfo type = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
                                            .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                            .initialValue = value};
    return create_semaphore(raw, &type);
}

VkFence kt_raw_fence(kt_raw *raw, VkFenceCreateFlags flags)
{
    const VkFenceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO, .flags = flags};
    VkFence fence = VK_NULL_HANDLE;
    if (!raw)
        return VK_NULL_HANDLE;
    const VkResult result = raw->vkCreateFence(raw->device, &info, NULL, &fence);
    kt_raw_own(raw, "vkCreateFence", result, KT_RAW_FENCE, (kt_raw_handle){.fence = fence});
    return fence;
}

VkEvent kt_raw_event(kt_raw *raw, VkEventCreateFlags flags)
{
    const VkEventCreateInfo info = {.sType = VK_STRUCTURE_TYPE_EVENT_CREATE_INFO, .flags = flags};
    VkEvent event = VK_NULL_HANDLE;
    if (!raw)
        return VK_NULL_HANDLE;
    const VkResult result = raw->vkCreateEvent(raw->device, &info, NULL, &event);
    kt_raw_own(raw, "vkCreateEvent", result, KT_RAW_EVENT, (kt_raw_handle){.event = event});
    return event;
}

static uint32_t command_count(const kt_raw_batch *batch)
{
    uint32_t count = 0;
    while (count < COMMANDS && batch->commands[count])
        count++;
    return count;
}

// A batch's waits or signals, as arrays.
typedef struct points {
    VkSemaphore semaphores[POINTS];
    uint64_t values[POINTS];
    VkPipelineStageFlags stages[POINTS];
    uint32_t count;
    bool timelines; // there are some
} points;

static points list(const kt_raw_point *from)
{
    points out = {.count = 0};
    for (; out.count < POINTS && from[out.count].semaphore; out.count++) {
        const kt_raw_point *point = &from[out.count];
        out.semaphores[out.count] = point->semaphore;
        out.values[out.count] = point->value;
        out.stages[out.count] = point->stages ? point->stages : VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
        out.timelines = out.timelines || point->value;
    }
    return out;
}

bool kt_raw_submit_all(kt_raw *raw, uint32_t queue, const kt_raw_batch *batches, uint32_t count,
                       VkFence fence)
{
    kt_test *t = raw->t;
    VkSubmitInfo infos[SUBMIT_BATCHES];
    VkTimelineSemaphoreSubmitInfo values[SUBMIT_BATCHES];
    points waits[SUBMIT_BATCHES], signals[SUBMIT_BATCHES];
    if (!CHECK(count <= SUBMIT_BATCHES))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        waits[i] = list(batches[i].waits);
        signals[i] = list(batches[i].signals);
        values[i] = (VkTimelineSemaphoreSubmitInfo){
            .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
            .waitSemaphoreValueCount = waits[i].count,
            .pWaitSemaphoreValues = waits[i].values,
            .signalSemaphoreValueCount = signals[i].count,
            .pSignalSemaphoreValues = signals[i].values};
        infos[i] =
            (VkSubmitInfo){.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                           .pNext = waits[i].timelines || signals[i].timelines ? &values[i] : NULL,
                           .waitSemaphoreCount = waits[i].count,
                           .pWaitSemaphores = waits[i].semaphores,
                           .pWaitDstStageMask = waits[i].stages,
                           .commandBufferCount = command_count(&batches[i]),
                           .pCommandBuffers = batches[i].commands,
                           .signalSemaphoreCount = signals[i].count,
                           .pSignalSemaphores = signals[i].semaphores};
    }
    return CHECK_VK(raw->vkQueueSubmit(raw->queues[queue].handle, count, infos, fence));
}

bool kt_raw_submit(kt_raw *raw, uint32_t queue, const kt_raw_batch *batch, VkFence fence)
{
    return kt_raw_submit_all(raw, queue, batch, 1, fence);
}

// What one VkSubmitInfo2 points to.
typedef struct batch2 {
    VkCommandBufferSubmitInfo commands[COMMANDS];
    VkSemaphoreSubmitInfo waits[POINTS], signals[POINTS];
} batch2;

static uint32_t list2(const kt_raw_point *from, VkSemaphoreSubmitInfo *out)
{
    const points all = list(from);
    for (uint32_t i = 0; i < all.count; i++)
        out[i] = (VkSemaphoreSubmitInfo){.sType = VK_STRUCTURE_TYPE_SEMAPHORE_SUBMIT_INFO,
                                         .semaphore = all.semaphores[i],
                                         .value = all.values[i],
                                         .stageMask = all.stages[i]};
    return all.count;
}

bool kt_raw_submit2(kt_raw *raw, uint32_t queue, const kt_raw_batch *batches, uint32_t count,
                    VkFence fence)
{
    kt_test *t = raw->t;
    VkSubmitInfo2 infos[SUBMIT_BATCHES];
    batch2 parts[SUBMIT_BATCHES];
    if (!CHECK(count <= SUBMIT_BATCHES))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        batch2 *part = &parts[i];
        const uint32_t commands = command_count(&batches[i]);
        for (uint32_t c = 0; c < commands; c++)
            part->commands[c] =
                (VkCommandBufferSubmitInfo){.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_SUBMIT_INFO,
                                            .commandBuffer = batches[i].commands[c]};
        infos[i] =
            (VkSubmitInfo2){.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO_2,
                            .waitSemaphoreInfoCount = list2(batches[i].waits, part->waits),
                            .pWaitSemaphoreInfos = part->waits,
                            .commandBufferInfoCount = commands,
                            .pCommandBufferInfos = part->commands,
                            .signalSemaphoreInfoCount = list2(batches[i].signals, part->signals),
                            .pSignalSemaphoreInfos = part->signals};
    }
    return CHECK_VK(raw->vkQueueSubmit2(raw->queues[queue].handle, count, infos, fence));
}

bool kt_raw_run(kt_raw *raw, uint32_t queue, VkCommandBuffer commands)
{
    kt_test *t = raw->t;
    return kt_raw_submit(raw, queue, &(kt_raw_batch){.commands = {commands}}, VK_NULL_HANDLE) &&
           CHECK_VK(raw->vkQueueWaitIdle(raw->queues[queue].handle));
}

bool kt_raw_wait_fence(kt_raw *raw, VkFence fence)
{
    kt_test *t = raw->t;
    return CHECK_VK(raw->vkWaitForFences(raw->device, 1, &fence, VK_TRUE, PATIENCE_NS));
}

bool kt_raw_wait(kt_raw *raw, VkSemaphore timeline, uint64_t value)
{
    kt_test *t = raw->t;
    const VkSemaphoreWaitInfo info = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
                                      .semaphoreCount = 1,
                                      .pSemaphores = &timeline,
                                      .pValues = &value};
    return CHECK_VK(raw->vkWaitSemaphores(raw->device, &info, PATIENCE_NS));
}

bool kt_raw_signal(kt_raw *raw, VkSemaphore timeline, uint64_t value)
{
    kt_test *t = raw->t;
    const VkSemaphoreSignalInfo info = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_SIGNAL_INFO, .semaphore = timeline, .value = value};
    return CHECK_VK(raw->vkSignalSemaphore(raw->device, &info));
}

uint64_t kt_raw_value(kt_raw *raw, VkSemaphore timeline)
{
    kt_test *t = raw->t;
    uint64_t value = 0;
    CHECK_VK(raw->vkGetSemaphoreCounterValue(raw->device, timeline, &value));
    return value;
}
