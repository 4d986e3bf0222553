// Which memory a buffer is bound to.
#include <stdlib.h>

#include "device.h"
#include "driver.h"
#include "state.h"
#include "writes.h"

atomic_uint kro__writes_devices;

typedef struct bound_buffer {
    kro__entry entry;
    VkDeviceMemory memory;
} bound_buffer;

static void note(VkBuffer buffer, VkDeviceMemory memory)
{
    bound_buffer *made = atomic_load(&kro__writes_devices) ? calloc(1, sizeof *made) : NULL;
    if (!made)
        return; // writes to it are not checked
    made->entry.type = VK_OBJECT_TYPE_BUFFER;
    made->entry.handle = KRO__HANDLE(buffer);
    made->memory = memory;
    kro__table_add(kro__objects, &made->entry);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkBindBufferMemory(VkDevice device, VkBuffer buffer,
                                                            VkDeviceMemory memory,
                                                            VkDeviceSize memoryOffset)
{
    VkResult result = kro__driver.vkBindBufferMemory(device, buffer, memory, memoryOffset);
    if (result >= 0)
        note(buffer, memory);
    return result;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkBindBufferMemory2(
    VkDevice device, uint32_t bindInfoCount, const VkBindBufferMemoryInfo *pBindInfos)
{
    VkResult result = kro__driver.vkBindBufferMemory2(device, bindInfoCount, pBindInfos);
    for (uint32_t i = 0; result >= 0 && i < bindInfoCount; i++)
        note(pBindInfos[i].buffer, pBindInfos[i].memory);
    return result;
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkDestroyBuffer(VkDevice device, VkBuffer buffer,
                                                     const VkAllocationCallbacks *pAllocator)
{
    free(kro__table_remove(kro__objects, VK_OBJECT_TYPE_BUFFER, KRO__HANDLE(buffer)));
    kro__driver.vkDestroyBuffer(device, buffer, pAllocator);
}

VkDeviceMemory kro__writes_memory(VkBuffer buffer)
{
    const bound_buffer *of = (const bound_buffer *)kro__table_find(
        kro__objects, VK_OBJECT_TYPE_BUFFER, KRO__HANDLE(buffer));
    return of ? of->memory : VK_NULL_HANDLE;
}
