#include "vk/api.h"

#include <kronos/vulkan.h>

#include "buffer.h"
#include "context.h"
#include "fence.h"
#include "stream.h"
#include "vk/device.h"
#include "vk/memory.h"
#include "vk/record.h"

// NULL for a context that runs on another backend.
static const kro__vk_device *vulkan_device(const kro_context *ctx)
{
    const kro__device *device = ctx ? kro__context_device(ctx) : NULL;
    if (!device || device->backend != &kro__backend_vk)
        return NULL;
    return (const kro__vk_device *)device;
}

const kro_vk_handles *kro_vk_context(const kro_context *ctx)
{
    const kro__vk_device *device = vulkan_device(ctx);
    return device ? &device->handles : NULL;
}

VkQueue kro_vk_queue(const kro_context *ctx, uint32_t index)
{
    const kro__vk_device *device = vulkan_device(ctx);
    return device && index < device->queue_count ? device->queues[index].handle : VK_NULL_HANDLE;
}

VkBuffer kro_vk_buffer(const kro_buffer *buffer, uint64_t *offset_bytes)
{
    // May be NULL for callers who know.
    if (offset_bytes)
        *offset_bytes = 0; // one VkBuffer per buffer
    if (!buffer || !vulkan_device(buffer->object.ctx))
        return VK_NULL_HANDLE;
    return ((const kro__vk_memory *)kro__buffer_memory(buffer))->buffer;
}

kro_status kro_vk_queue_lock(kro_context *ctx, uint32_t index)
{
    if (!ctx)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_vk_queue_lock: ctx is NULL");
    if (index >= ctx->queue_count)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "kro_vk_queue_lock: no queue %u; the context has %u", index,
                         ctx->queue_count);
    kro__mutex_lock(&ctx->queues[index].lock);
    const kro__vk_device *device = vulkan_device(ctx);
    if (device)
        kro__vk_queue_lock(&device->queues[index]);
    return KRO_OK;
}

void kro_vk_queue_unlock(kro_context *ctx, uint32_t index)
{
    if (!ctx || index >= ctx->queue_count)
        return;
    const kro__vk_device *device = vulkan_device(ctx);
    if (device)
        kro__vk_queue_unlock(&device->queues[index]);
    kro__mutex_unlock(&ctx->queues[index].lock);
}

static kro_status fail_without_timelines(const kro__vk_device *device, const char *call,
                                         const char *remedy)
{
    return kro__fail(KRO_ERROR_UNSUPPORTED,
                     "%s: '%s' has no timeline semaphores (or was imported without them); %s", call,
                     device->base.info.name, remedy);
}

kro_status kro_vk_fence(kro_context *ctx, kro_fence fence, VkSemaphore *semaphore, uint64_t *value)
{
    if (semaphore)
        *semaphore = VK_NULL_HANDLE;
    if (value)
        *value = 0;
    const kro__vk_device *device = vulkan_device(ctx);
    if (!device || !semaphore || !value)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "kro_vk_fence: ctx, semaphore or value is NULL");
    kro_status status = kro__fence_check(ctx, fence);
    if (status < 0)
        return status;
    if (!device->base.info.features.timeline_semaphores)
        return fail_without_timelines(device, "kro_vk_fence", "wait on the host with kro_wait");
    // Of a fence that is done any timeline will do: all have reached 0.
    uint32_t queue = fence.queue > 0 ? (uint32_t)fence.queue - 1 : 0;
    *semaphore = device->queues[queue].timeline;
    *value = fence.value;
    return KRO_OK;
}

// What of it can go wrong is kept like a recording error.
static kro_status add_semaphore(kro_stream *stream, VkSemaphore semaphore, uint64_t value)
{
    const kro__vk_device *device = vulkan_device(stream->object.ctx);
    if (stream->capture)
        return kro__stream_begin(stream); // says why not
    if (!device || !semaphore)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "kro_vk_stream_wait: stream '%s' was given no semaphore", stream->label);
    if (value > 0 && !device->base.info.features.timeline_semaphores)
        return fail_without_timelines(device, "kro_vk_stream_wait",
                                      "give a binary semaphore and the value 0");
    kro_status status = stream->error == 0 ? kro__stream_flush(stream) : KRO_OK;
    return status < 0 ? status : kro__vk_recorder_wait(stream->recorder, semaphore, value);
}

kro_status kro_vk_stream_wait(kro_stream *stream, VkSemaphore semaphore, uint64_t value)
{
    if (!stream)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_vk_stream_wait: stream is NULL");
    kro__stream_lock(stream);
    return kro__stream_end(stream, add_semaphore(stream, semaphore, value));
}
