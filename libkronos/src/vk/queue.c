#include "vk/queue.h"

#include "vk/barrier.h"
#include "vk/device.h"
#include "vk/status.h"

// Starts at 0, as the values of a queue do.
static kro_status create_timeline(kro__vk_queue *queue)
{
    const kro__vk_device *device = queue->device;
    VkSemaphoreTypeCreateInfo type = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
        .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
    };
    VkSemaphoreCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
        .pNext = &type,
    };
    VkResult result = device->vk.vkCreateSemaphore(device->handle, &info, NULL, &queue->timeline);
    if (result == VK_SUCCESS)
        return KRO_OK;
    queue->timeline = VK_NULL_HANDLE;
    return kro__vk_fail(result, "vkCreateSemaphore");
}

// Recorded once with the queue. Simultaneous use: the next submit may come while the last still
// runs.
static kro_status record_entry_barrier(kro__vk_queue *queue)
{
    const kro__vk_device *device = queue->device;
    VkCommandPoolCreateInfo pool_info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
        .queueFamilyIndex = device->base.info.queue_family,
    };
    VkResult result =
        device->vk.vkCreateCommandPool(device->handle, &pool_info, NULL, &queue->barrier_pool);
    if (result != VK_SUCCESS) {
        queue->barrier_pool = VK_NULL_HANDLE;
        return kro__vk_fail(result, "vkCreateCommandPool");
    }
    VkCommandBufferAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = queue->barrier_pool,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1,
    };
    result = device->vk.vkAllocateCommandBuffers(device->handle, &info, &queue->entry_barrier);
    if (result != VK_SUCCESS)
        return kro__vk_fail(result, "vkAllocateCommandBuffers");
    VkCommandBufferBeginInfo begin = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
        .flags = VK_COMMAND_BUFFER_USAGE_SIMULTANEOUS_USE_BIT,
    };
    result = device->vk.vkBeginCommandBuffer(queue->entry_barrier, &begin);
    if (result != VK_SUCCESS)
        return kro__vk_fail(result, "vkBeginCommandBuffer");
    // It stands for every batch that follows, and the core does not look behind it again.
    kro__vk_barrier(&device->vk, queue->entry_barrier, true);
    result = device->vk.vkEndCommandBuffer(queue->entry_barrier);
    if (result != VK_SUCCESS)
        return kro__vk_fail(result, "vkEndCommandBuffer");
    kro__vk_name(device->instance, device->handle, VK_OBJECT_TYPE_COMMAND_BUFFER,
                 (uint64_t)(uintptr_t)queue->entry_barrier, "kronos entry barrier");
    return KRO_OK;
}

kro_status kro__vk_queue_init(kro__vk_queue *queue, kro__vk_device *device, uint32_t index)
{
    *queue = (kro__vk_queue){.device = device};
    if (device->imported)
        queue->handle = device->imported->queues[index];
    else
        device->vk.vkGetDeviceQueue(device->handle, device->base.info.queue_family, index,
                                    &queue->handle);
    kro_status status = device->base.info.features.timeline_semaphores
                            ? create_timeline(queue)
                            : kro__vk_fences_init(&queue->fences, &device->vk, device->handle);
    if (status == KRO_OK)
        status = record_entry_barrier(queue);
    if (status < 0)
        kro__vk_queue_finish(queue);
    return status;
}

void kro__vk_queue_finish(kro__vk_queue *queue)
{
    if (!queue->device)
        return;
    const kro__vk_device *device = queue->device;
    // The queue itself belongs to the device.
    kro__vk_fences_finish(&queue->fences);
    if (queue->timeline)
        device->vk.vkDestroySemaphore(device->handle, queue->timeline, NULL);
    if (queue->barrier_pool)
        device->vk.vkDestroyCommandPool(device->handle, queue->barrier_pool, NULL);
    queue->device = NULL;
    queue->timeline = VK_NULL_HANDLE;
    queue->barrier_pool = VK_NULL_HANDLE;
}

void kro__vk_queue_lock(const kro__vk_queue *queue)
{
    const kro__vk_imported *imported = queue->device->imported;
    if (imported && imported->lock_queue)
        imported->lock_queue(imported->lock_user, queue->handle);
}

void kro__vk_queue_unlock(const kro__vk_queue *queue)
{
    const kro__vk_imported *imported = queue->device->imported;
    if (imported && imported->unlock_queue)
        imported->unlock_queue(imported->lock_user, queue->handle);
}

// Puts the queues whose work a submit waits for behind the program's semaphores: the highest value
// of each. A wait on the queue itself needs no semaphore: submission order and the entry barrier do
// it. So there is none without timelines, where a device has one queue.
//
// Returns: the number of waits in all.
static uint32_t gather_waits(const kro__vk_queue *queue, const kro__wait *waits,
                             uint32_t wait_count, kro__vk_waits *out)
{
    const kro__vk_device *device = queue->device;
    uint32_t count = out->count;
    if (wait_count == 0)
        return count;
    uint64_t highest[KRO__MAX_QUEUES] = {0};
    for (uint32_t i = 0; i < wait_count; i++)
        if (waits[i].queue < device->queue_count && waits[i].value > highest[waits[i].queue])
            highest[waits[i].queue] = waits[i].value;
    for (uint32_t i = 0; i < device->queue_count; i++) {
        if (highest[i] == 0 || &device->queues[i] == queue)
            continue;
        out->semaphores[count] = device->queues[i].timeline;
        out->values[count] = highest[i];
        out->stages[count++] = KRO__VK_STAGES;
    }
    return count;
}

static VkResult submit_to(const kro__vk_queue *queue, const VkSubmitInfo *submit, VkFence fence)
{
    kro__vk_queue_lock(queue);
    VkResult result = queue->device->vk.vkQueueSubmit(queue->handle, 1, submit, fence);
    kro__vk_queue_unlock(queue);
    return result;
}

