// Submissions, fences and semaphores. A submission is complete when it has been made: its signals
// are given at once and its waits are not waited for. Only the host can be made to wait, for a
// fence or a value that nobody has given yet.
#include "null_calls.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "object.h"

// Wakes the device's waiters. The counter is read after the signal was stored, and waiters look for
// signals after they raised it (both sequentially consistent), so nobody sleeps through a signal.
static void wake(kro__null_device *device)
{
    if (!atomic_load(&device->waiters))
        return;
    pthread_mutex_lock(&device->mutex);
    pthread_cond_broadcast(&device->progress);
    pthread_mutex_unlock(&device->mutex);
}

static void signal_semaphore(VkSemaphore semaphore, uint64_t value)
{
    atomic_store(&KRO__NULL(semaphore, semaphore)->value, value);
}

static void signal_fence(VkFence fence)
{
    if (fence)
        atomic_store(&KRO__NULL(fence, fence)->signalled, true);
}

static void complete(const VkSubmitInfo *submit)
{
    const VkTimelineSemaphoreSubmitInfo *values = NULL;
    for (const VkBaseInStructure *at = submit->pNext; at; at = at->pNext)
        if (at->sType == VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO)
            values = (const void *)at;
    for (uint32_t i = 0; i < submit->signalSemaphoreCount; i++) {
        bool timeline = values && i < values->signalSemaphoreValueCount;
        signal_semaphore(submit->pSignalSemaphores[i],
                         timeline ? values->pSignalSemaphoreValues[i] : 1);
    }
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkQueueSubmit(VkQueue queue, uint32_t submitCount,
                                                       const VkSubmitInfo *pSubmits, VkFence fence)
{
    for (uint32_t i = 0; i < submitCount; i++)
        complete(&pSubmits[i]);
    signal_fence(fence);
    wake(KRO__NULL(queue, queue)->device);
    return VK_SUCCESS;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkQueueSubmit2(VkQueue queue, uint32_t submitCount,
                                                        const VkSubmitInfo2 *pSubmits,
                                                        VkFence fence)
{
    for (uint32_t i = 0; i < submitCount; i++)
        for (uint32_t s = 0; s < pSubmits[i].signalSemaphoreInfoCount; s++)
            signal_semaphore(pSubmits[i].pSignalSemaphoreInfos[s].semaphore,
                             pSubmits[i].pSignalSemaphoreInfos[s].value);
    signal_fence(fence);
    wake(KRO__NULL(queue, queue)->device);
    return VK_SUCCESS;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkQueueBindSparse(VkQueue queue, uint32_t bindInfoCount,
                                                           const VkBindSparseInfo *pBindInfo,
                                                           VkFence fence)
{
    for (uint32_t i = 0; i < bindInfoCount; i++)
        for (uint32_t s = 0; s < pBindInfo[i].signalSemaphoreCount; s++)
            signal_semaphore(pBindInfo[i].pSignalSemaphores[s], 1);
    signal_fence(fence);
    wake(KRO__NULL(queue, queue)->device);
    return VK_SUCCESS;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkCreateSemaphore(VkDevice device,
                                                           const VkSemaphoreCreateInfo *pCreateInfo,
                                                           const VkAllocationCallbacks *pAllocator,
                                                           VkSemaphore *pSemaphore)
{
    (void)device;
    (void)pAllocator;
    kro__null_semaphore *semaphore = calloc(1, sizeof *semaphore);
    *pSemaphore = (VkSemaphore)(uintptr_t)semaphore;
    if (!semaphore)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    for (const VkBaseInStructure *at = pCreateInfo->pNext; at; at = at->pNext)
        if (at->sType == VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO)
            atomic_init(&semaphore->value,
                        ((const VkSemaphoreTypeCreateInfo *)(const void *)at)->initialValue);
    return VK_SUCCESS;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkGetSemaphoreCounterValue(VkDevice device,
                                                                    VkSemaphore semaphore,
                                                                    uint64_t *pValue)
{
    (void)device;
    *pValue = atomic_load(&KRO__NULL(semaphore, semaphore)->value);
    return VK_SUCCESS;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkSignalSemaphore(VkDevice device,
                                                           const VkSemaphoreSignalInfo *pSignalInfo)
{
    signal_semaphore(pSignalInfo->semaphore, pSignalInfo->value);
    wake(KRO__NULL(device, device));
    return VK_SUCCESS;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkCreateFence(VkDevice device,
                                                       const VkFenceCreateInfo *pCreateInfo,
                                                       const VkAllocationCallbacks *pAllocator,
                                                       VkFence *pFence)
{
    (void)device;
    (void)pAllocator;
    kro__null_fence *fence = calloc(1, sizeof *fence);
    *pFence = (VkFence)(uintptr_t)fence;
    if (!fence)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    atomic_init(&fence->signalled, pCreateInfo->flags & VK_FENCE_CREATE_SIGNALED_BIT);
    return VK_SUCCESS;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkResetFences(VkDevice device, uint32_t fenceCount,
                                                       const VkFence *pFences)
{
    (void)device;
    for (uint32_t i = 0; i < fenceCount; i++)
        atomic_store(&KRO__NULL(fence, pFences[i])->signalled, false);
    return VK_SUCCESS;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkGetFenceStatus(VkDevice device, VkFence fence)
{
    (void)device;
    return atomic_load(&KRO__NULL(fence, fence)->signalled) ? VK_SUCCESS : VK_NOT_READY;
}

// What a host wait asks for, of fences or of timeline values.
typedef struct wait_list {
    const VkFence *fences;         // or NULL
    const VkSemaphore *semaphores; // otherwise, with
    const uint64_t *values;        // their values
    uint32_t count;
    bool any; // one is enough
} wait_list;

static bool is_met(const wait_list *list)
{
    uint32_t met = 0;
    for (uint32_t i = 0; i < list->count; i++)
        met += list->fences ? atomic_load(&KRO__NULL(fence, list->fences[i])->signalled)
                            : atomic_load(&KRO__NULL(semaphore, list->semaphores[i])->value) >=
                                  list->values[i];
    return list->any ? met > 0 : met == list->count;
}

// The time `timeout_ns` from now; times beyond a century are a century.
static struct timespec deadline(uint64_t timeout_ns)
{
    const uint64_t second_ns = 1000000000, century_ns = UINT64_C(3155760000) * second_ns;
    if (timeout_ns > century_ns)
        timeout_ns = century_ns;
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    uint64_t ns = (uint64_t)at.tv_nsec + timeout_ns % second_ns;
    at.tv_sec += (time_t)(timeout_ns / second_ns + ns / second_ns);
    at.tv_nsec = (long)(ns % second_ns);
    return at;
}

static VkResult wait_for(kro__null_device *device, const wait_list *list, uint64_t timeout_ns)
{
    if (is_met(list))
        return VK_SUCCESS;
    if (!timeout_ns)
        return VK_TIMEOUT;
    struct timespec until = deadline(timeout_ns);
    atomic_fetch_add(&device->waiters, 1);
    pthread_mutex_lock(&device->mutex);
    bool met = is_met(list);
    while (!met) {
        int error = pthread_cond_timedwait(&device->progress, &device->mutex, &until);
        met = is_met(list);
        if (error == ETIMEDOUT)
            break;
    }
    pthread_mutex_unlock(&device->mutex);
    atomic_fetch_sub(&device->waiters, 1);
    return met ? VK_SUCCESS : VK_TIMEOUT;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkWaitForFences(VkDevice device, uint32_t fenceCount,
                                                         const VkFence *pFences, VkBool32 waitAll,
                                                         uint64_t timeout)
{
    wait_list list = {.fences = pFences, .count = fenceCount, .any = !waitAll};
    return wait_for(KRO__NULL(device, device), &list, timeout);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkWaitSemaphores(VkDevice device,
                                                          const VkSemaphoreWaitInfo *pWaitInfo,
                                                          uint64_t timeout)
{
    wait_list list = {
        .semaphores = pWaitInfo->pSemaphores,
        .values = pWaitInfo->pValues,
        .count = pWaitInfo->semaphoreCount,
        .any = pWaitInfo->flags & VK_SEMAPHORE_WAIT_ANY_BIT,
    };
    return wait_for(KRO__NULL(device, device), &list, timeout);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkGetEventStatus(VkDevice device, VkEvent event)
{
    (void)device;
    (void)event;
    return VK_EVENT_SET; // all work that might set it is complete
}
