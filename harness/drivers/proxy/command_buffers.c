// The life of command buffers, on devices that hold work back.
#include <stdlib.h>

#include "device.h"
#include "driver.h"
#include "engine.h"
#include "ledger.h"
#include "record.h"
#include "state.h"

static kro__command_buffer *find(VkCommandBuffer handle)
{
    if (!atomic_load_explicit(&kro__recording_devices, memory_order_relaxed))
        return NULL;
    return (kro__command_buffer *)kro__table_find(kro__objects, VK_OBJECT_TYPE_COMMAND_BUFFER,
                                                  KRO__HANDLE(handle));
}

static bool add(kro__device *device, VkCommandPool pool, VkCommandBuffer handle)
{
    kro__command_buffer *buffer = calloc(1, sizeof *buffer);
    if (!buffer)
        return false;
    buffer->device = device;
    buffer->pool = pool;
    buffer->entry.type = VK_OBJECT_TYPE_COMMAND_BUFFER;
    buffer->entry.handle = KRO__HANDLE(handle);
    kro__table_add(kro__objects, &buffer->entry);
    return true;
}

// Before a command buffer is changed or freed: nothing that was submitted may still need it.
static void check_unused(kro__command_buffer *buffer, const char *call)
{
    if (buffer && buffer->recording && atomic_load(&buffer->recording->held))
        kro__engine_used_early(buffer->device, call, VK_OBJECT_TYPE_COMMAND_BUFFER,
                               buffer->entry.handle);
}

static void drop(kro__command_buffer *buffer)
{
    if (!buffer)
        return;
    kro__recording_release(buffer->recording);
    free(buffer);
}

static void remove_buffer(VkCommandBuffer handle, const char *call)
{
    check_unused(find(handle), call);
    drop((kro__command_buffer *)kro__table_remove(kro__objects, VK_OBJECT_TYPE_COMMAND_BUFFER,
                                                  KRO__HANDLE(handle)));
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkAllocateCommandBuffers(
    VkDevice device, const VkCommandBufferAllocateInfo *pAllocateInfo,
    VkCommandBuffer *pCommandBuffers)
{
    VkResult result = kro__driver.vkAllocateCommandBuffers(device, pAllocateInfo, pCommandBuffers);
    kro__device *of = kro__device_find(device);
    if (result < 0 || !of || !of->engine)
        return result;
    uint32_t count = pAllocateInfo->commandBufferCount, noted = 0;
    while (noted < count && add(of, pAllocateInfo->commandPool, pCommandBuffers[noted]))
        noted++;
    if (noted == count)
        return result;
    for (uint32_t i = 0; i < noted; i++)
        remove_buffer(pCommandBuffers[i], "vkAllocateCommandBuffers");
    kro__driver.vkFreeCommandBuffers(device, pAllocateInfo->commandPool, count, pCommandBuffers);
    for (uint32_t i = 0; i < count; i++)
        pCommandBuffers[i] = VK_NULL_HANDLE;
    return VK_ERROR_OUT_OF_HOST_MEMORY;
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkFreeCommandBuffers(VkDevice device,
                                                          VkCommandPool commandPool,
                                                          uint32_t commandBufferCount,
                                                          const VkCommandBuffer *pCommandBuffers)
{
    for (uint32_t i = 0; i < commandBufferCount; i++)
        remove_buffer(pCommandBuffers[i], "vkFreeCommandBuffers");
    kro__driver.vkFreeCommandBuffers(device, commandPool, commandBufferCount, pCommandBuffers);
}

// A pool's command buffers. The first visit looks for one that is held, the second empties or
// removes them all; a visit may not use the table, so what is found is dealt with in between.
typedef struct pool_visit {
    VkCommandPool pool;
    kro__command_buffer *used;
    bool remove;
} pool_visit;

static bool belongs(const kro__entry *entry, const pool_visit *visit)
{
    return entry->type == VK_OBJECT_TYPE_COMMAND_BUFFER &&
           ((const kro__command_buffer *)entry)->pool == visit->pool;
}

static bool visit_used(kro__entry *entry, void *user)
{
    pool_visit *visit = user;
    kro__command_buffer *buffer = (kro__command_buffer *)entry;
    if (belongs(entry, visit) && buffer->recording && atomic_load(&buffer->recording->held))
        visit->used = buffer;
    return false;
}

static bool visit_cleared(kro__entry *entry, void *user)
{
    const pool_visit *visit = user;
    kro__command_buffer *buffer = (kro__command_buffer *)entry;
    if (!belongs(entry, visit))
        return false;
    kro__recording_release(buffer->recording);
    buffer->recording = NULL;
    if (visit->remove)
        free(buffer);
    return visit->remove;
}

static void clear_pool(VkCommandPool pool, bool remove, const char *call)
{
    if (!pool || !atomic_load(&kro__recording_devices))
        return;
    pool_visit visit = {.pool = pool, .remove = remove};
    kro__table_visit(kro__objects, visit_used, &visit);
    check_unused(visit.used, call);
    kro__table_visit(kro__objects, visit_cleared, &visit);
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkDestroyCommandPool(VkDevice device,
                                                          VkCommandPool commandPool,
                                                          const VkAllocationCallbacks *pAllocator)
{
    clear_pool(commandPool, true, "vkDestroyCommandPool");
    kro__driver.vkDestroyCommandPool(device, commandPool, pAllocator);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkResetCommandPool(VkDevice device,
                                                            VkCommandPool commandPool,
                                                            VkCommandPoolResetFlags flags)
{
    clear_pool(commandPool, false, "vkResetCommandPool");
    return kro__driver.vkResetCommandPool(device, commandPool, flags);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkResetCommandBuffer(VkCommandBuffer commandBuffer,
                                                              VkCommandBufferResetFlags flags)
{
    kro__command_buffer *buffer = find(commandBuffer);
    check_unused(buffer, "vkResetCommandBuffer");
    if (buffer) {
        kro__recording_release(buffer->recording);
        buffer->recording = NULL;
    }
    return kro__driver.vkResetCommandBuffer(commandBuffer, flags);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkBeginCommandBuffer(
    VkCommandBuffer commandBuffer, const VkCommandBufferBeginInfo *pBeginInfo)
{
    kro__command_buffer *buffer = find(commandBuffer);
    check_unused(buffer, "vkBeginCommandBuffer");
    if (buffer) {
        kro__recording_release(buffer->recording);
        buffer->recording = kro__recording_create();
        if (!buffer->recording)
            return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    return kro__driver.vkBeginCommandBuffer(commandBuffer, pBeginInfo);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkEndCommandBuffer(VkCommandBuffer commandBuffer)
{
    VkResult result = kro__driver.vkEndCommandBuffer(commandBuffer);
    const kro__recording *recording = kro__record_to(commandBuffer);
    return result >= 0 && recording && recording->failed ? VK_ERROR_OUT_OF_HOST_MEMORY : result;
}
