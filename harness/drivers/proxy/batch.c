#include "batch.h"

#include <stdlib.h>

#include "order.h"
#include "record.h"
#include "semaphores.h"
#include "stages.h"

void kro__batches_destroy(kro__batch *first)
{
    while (first) {
        kro__batch *batch = first;
        first = batch->next;
        for (uint32_t i = 0; batch->commands && i < batch->command_count; i++) {
            kro__recording *recording = batch->commands[i].recording;
            if (recording)
                atomic_fetch_sub(&recording->held, 1);
            kro__recording_release(recording);
        }
        free(batch->waits);
        free(batch->signals);
        free(batch->commands);
        free(batch);
    }
}

// A batch with room for what a submission names; NULL without memory.
static kro__batch *create(kro__queue *queue, uint32_t waits, uint32_t commands, uint32_t signals)
{
    kro__batch *batch = calloc(1, sizeof *batch);
    if (!batch)
        return NULL;
    batch->queue = queue;
    batch->wait_count = waits;
    batch->command_count = commands;
    batch->signal_count = signals;
    batch->waits = calloc(waits + 1, sizeof *batch->waits);
    batch->signals = calloc(signals + 1, sizeof *batch->signals);
    batch->commands = calloc(commands + 1, sizeof *batch->commands);
    if (!batch->waits || !batch->signals || !batch->commands) {
        kro__batches_destroy(batch);
        return NULL;
    }
    return batch;
}

static void set_semaphore(kro__batch_semaphore *to, VkSemaphore handle, uint64_t value,
                          uint32_t stages)
{
    to->handle = handle;
    to->timeline = kro__semaphore_is_timeline(handle);
    to->value = value;
    to->stages = stages;
}

static void set_commands(kro__batch_commands *to, VkCommandBuffer handle)
{
    to->handle = handle;
    to->recording = kro__record_to(handle);
    if (!to->recording)
        return;
    kro__recording_hold(to->recording);
    atomic_fetch_add(&to->recording->held, 1);
}

static kro__batch *from_info(kro__queue *queue, const VkSubmitInfo *info)
{
    const VkTimelineSemaphoreSubmitInfo none = {0}, *values = &none;
    for (const VkBaseInStructure *at = info->pNext; at; at = at->pNext)
        if (at->sType == VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO)
            values = (const void *)at;
    kro__batch *batch = create(queue, info->waitSemaphoreCount, info->commandBufferCount,
                               info->signalSemaphoreCount);
    if (!batch)
        return NULL;
    for (uint32_t i = 0; i < info->waitSemaphoreCount; i++)
        set_semaphore(&batch->waits[i], info->pWaitSemaphores[i],
                      i < values->waitSemaphoreValueCount ? values->pWaitSemaphoreValues[i] : 0,
                      kro__stages_dst(info->pWaitDstStageMask[i]));
    for (uint32_t i = 0; i < info->commandBufferCount; i++)
        set_commands(&batch->commands[i], info->pCommandBuffers[i]);
    for (uint32_t i = 0; i < info->signalSemaphoreCount; i++)
        set_semaphore(&batch->signals[i], info->pSignalSemaphores[i],
                      i < values->signalSemaphoreValueCount ? values->pSignalSemaphoreValues[i] : 0,
                      KRO__STAGE_ALL);
    return batch;
}

static kro__batch *from_info2(kro__queue *queue, const VkSubmitInfo2 *info)
{
    kro__batch *batch = create(queue, info->waitSemaphoreInfoCount, info->commandBufferInfoCount,
                               info->signalSemaphoreInfoCount);
    if (!batch)
        return NULL;
    for (uint32_t i = 0; i < info->waitSemaphoreInfoCount; i++) {
        const VkSemaphoreSubmitInfo *wait = &info->pWaitSemaphoreInfos[i];
        set_semaphore(&batch->waits[i], wait->semaphore, wait->value,
                      kro__stages_dst(wait->stageMask));
    }
    for (uint32_t i = 0; i < info->commandBufferInfoCount; i++)
        set_commands(&batch->commands[i], info->pCommandBufferInfos[i].commandBuffer);
    for (uint32_t i = 0; i < info->signalSemaphoreInfoCount; i++) {
        const VkSemaphoreSubmitInfo *signal = &info->pSignalSemaphoreInfos[i];
        set_semaphore(&batch->signals[i], signal->semaphore, signal->value,
                      kro__stages_src(signal->stageMask));
    }
    return batch;
}

// Device groups of one device are what every program has; the rest is for those who know it.
static bool is_known(const void *chain)
{
    for (const VkBaseInStructure *at = chain; at; at = at->pNext)
        if (at->sType != VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO &&
            at->sType != VK_STRUCTURE_TYPE_DEVICE_GROUP_SUBMIT_INFO)
            return false;
    return true;
}

VkResult kro__batches_create(kro__queue *queue, uint32_t count, const VkSubmitInfo *submits,
                             const VkSubmitInfo2 *submits2, VkFence fence, kro__batch **out)
{
    *out = NULL;
    kro__batch **end = out, *last = NULL;
    for (uint32_t i = 0; i < count; i++)
        if (!is_known(submits ? submits[i].pNext : submits2[i].pNext))
            return VK_ERROR_FEATURE_NOT_PRESENT;
    bool empty = !count && fence;
    for (uint32_t i = 0; i < count + empty; i++) {
        if (empty)
            last = create(queue, 0, 0, 0);
        else
            last = submits ? from_info(queue, &submits[i]) : from_info2(queue, &submits2[i]);
        if (!last)
            goto fail;
        *end = last;
        end = &last->next;
    }
    if (last)
        last->fence = fence;
    return VK_SUCCESS;
fail:
    kro__batches_destroy(*out);
    *out = NULL;
    return VK_ERROR_OUT_OF_HOST_MEMORY;
}
