// Memory is memory of the host, so mappings work and hold what was written; buffers know their size
// and address, images only how much they might need.
#include "null_calls.h"

#include <stdlib.h>

#include "object.h"

enum { ALIGNMENT_BYTES = 4096 };

static const uint32_t heap_of_type[KRO__NULL_MEMORY_TYPES] = {0, 0, 1};

// Takes room in a heap, unless it is full.
static bool take(kro__null_device *device, uint32_t heap, VkDeviceSize bytes)
{
    VkDeviceSize limit = device->physical->instance->options.heap_bytes;
    uint64_t used = atomic_load(&device->heap_used_bytes[heap]);
    do {
        if (bytes > limit - used)
            return false;
    } while (!atomic_compare_exchange_weak(&device->heap_used_bytes[heap], &used, used + bytes));
    return true;
}

static void *imported_pointer(const VkMemoryAllocateInfo *info)
{
    for (const VkBaseInStructure *at = info->pNext; at; at = at->pNext)
        if (at->sType == VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT)
            return ((const VkImportMemoryHostPointerInfoEXT *)(const void *)at)->pHostPointer;
    return NULL;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkAllocateMemory(VkDevice device,
                                                          const VkMemoryAllocateInfo *pAllocateInfo,
                                                          const VkAllocationCallbacks *pAllocator,
                                                          VkDeviceMemory *pMemory)
{
    (void)pAllocator;
    *pMemory = VK_NULL_HANDLE;
    kro__null_device *object = KRO__NULL(device, device);
    kro__null_memory *memory = calloc(1, sizeof *memory);
    if (!memory)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    memory->heap = heap_of_type[pAllocateInfo->memoryTypeIndex];
    memory->host = imported_pointer(pAllocateInfo);
    memory->imported = memory->host != NULL;
    if (!take(object, memory->heap, pAllocateInfo->allocationSize))
        goto fail;
    memory->size_bytes = pAllocateInfo->allocationSize;
    size_t rounded = (memory->size_bytes + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES;
    if (!memory->host)
        memory->host = aligned_alloc(ALIGNMENT_BYTES, rounded);
    if (!memory->host)
        goto fail;
    *pMemory = (VkDeviceMemory)(uintptr_t)memory;
    return VK_SUCCESS;
fail:
    kro__null_vkFreeMemory(device, (VkDeviceMemory)(uintptr_t)memory, NULL);
    return VK_ERROR_OUT_OF_DEVICE_MEMORY;
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkFreeMemory(VkDevice device, VkDeviceMemory memory,
                                                  const VkAllocationCallbacks *pAllocator)
{
    (void)pAllocator;
    kro__null_memory *object = KRO__NULL(memory, memory);
    if (!object)
        return;
    atomic_fetch_sub(&KRO__NULL(device, device)->heap_used_bytes[object->heap], object->size_bytes);
    if (!object->imported)
        free(object->host);
    free(object);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkMapMemory(VkDevice device, VkDeviceMemory memory,
                                                     VkDeviceSize offset, VkDeviceSize size,
                                                     VkMemoryMapFlags flags, void **ppData)
{
    (void)device;
    (void)size;
    (void)flags;
    *ppData = (char *)KRO__NULL(memory, memory)->host + offset;
    return VK_SUCCESS;
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetDeviceMemoryCommitment(
    VkDevice device, VkDeviceMemory memory, VkDeviceSize *pCommittedMemoryInBytes)
{
    (void)device;
    *pCommittedMemoryInBytes = KRO__NULL(memory, memory)->size_bytes;
}

VKAPI_ATTR uint64_t VKAPI_CALL kro__null_vkGetDeviceMemoryOpaqueCaptureAddress(
    VkDevice device, const VkDeviceMemoryOpaqueCaptureAddressInfo *pInfo)
{
    (void)device;
    return (uintptr_t)KRO__NULL(memory, pInfo->memory)->host;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkGetMemoryHostPointerPropertiesEXT(
    VkDevice device, VkExternalMemoryHandleTypeFlagBits handleType, const void *pHostPointer,
    VkMemoryHostPointerPropertiesEXT *pMemoryHostPointerProperties)
{
    (void)device;
    (void)handleType;
    (void)pHostPointer;
    pMemoryHostPointerProperties->memoryTypeBits = 1u << 2; // the host's cached memory
    return VK_SUCCESS;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkCreateBuffer(VkDevice device,
                                                        const VkBufferCreateInfo *pCreateInfo,
                                                        const VkAllocationCallbacks *pAllocator,
                                                        VkBuffer *pBuffer)
{
    (void)device;
    (void)pAllocator;
    kro__null_buffer *buffer = calloc(1, sizeof *buffer);
    *pBuffer = (VkBuffer)(uintptr_t)buffer;
    if (!buffer)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    buffer->size_bytes = pCreateInfo->size;
    return VK_SUCCESS;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkBindBufferMemory(VkDevice device, VkBuffer buffer,
                                                            VkDeviceMemory memory,
                                                            VkDeviceSize memoryOffset)
{
    (void)device;
    const kro__null_memory *bound = KRO__NULL(memory, memory);
    KRO__NULL(buffer, buffer)->address = (uintptr_t)bound->host + memoryOffset;
    return VK_SUCCESS;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkBindBufferMemory2(
    VkDevice device, uint32_t bindInfoCount, const VkBindBufferMemoryInfo *pBindInfos)
{
    for (uint32_t i = 0; i < bindInfoCount; i++)
        kro__null_vkBindBufferMemory(device, pBindInfos[i].buffer, pBindInfos[i].memory,
                                     pBindInfos[i].memoryOffset);
    return VK_SUCCESS;
}

VKAPI_ATTR VkDeviceAddress VKAPI_CALL
kro__null_vkGetBufferDeviceAddress(VkDevice device, const VkBufferDeviceAddressInfo *pInfo)
{
    (void)device;
    return KRO__NULL(buffer, pInfo->buffer)->address;
}

VKAPI_ATTR uint64_t VKAPI_CALL
kro__null_vkGetBufferOpaqueCaptureAddress(VkDevice device, const VkBufferDeviceAddressInfo *pInfo)
{
    return kro__null_vkGetBufferDeviceAddress(device, pInfo);
}
