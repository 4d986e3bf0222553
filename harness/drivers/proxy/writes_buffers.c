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
    VkDeviceSize size_bytes;
    VkDeviceMemory memory; // VK_NULL_HANDLE before it is bound
    VkDeviceSize offset;
} bound_buffer;

static bound_buffer *find(VkBuffer buffer)
{
    return (bound_buffer *)kro__table_find(kro__objects, VK_OBJECT_TYPE_BUFFER,
                                           KRO__HANDLE(buffer));
}

bool kro__writes_are_kept(VkDevice device)
{
    const kro__device *of = atomic_load(&kro__writes_devices) ? kro__device_find(device) : NULL;
    return of && (of->spec.exits || of->spec.reorder || *of->spec.capture);
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

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkCreateBuffer(VkDevice device,
                                                        const VkBufferCreateInfo *pCreateInfo,
                                                        const VkAllocationCallbacks *pAllocator,
                                                        VkBuffer *pBuffer)
{
    const kro__device *of = kro__device_find(device);
    VkBufferCreateInfo info = *pCreateInfo;
    if (of && *of->spec.capture) // its contents are copied from it
        info.usage |= VK_BUFFER_USAGE_TRANSFER_SRC_BIT;
    VkResult result = kro__driver.vkCreateBuffer(device, &info, pAllocator, pBuffer);
    bound_buffer *made =
        result >= 0 && atomic_load(&kro__writes_devices) ? calloc(1, sizeof *made) : NULL;
    if (!made)
        return result; // writes to it are not checked
    made->entry.type = VK_OBJECT_TYPE_BUFFER;
    made->entry.handle = KRO__HANDLE(*pBuffer);
    made->size_bytes = info.size;
    kro__table_add(kro__objects, &made->entry);
    return result;
}

static void note(VkBuffer buffer, VkDeviceMemory memory, VkDeviceSize offset)
{
    bound_buffer *of = atomic_load(&kro__writes_devices) ? find(buffer) : NULL;
    if (!of)
        return;
    of->memory = memory;
    of->offset = offset;
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
    const bound_buffer *of = find(buffer);
    *offset = of ? of->offset : 0;
    return of ? of->memory : VK_NULL_HANDLE;
}

VkDeviceSize kro__writes_buffer_bytes(VkBuffer buffer)
{
    const bound_buffer *of = find(buffer);
    return of ? of->size_bytes : 0;
}

VkDeviceMemory kro__writes_memory(VkBuffer buffer)
{
    VkDeviceSize offset;
    return kro__writes_place(buffer, &offset);
}
