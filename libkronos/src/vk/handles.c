#include "vk/api.h"

#include <kronos/vulkan.h>

#include "buffer.h"
#include "context.h"
#include "vk/device.h"
#include "vk/memory.h"

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
    return KRO_OK;
}

void kro_vk_queue_unlock(kro_context *ctx, uint32_t index)
{
    if (ctx && index < ctx->queue_count)
        kro__mutex_unlock(&ctx->queues[index].lock);
}
