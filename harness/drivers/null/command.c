// Command buffers. Recording is done by the generated functions, which return at once.
#include "null_calls.h"

#include <stdlib.h>

#include "object.h"

static void destroy_buffer(kro__null_command_buffer *buffer)
{
    if (!buffer)
        return;
    *buffer->link = buffer->next;
    if (buffer->next)
        buffer->next->link = buffer->link;
    free(buffer);
}

static kro__null_command_buffer *create_buffer(kro__null_command_pool *pool)
{
    kro__null_command_buffer *buffer = calloc(1, sizeof *buffer);
    if (!buffer)
        return NULL;
    buffer->loader.loaderMagic = ICD_LOADER_MAGIC;
    buffer->pool = pool;
    buffer->next = pool->buffers;
    buffer->link = &pool->buffers;
    if (buffer->next)
        buffer->next->link = &buffer->next;
    pool->buffers = buffer;
    return buffer;
}

VKAPI_ATTR VkResult VKAPI_CALL
kro__null_vkCreateCommandPool(VkDevice device, const VkCommandPoolCreateInfo *pCreateInfo,
                              const VkAllocationCallbacks *pAllocator, VkCommandPool *pCommandPool)
{
    (void)device;
    (void)pCreateInfo;
    (void)pAllocator;
    *pCommandPool = (VkCommandPool)(uintptr_t)calloc(1, sizeof(kro__null_command_pool));
    return *pCommandPool ? VK_SUCCESS : VK_ERROR_OUT_OF_HOST_MEMORY;
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkDestroyCommandPool(VkDevice device,
                                                          VkCommandPool commandPool,
                                                          const VkAllocationCallbacks *pAllocator)
{
    (void)device;
    (void)pAllocator;
    kro__null_command_pool *pool = KRO__NULL(command_pool, commandPool);
    while (pool && pool->buffers)
        destroy_buffer(pool->buffers);
    free(pool);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkAllocateCommandBuffers(
    VkDevice device, const VkCommandBufferAllocateInfo *pAllocateInfo,
    VkCommandBuffer *pCommandBuffers)
{
    uint32_t count = pAllocateInfo->commandBufferCount;
    kro__null_command_pool *pool = KRO__NULL(command_pool, pAllocateInfo->commandPool);
    VkResult result = VK_SUCCESS;
    for (uint32_t i = 0; i < count; i++) {
        pCommandBuffers[i] = result ? NULL : (VkCommandBuffer)create_buffer(pool);
        if (!pCommandBuffers[i])
            result = VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    if (result < 0)
        kro__null_vkFreeCommandBuffers(device, pAllocateInfo->commandPool, count, pCommandBuffers);
    for (uint32_t i = 0; result < 0 && i < count; i++)
        pCommandBuffers[i] = NULL;
    return result;
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkFreeCommandBuffers(VkDevice device,
                                                          VkCommandPool commandPool,
                                                          uint32_t commandBufferCount,
                                                          const VkCommandBuffer *pCommandBuffers)
{
    (void)device;
    (void)commandPool;
    for (uint32_t i = 0; i < commandBufferCount; i++)
        destroy_buffer(KRO__NULL(command_buffer, pCommandBuffers[i]));
}
