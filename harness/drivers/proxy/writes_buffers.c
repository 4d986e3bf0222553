// Which memory a buffer wants and is bound to.
#include <stdlib.h>

#include "device.h"
#include "device_memory.h"
#include "driver.h"
#include "report.h"
#include "state.h"
#include "writes.h"

atomic_uint kro__writes_devices;

typedef struct bound_buffer {
    kro__entry entry;
    VkDeviceMemory memory;
    VkDeviceSize offset;
} bound_buffer;

bool kro__writes_are_kept(VkDevice device)
{
    const kro__device *of = atomic_load(&kro__writes_devices) ? kro__device_find(device) : NULL;
    return of && (of->spec.exits || of->spec.reorder);
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkGetBufferMemoryRequirements2(
    VkDevice device, const VkBufferMemoryRequirementsInfo2 *pInfo,
    VkMemoryRequirements2 *pMemoryRequirements)
{
    const kro__device *of = kro__device_find(device);
    kro__driver.vkGetBufferMemoryRequirements2(device, pInfo, pMemoryRequirements);
    for (VkBaseOutStructure *at = pMemoryRequirements->pNext; at; at = at->pNext) {
        VkMemoryDedicatedRequirements *dedicated = (void *)at;
        if (at->sType == VK_STRUCTURE_TYPE_MEMORY_DEDICATED_REQUIREMENTS && of &&
            of->spec.dedicated)
            dedicated->prefersDedicatedAllocation = dedicated->requiresDedicatedAllocation =
                VK_TRUE;
    }
}

// VUID-vkBindBufferMemory-buffer-01444, for the spec's word.
static void check_dedication(VkDevice device, VkBuffer buffer, VkDeviceMemory handle)
{
    const kro__device *of = kro__device_find(device);
    const kro__memory *memory = kro__memory_find(handle);
    if (of && of->spec.dedicated && memory && !memory->imported && memory->dedicated != buffer)
        kro__report_violation("a buffer that requires an allocation of its own is bound to %llu "
                              "bytes that were not made for it",
                              (unsigned long long)memory->size_bytes);
}

static void note(VkBuffer buffer, VkDeviceMemory memory, VkDeviceSize offset)
{
    bound_buffer *made = atomic_load(&kro__writes_devices) ? calloc(1, sizeof *made) : NULL;
    if (!made)
        return; // writes to it are not checked
    made->entry.type = VK_OBJECT_TYPE_BUFFER;
    made->entry.handle = KRO__HANDLE(buffer);
    made->memory = memory;
    made->offset = offset;
    kro__table_add(kro__objects, &made->entry);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkBindBufferMemory(VkDevice device, VkBuffer buffer,
                                                            VkDeviceMemory memory,
                                                            VkDeviceSize memoryOffset)
{
    VkResult result = kro__driver.vkBindBufferMemory(device, buffer, memory, memoryOffset);
    check_dedication(device, buffer, memory);
    if (result >= 0)
        note(buffer, memory, memoryOffset);
    return result;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkBindBufferMemory2(
    VkDevice device, uint32_t bindInfoCount, const VkBindBufferMemoryInfo *pBindInfos)
{
    VkResult result = kro__driver.vkBindBufferMemory2(device, bindInfoCount, pBindInfos);
    for (uint32_t i = 0; i < bindInfoCount; i++)
        check_dedication(device, pBindInfos[i].buffer, pBindInfos[i].memory);
    for (uint32_t i = 0; result >= 0 && i < bindInfoCount; i++)
        note(pBindInfos[i].buffer, pBindInfos[i].memory, pBindInfos[i].memoryOffset);
    return result;
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkDestroyBuffer(VkDevice device, VkBuffer buffer,
                                                     const VkAllocationCallbacks *pAllocator)
{
    free(kro__table_remove(kro__objects, VK_OBJECT_TYPE_BUFFER, KRO__HANDLE(buffer)));
    kro__driver.vkDestroyBuffer(device, buffer, pAllocator);
}

VkDeviceMemory kro__writes_place(VkBuffer buffer, VkDeviceSize *offset)
{
    const bound_buffer *of = (const bound_buffer *)kro__table_find(
        kro__objects, VK_OBJECT_TYPE_BUFFER, KRO__HANDLE(buffer));
    *offset = of ? of->offset : 0;
    return of ? of->memory : VK_NULL_HANDLE;
}

VkDeviceMemory kro__writes_memory(VkBuffer buffer)
{
    VkDeviceSize offset;
    return kro__writes_place(buffer, &offset);
}
