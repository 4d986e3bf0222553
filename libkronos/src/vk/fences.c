#include "vk/fences.h"

#include <stdlib.h>

#include "vk/status.h"

kro_status kro__vk_fences_init(kro__vk_fences *fences, const kro__vk_calls *vk, VkDevice device)
{
    *fences = (kro__vk_fences){.vk = vk, .device = device};
    fences->has_lock = kro__mutex_init(&fences->lock);
    return fences->has_lock
               ? KRO_OK
               : kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory for the lock of a queue");
}

static void destroy_list(kro__vk_fences *fences, kro__vk_fence *list)
{
    while (list) {
        kro__vk_fence *next = list->next;
        fences->vk->vkDestroyFence(fences->device, list->handle, NULL);
        free(list);
        list = next;
    }
}

void kro__vk_fences_finish(kro__vk_fences *fences)
{
    if (!fences->has_lock)
        return;
    // Still in flight only when the device is lost.
    destroy_list(fences, fences->first);
    destroy_list(fences, fences->idle);
    kro__mutex_finish(&fences->lock);
    *fences = (kro__vk_fences){0};
}

// New fences come only when more batches are in flight than ever before.
static kro_status create_fence(kro__vk_fences *fences, kro__vk_fence **out)
{
    VkFenceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    kro__vk_fence *fence = calloc(1, sizeof *fence);
    if (!fence)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory for a fence");
    VkResult result = fences->vk->vkCreateFence(fences->device, &info, NULL, &fence->handle);
    if (result != VK_SUCCESS) {
        free(fence);
        return kro__vk_fail(result, "vkCreateFence");
    }
    *out = fence;
    return KRO_OK;
}

// Idle fences keep their state: take resets them, outside the lock.
static void put_idle(kro__vk_fences *fences, kro__vk_fence *fence)
{
    fence->next = fences->idle;
    fences->idle = fence;
}

// Takes finished fences out of flight. A queue signals its fences in submission order, so the first
// unsignalled one ends the look. Called with the lock held.
static kro_status poll(kro__vk_fences *fences)
{
    while (fences->first) {
        kro__vk_fence *fence = fences->first;
        VkResult result = fences->vk->vkGetFenceStatus(fences->device, fence->handle);
        if (result == VK_NOT_READY)
            return KRO_OK;
        if (result != VK_SUCCESS)
            return kro__vk_fail(result, "vkGetFenceStatus");
        fences->completed = fence->value;
        fences->first = fence->next;
        if (!fences->first)
            fences->last = NULL;
        fence->finished = true;
        if (fence->waiters == 0)
            put_idle(fences, fence);
    }
    return KRO_OK;
}

kro_status kro__vk_fences_take(kro__vk_fences *fences, kro__vk_fence **out)
{
    kro__mutex_lock(&fences->lock);
    // A wait leaves its fence among those in flight, where the next look finds it.
    kro_status status = fences->idle ? KRO_OK : poll(fences);
    // Signalled since its last use; no waiter is left, or it would not be here. A look that failed
    // may have found some.
    kro__vk_fence *fence = status == KRO_OK ? fences->idle : NULL;
    if (fence)
        fences->idle = fence->next;
    kro__mutex_unlock(&fences->lock);
    if (status != KRO_OK)
        return status;
    if (!fence)
        return create_fence(fences, out);

    VkResult result = fences->vk->vkResetFences(fences->device, 1, &fence->handle);
    if (result != VK_SUCCESS) {
        kro__vk_fences_untake(fences, fence);
        return kro__vk_fail(result, "vkResetFences");
    }
    *out = fence;
    return KRO_OK;
}

void kro__vk_fences_untake(kro__vk_fences *fences, kro__vk_fence *fence)
{
    kro__mutex_lock(&fences->lock);
    put_idle(fences, fence);
    kro__mutex_unlock(&fences->lock);
}

void kro__vk_fences_submitted(kro__vk_fences *fences, kro__vk_fence *fence, uint64_t value)
{
    fence->value = value;
    fence->finished = false;
    fence->next = NULL;
    kro__mutex_lock(&fences->lock);
    if (fences->last)
        fences->last->next = fence;
    else
        fences->first = fence;
    fences->last = fence;
    kro__mutex_unlock(&fences->lock);
}

kro_status kro__vk_fences_completed(kro__vk_fences *fences, uint64_t *out)
{
    kro__mutex_lock(&fences->lock);
    kro_status status = poll(fences);
    *out = fences->completed;
    kro__mutex_unlock(&fences->lock);
    return status;
}

// Blocks on one fence with the lock given up. The count of waiters keeps it from being reset.
static VkResult wait_on(kro__vk_fences *fences, kro__vk_fence *fence, uint64_t timeout_ns)
{
    // Vulkan: "Host access to each member of pFences must be externally synchronized" by
    // vkResetFences.
    fence->waiters++;
    kro__mutex_unlock(&fences->lock);
    VkResult result =
        fences->vk->vkWaitForFences(fences->device, 1, &fence->handle, VK_TRUE, timeout_ns);
    kro__mutex_lock(&fences->lock);
    fence->waiters--;
    if (fence->finished && fence->waiters == 0)
        put_idle(fences, fence);
    return result;
}

kro_status kro__vk_fences_wait(kro__vk_fences *fences, uint64_t value, uint64_t timeout_ns)
{
    kro__mutex_lock(&fences->lock);
    kro_status status = poll(fences);
    if (status == KRO_OK && fences->completed < value) {
        // The first fence at or above the value: with it all earlier batches have finished.
        kro__vk_fence *fence = fences->first;
        while (fence && fence->value < value)
            fence = fence->next;
        VkResult result = fence ? wait_on(fences, fence, timeout_ns) : VK_ERROR_UNKNOWN;
        if (!fence)
            status = kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                               "nothing was submitted as number %llu of this queue",
                               (unsigned long long)value);
        else if (result == VK_TIMEOUT)
            status = KRO_TIMEOUT;
        else if (result != VK_SUCCESS)
            status = kro__vk_fail(result, "vkWaitForFences");
    }
    kro__mutex_unlock(&fences->lock);
    return status;
}
