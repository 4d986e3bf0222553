// Where the host looks: fences, semaphores, idle queues, queries, events. Held work runs first.
#include <time.h>

#include "device.h"
#include "driver.h"
#include "engine.h"
#include "exits.h"
#include "record.h"
#include "uses.h"

enum { SLICE_NS = 2000000 };

static kro__engine *engine_of(VkDevice handle)
{
    if (!atomic_load_explicit(&kro__recording_devices, memory_order_relaxed))
        return NULL;
    const kro__device *device = kro__device_find(handle);
    return device ? device->engine : NULL;
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

// Waits until something happens on the device, or a little while: what it waits for may come from
// outside.
static void wait_for_progress(kro__engine *engine)
{
    uint64_t until = now_ns() + SLICE_NS;
    struct timespec at = {
        .tv_sec = (time_t)(until / 1000000000),
        .tv_nsec = (long)(until % 1000000000),
    };
    pthread_cond_timedwait(&engine->progress, &engine->mutex, &at);
}

// What a wait is for.
typedef struct wait {
    VkDevice device;
    uint32_t fence_count;
    const VkFence *fences;
    VkBool32 all;
    const VkSemaphoreWaitInfo *semaphores; // or NULL
} wait;

static VkResult ask(const wait *of, uint64_t timeout_ns)
{
    if (of->semaphores)
        return kro__driver.vkWaitSemaphores(of->device, of->semaphores, timeout_ns);
    return kro__driver.vkWaitForFences(of->device, of->fence_count, of->fences, of->all,
                                       timeout_ns);
}

// Everything that can run has run when the driver is asked, so it answers at once; what it does not
// know yet is for another thread to submit or signal.
static VkResult wait_held(kro__engine *engine, const wait *of, uint64_t timeout_ns)
{
    uint64_t start = now_ns();
    pthread_mutex_lock(&engine->mutex);
    VkResult result;
    while (true) {
        result = kro__engine_flush(engine);
        if (result >= 0)
            result = ask(of, 0);
        if (result != VK_TIMEOUT || now_ns() - start >= timeout_ns)
            break;
        wait_for_progress(engine);
    }
    pthread_mutex_unlock(&engine->mutex);
    return result;
}

static VkResult wait_for(const wait *of, uint64_t timeout_ns)
{
    kro__engine *engine = engine_of(of->device);
    if (!engine)
        return ask(of, timeout_ns);
    if (timeout_ns)
        return wait_held(engine, of, timeout_ns);
    VkResult result = kro__engine_poll(engine);
    return result < 0 ? result : ask(of, 0);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkWaitForFences(VkDevice device, uint32_t fenceCount,
                                                         const VkFence *pFences, VkBool32 waitAll,
                                                         uint64_t timeout)
{
    const wait of = {
        .device = device, .fence_count = fenceCount, .fences = pFences, .all = waitAll};
    VkResult result = wait_for(&of, timeout);
    for (uint32_t i = 0; result == VK_SUCCESS && i < fenceCount; i++)
        if (waitAll || kro__driver.vkGetFenceStatus(device, pFences[i]) == VK_SUCCESS)
            kro__exits_saw_fence(device, pFences[i]);
    return result;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkResetFences(VkDevice device, uint32_t fenceCount,
                                                       const VkFence *pFences)
{
    for (uint32_t i = 0; i < fenceCount; i++)
        kro__uses_check(device, "vkResetFences", VK_OBJECT_TYPE_FENCE, KRO__HANDLE(pFences[i]));
    return kro__driver.vkResetFences(device, fenceCount, pFences);
}

static bool has_value(VkDevice device, const VkSemaphoreWaitInfo *info, uint32_t index)
{
    uint64_t value;
    VkSemaphore semaphore = info->pSemaphores[index];
    VkResult result = kro__driver.vkGetSemaphoreCounterValue(device, semaphore, &value);
    return result >= 0 && value >= info->pValues[index];
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkWaitSemaphores(VkDevice device,
                                                          const VkSemaphoreWaitInfo *pWaitInfo,
                                                          uint64_t timeout)
{
    const wait of = {.device = device, .semaphores = pWaitInfo};
    VkResult result = wait_for(&of, timeout);
    for (uint32_t i = 0; result == VK_SUCCESS && i < pWaitInfo->semaphoreCount; i++)
        if (!(pWaitInfo->flags & VK_SEMAPHORE_WAIT_ANY_BIT) || has_value(device, pWaitInfo, i))
            kro__exits_saw_semaphore(device, pWaitInfo->pSemaphores[i], pWaitInfo->pValues[i]);
    return result;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkGetFenceStatus(VkDevice device, VkFence fence)
{
    kro__engine *engine = engine_of(device);
    VkResult result = engine ? kro__engine_poll(engine) : VK_SUCCESS;
    if (result >= 0)
        result = kro__driver.vkGetFenceStatus(device, fence);
    if (result == VK_SUCCESS)
        kro__exits_saw_fence(device, fence);
    return result;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkGetSemaphoreCounterValue(VkDevice device,
                                                                    VkSemaphore semaphore,
                                                                    uint64_t *pValue)
{
    kro__engine *engine = engine_of(device);
    VkResult result = engine ? kro__engine_poll(engine) : VK_SUCCESS;
    if (result >= 0)
        result = kro__driver.vkGetSemaphoreCounterValue(device, semaphore, pValue);
    if (result >= 0)
        kro__exits_saw_semaphore(device, semaphore, *pValue);
    return result;
}

// A signal from the host may let held work run; whoever waits for that looks again.
VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkSignalSemaphore(VkDevice device,
                                                           const VkSemaphoreSignalInfo *pSignalInfo)
{
    kro__engine *engine = engine_of(device);
    if (!engine)
        return kro__driver.vkSignalSemaphore(device, pSignalInfo);
    pthread_mutex_lock(&engine->mutex);
    VkResult result = kro__driver.vkSignalSemaphore(device, pSignalInfo);
    pthread_cond_broadcast(&engine->progress);
    pthread_mutex_unlock(&engine->mutex);
    return result;
}

static bool holds(const kro__engine *engine, VkQueue queue)
{
    for (const kro__batch *batch = engine->held; batch; batch = batch->next)
        if (!queue || batch->queue->entry.handle == KRO__HANDLE(queue))
            return true;
    return false;
}

// Runs what is held on a queue (NULL: on all of them), however long somebody takes to let it run.
// The engine's lock is held when this returns.
static VkResult drain(kro__engine *engine, VkQueue queue)
{
    pthread_mutex_lock(&engine->mutex);
    VkResult result;
    while ((result = kro__engine_flush(engine)) >= 0 && holds(engine, queue))
        wait_for_progress(engine);
    return result;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkQueueWaitIdle(VkQueue queue)
{
    kro__queue *of = kro__queue_find(queue);
    if (!of || !of->device->engine)
        return kro__driver.vkQueueWaitIdle(of ? of->real : queue);
    VkResult result = drain(of->device->engine, queue);
    if (result >= 0)
        result = kro__driver.vkQueueWaitIdle(of->real);
    pthread_mutex_unlock(&of->device->engine->mutex);
    if (result >= 0)
        kro__exits_saw_queue(of);
    return result;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkDeviceWaitIdle(VkDevice device)
{
    kro__engine *engine = engine_of(device);
    if (!engine)
        return kro__driver.vkDeviceWaitIdle(device);
    VkResult result = drain(engine, VK_NULL_HANDLE);
    if (result >= 0)
        result = kro__driver.vkDeviceWaitIdle(device);
    pthread_mutex_unlock(&engine->mutex);
    if (result >= 0)
        kro__exits_saw_device(engine->device);
    return result;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkGetEventStatus(VkDevice device, VkEvent event)
{
    kro__engine *engine = engine_of(device);
    VkResult result = engine ? kro__engine_poll(engine) : VK_SUCCESS;
    return result < 0 ? result : kro__driver.vkGetEventStatus(device, event);
}

// Runs what is held, whatever `delay` says.
static VkResult run_held(VkDevice device)
{
    kro__engine *engine = engine_of(device);
    if (!engine)
        return VK_SUCCESS;
    pthread_mutex_lock(&engine->mutex);
    VkResult result = kro__engine_flush(engine);
    pthread_mutex_unlock(&engine->mutex);
    return result;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkGetQueryPoolResults(
    VkDevice device, VkQueryPool queryPool, uint32_t firstQuery, uint32_t queryCount,
    size_t dataSize, void *pData, VkDeviceSize stride, VkQueryResultFlags flags)
{
    kro__engine *engine = engine_of(device);
    VkResult result = VK_SUCCESS;
    if (engine)
        result = flags & VK_QUERY_RESULT_WAIT_BIT ? run_held(device) : kro__engine_poll(engine);
    return result < 0 ? result
                      : kro__driver.vkGetQueryPoolResults(device, queryPool, firstQuery, queryCount,
                                                          dataSize, pData, stride, flags);
}

// What leaves the device must not wait for anybody to look.
VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkGetFenceFdKHR(VkDevice device,
                                                         const VkFenceGetFdInfoKHR *pGetFdInfo,
                                                         int *pFd)
{
    VkResult result = run_held(device);
    return result < 0 ? result : kro__driver.vkGetFenceFdKHR(device, pGetFdInfo, pFd);
}

VKAPI_ATTR VkResult VKAPI_CALL
kro__hook_vkGetSemaphoreFdKHR(VkDevice device, const VkSemaphoreGetFdInfoKHR *pGetFdInfo, int *pFd)
{
    VkResult result = run_held(device);
    return result < 0 ? result : kro__driver.vkGetSemaphoreFdKHR(device, pGetFdInfo, pFd);
}