// `submit` points to locals of this call only while it runs.
static VkResult submit_with_timeline(kro__vk_queue *queue, VkSubmitInfo *submit,
                                     const kro__vk_waits *waits, uint64_t value)
{
    VkTimelineSemaphoreSubmitInfo timeline = {
        .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
        .waitSemaphoreValueCount = submit->waitSemaphoreCount,
        .pWaitSemaphoreValues = waits->values,
        .signalSemaphoreValueCount = 1,
        .pSignalSemaphoreValues = &value,
    };
    submit->pNext = &timeline;
    submit->signalSemaphoreCount = 1;
    submit->pSignalSemaphores = &queue->timeline;
    return submit_to(queue, submit, VK_NULL_HANDLE);
}

// Without timelines. `*result` is the driver's answer where the call was made at all.
static kro_status submit_with_fence(kro__vk_queue *queue, const VkSubmitInfo *submit,
                                    uint64_t value, VkResult *result)
{
    kro__vk_fence *fence;
    kro_status status = kro__vk_fences_take(&queue->fences, &fence);
    if (status < 0)
        return status;
    *result = submit_to(queue, submit, fence->handle);
    if (*result == VK_SUCCESS)
        kro__vk_fences_submitted(&queue->fences, fence, value);
    else
        kro__vk_fences_untake(&queue->fences, fence);
    return KRO_OK;
}

kro_status kro__vk_queue_submit(kro__vk_queue *queue, VkCommandBuffer commands, bool entry_barrier,
                                const kro__wait *waits, uint32_t wait_count, kro__vk_waits *foreign,
                                uint64_t *value)
{
    const VkCommandBuffer buffers[] = {queue->entry_barrier, commands};
    // A wait makes what its signal covers visible; it needs no barrier besides.
    VkSubmitInfo submit = {
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
        .waitSemaphoreCount = gather_waits(queue, waits, wait_count, foreign),
        .pWaitSemaphores = foreign->semaphores,
        .pWaitDstStageMask = foreign->stages,
        .commandBufferCount = entry_barrier ? 2 : 1,
        .pCommandBuffers = entry_barrier ? buffers : buffers + 1,
    };
    uint64_t next = queue->last + 1;
    VkResult result = VK_SUCCESS;
    kro_status status = KRO_OK;
    // Before the call: another thread may see the value finish before the call returns. The driver
    // orders the two, by showing the finish after it was given the work.
    atomic_store_explicit(&queue->offered, next, memory_order_release);
    if (queue->timeline) {
        result = submit_with_timeline(queue, &submit, foreign, next);
    } else {
        status = submit_with_fence(queue, &submit, next, &result);
    }
    if (status < 0)
        return status;
    if (result != VK_SUCCESS)
        return kro__vk_fail(result, "vkQueueSubmit of batch %llu", (unsigned long long)next);
    // Only now: a value that was not submitted would never finish.
    queue->last = next;
    foreign->count = 0;
    *value = next;
    return KRO_OK;
}

// Threads may come here out of order and so lower the value again, which only costs somebody a look
// at the device.
static void raise_completed(kro__vk_queue *queue, uint64_t value)
{
    if (value > atomic_load_explicit(&queue->completed, memory_order_relaxed))
        atomic_store_explicit(&queue->completed, value, memory_order_release);
}

static kro_status read_timeline(kro__vk_queue *queue, uint64_t *value)
{
    const kro__vk_device *device = queue->device;
    VkResult result = device->vk.vkGetSemaphoreCounterValue(device->handle, queue->timeline, value);
    if (result != VK_SUCCESS)
        return kro__vk_fail(result, "vkGetSemaphoreCounterValue");
    // Some drivers push the counter to its end to release waiters when the device is lost.
    if (*value > atomic_load(&queue->offered))
        return kro__fail(KRO_ERROR_DEVICE_LOST,
                         "the device is lost: its driver reports batch %llu as finished, which was "
                         "never submitted",
                         (unsigned long long)*value);
    return KRO_OK;
}

kro_status kro__vk_queue_completed(kro__vk_queue *queue, uint64_t *value)
{
    uint64_t now;
    kro_status status = queue->timeline ? read_timeline(queue, &now)
                                        : kro__vk_fences_completed(&queue->fences, &now);
    if (status < 0)
        return status;
    raise_completed(queue, now);
    *value = now;
    return KRO_OK;
}

// Blocks in the driver; several threads may.
static kro_status wait_timeline(kro__vk_queue *queue, uint64_t value, uint64_t timeout_ns)
{
    const kro__vk_device *device = queue->device;
    VkSemaphoreWaitInfo info = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
        .semaphoreCount = 1,
        .pSemaphores = &queue->timeline,
        .pValues = &value,
    };
    VkResult result = device->vk.vkWaitSemaphores(device->handle, &info, timeout_ns);
    if (result == VK_TIMEOUT)
        return KRO_TIMEOUT;
    if (result != VK_SUCCESS)
        return kro__vk_fail(result, "vkWaitSemaphores");
    uint64_t now; // a lost device may end a wait as a success
    return read_timeline(queue, &now);
}

kro_status kro__vk_queue_wait(kro__vk_queue *queue, uint64_t value, uint64_t timeout_ns)
{
    // The common case costs no call.
    if (atomic_load(&queue->completed) >= value)
        return KRO_OK;
    kro_status status = queue->timeline ? wait_timeline(queue, value, timeout_ns)
                                        : kro__vk_fences_wait(&queue->fences, value, timeout_ns);
    if (status == KRO_OK)
        raise_completed(queue, value);
    return status;
}
