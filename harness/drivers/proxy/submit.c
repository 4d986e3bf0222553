// Queues: submissions are counted, refused when the device is to be lost, held back or passed on.
#include "device.h"
#include "driver.h"
#include "engine.h"
#include "tally.h"

// Counts a submission; false if the device was lost by it.
static bool count_submission(kro__device *device)
{
    uint64_t number = atomic_fetch_add(&device->submissions, 1) + 1;
    if (device->spec.lose && number >= device->spec.lose)
        kro__device_lose(device);
    return !atomic_load(&device->lost);
}

// A submission in either form; one of the arrays is NULL.
typedef struct submission {
    uint32_t count;
    const VkSubmitInfo *infos;
    const VkSubmitInfo2 *infos2;
    VkFence fence;
} submission;

static VkResult pass_on(VkQueue real, const submission *of)
{
    if (of->infos || !of->infos2)
        return kro__driver.vkQueueSubmit(real, of->count, of->infos, of->fence);
    return kro__driver.vkQueueSubmit2(real, of->count, of->infos2, of->fence);
}

static VkResult hold(kro__queue *queue, const submission *of)
{
    kro__engine *engine = queue->device->engine;
    kro__batch *batches;
    VkResult result =
        kro__batches_create(queue, of->count, of->infos, of->infos2, of->fence, &batches);
    pthread_mutex_lock(&engine->mutex);
    if (result >= 0) {
        kro__engine_hold(engine, batches);
    } else if (result == VK_ERROR_FEATURE_NOT_PRESENT) {
        // Not understood: it runs as it is, behind everything that can run before it.
        result = kro__engine_flush(engine);
        if (result >= 0)
            result = pass_on(queue->real, of);
    }
    pthread_mutex_unlock(&engine->mutex);
    return result;
}

static void add_up(const submission *of, kro__tally *sum)
{
    for (uint32_t i = 0; of->infos && i < of->count; i++)
        for (uint32_t c = 0; c < of->infos[i].commandBufferCount; c++)
            kro__tally_submitted(sum, of->infos[i].pCommandBuffers[c]);
    for (uint32_t i = 0; of->infos2 && i < of->count; i++)
        for (uint32_t c = 0; c < of->infos2[i].commandBufferInfoCount; c++)
            kro__tally_submitted(sum, of->infos2[i].pCommandBufferInfos[c].commandBuffer);
}

static VkResult submit(VkQueue handle, const submission *of)
{
    kro__queue *queue = kro__queue_find(handle);
    if (queue && !count_submission(queue->device))
        return VK_ERROR_DEVICE_LOST;
    kro__tally sum = {0};
    add_up(of, &sum);
    VkResult result = queue && queue->device->engine ? hold(queue, of)
                                                     : pass_on(queue ? queue->real : handle, of);
    if (result >= 0)
        kro__tally_submit(&sum);
    return result;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkQueueSubmit(VkQueue queue, uint32_t submitCount,
                                                       const VkSubmitInfo *pSubmits, VkFence fence)
{
    return submit(queue, &(submission){.count = submitCount, .infos = pSubmits, .fence = fence});
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkQueueSubmit2(VkQueue queue, uint32_t submitCount,
                                                        const VkSubmitInfo2 *pSubmits,
                                                        VkFence fence)
{
    return submit(queue, &(submission){.count = submitCount, .infos2 = pSubmits, .fence = fence});
}

kro__queue *kro__queue_enter(VkQueue handle, VkQueue *real)
{
    kro__queue *queue = kro__queue_find(handle);
    *real = queue ? queue->real : handle;
    if (!queue || !queue->device->engine)
        return NULL;
    pthread_mutex_lock(&queue->device->engine->mutex);
    kro__engine_flush(queue->device->engine);
    return queue;
}

void kro__queue_leave(kro__queue *queue)
{
    if (queue)
        pthread_mutex_unlock(&queue->device->engine->mutex);
}
