#include "device_memory.h"

#include <stdlib.h>

#include "driver.h"
#include "exits.h"
#include "hide.h"
#include "state.h"

static _Atomic uint64_t total_bytes, total_mappings;

uint64_t kro__memory_bytes(void)
{
    return atomic_load(&total_bytes);
}

uint64_t kro__memory_mappings(void)
{
    return atomic_load(&total_mappings);
}

kro__memory *kro__memory_find(VkDeviceMemory handle)
{
    return (kro__memory *)kro__table_find(kro__objects, VK_OBJECT_TYPE_DEVICE_MEMORY,
                                          KRO__HANDLE(handle));
}

static void describe(kro__entry *entry, void *user)
{
    const kro__memory *memory = (const kro__memory *)entry;
    kro__text_add(user, " (%llu bytes of heap %u%s%s)", (unsigned long long)memory->size_bytes,
                  memory->heap, memory->imported ? ", imported" : "",
                  atomic_load(&memory->mapped) ? ", mapped" : "");
}

void kro__memory_describe(kro__text *text, uint64_t handle)
{
    kro__table_each(kro__objects, VK_OBJECT_TYPE_DEVICE_MEMORY, handle, describe, text);
}

void kro__memory_measure(uint64_t handle, uint64_t *size_bytes, bool *mapped)
{
    kro__memory *found =
        (kro__memory *)kro__table_find(kro__objects, VK_OBJECT_TYPE_DEVICE_MEMORY, handle);
    if (!found)
        return;
    *size_bytes = found->size_bytes;
    *mapped = atomic_load(&found->mapped);
}

static void release(kro__memory *memory)
{
    kro__device *device = memory->device;
    atomic_fetch_sub(&device->heap_used_bytes[memory->heap], memory->size_bytes);
    atomic_fetch_sub(&device->allocation_count, 1);
}

// Counts an allocation and holds the limits of the spec against the whole. The count comes first,
// so that two threads cannot both take the last place.
static VkResult take(kro__memory *memory)
{
    kro__device *device = memory->device;
    const kro__spec *spec = &device->spec;
    uint64_t used = atomic_fetch_add(&device->heap_used_bytes[memory->heap], memory->size_bytes);
    uint64_t count = atomic_fetch_add(&device->allocation_count, 1);
    VkResult result = VK_SUCCESS;
    if (count >= kro__hide_limit(spec, "maxMemoryAllocationCount", UINT64_MAX))
        result = VK_ERROR_TOO_MANY_OBJECTS;
    uint64_t heap = kro__hide_limit(spec, NULL, UINT64_MAX);
    if (memory->size_bytes > heap || used > heap - memory->size_bytes ||
        memory->size_bytes > kro__hide_limit(spec, "maxMemoryAllocationSize", UINT64_MAX))
        result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
    if (result < 0)
        release(memory);
    return result;
}

// What the memory is made of and for.
static void note_purpose(kro__memory *memory, const VkMemoryAllocateInfo *info)
{
    for (const VkBaseInStructure *at = info->pNext; at; at = at->pNext) {
        if (at->sType == VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO)
            memory->dedicated = ((const VkMemoryDedicatedAllocateInfo *)(const void *)at)->buffer;
        memory->imported |= at->sType == VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT ||
                            at->sType == VK_STRUCTURE_TYPE_IMPORT_MEMORY_FD_INFO_KHR;
    }
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkAllocateMemory(VkDevice device,
                                                          const VkMemoryAllocateInfo *pAllocateInfo,
                                                          const VkAllocationCallbacks *pAllocator,
                                                          VkDeviceMemory *pMemory)
{
    *pMemory = VK_NULL_HANDLE;
    kro__device *of = kro__device_find(device);
    kro__memory *memory = of ? calloc(1, sizeof *memory) : NULL;
    if (!memory)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    const VkMemoryType *type = &of->memory.memoryTypes[pAllocateInfo->memoryTypeIndex];
    memory->device = of;
    memory->size_bytes = pAllocateInfo->allocationSize;
    memory->flags = type->propertyFlags;
    memory->heap = type->heapIndex;
    note_purpose(memory, pAllocateInfo);
    VkResult result = take(memory);
    if (result < 0)
        goto fail;
    result = kro__driver.vkAllocateMemory(device, pAllocateInfo, pAllocator, pMemory);
    if (result < 0) {
        release(memory);
        goto fail;
    }
    atomic_fetch_add(&total_bytes, memory->size_bytes);
    atomic_fetch_add(&of->instance->heap_bytes[memory->heap], memory->size_bytes);
    memory->entry.type = VK_OBJECT_TYPE_DEVICE_MEMORY;
    memory->entry.handle = KRO__HANDLE(*pMemory);
    kro__table_add(kro__objects, &memory->entry);
    return result;
fail:
    free(memory);
    return result;
}

// Takes memory that is no more out of all counts.
static void count_out(kro__memory *dead)
{
    release(dead);
    atomic_fetch_sub(&total_bytes, dead->size_bytes);
    atomic_fetch_sub(&dead->device->instance->heap_bytes[dead->heap], dead->size_bytes);
    if (atomic_load(&dead->mapped)) // freeing unmaps
        atomic_fetch_sub(&total_mappings, 1);
    kro__mirror_finish(dead);
    free(dead);
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkFreeMemory(VkDevice device, VkDeviceMemory memory,
                                                  const VkAllocationCallbacks *pAllocator)
{
    kro__memory *dead = (kro__memory *)kro__table_remove(kro__objects, VK_OBJECT_TYPE_DEVICE_MEMORY,
                                                         KRO__HANDLE(memory));
    kro__driver.vkFreeMemory(device, memory, pAllocator);
    if (!dead)
        return;
    kro__exits_freed(dead->device, memory);
    count_out(dead);
}

static bool forget(kro__entry *entry, void *device)
{
    kro__memory *memory = (kro__memory *)entry;
    if (entry->type != VK_OBJECT_TYPE_DEVICE_MEMORY || memory->device != device)
        return false;
    count_out(memory);
    return true;
}

void kro__memory_forget(kro__device *device)
{
    if (atomic_load(&device->allocation_count))
        kro__table_visit(kro__objects, forget, device);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkMapMemory(VkDevice device, VkDeviceMemory memory,
                                                     VkDeviceSize offset, VkDeviceSize size,
                                                     VkMemoryMapFlags flags, void **ppData)
{
    VkResult result = kro__driver.vkMapMemory(device, memory, offset, size, flags, ppData);
    kro__memory *mapped = result < 0 ? NULL : kro__memory_find(memory);
    if (mapped)
        result = kro__mirror_map(mapped, offset, size, ppData);
    if (result < 0) {
        if (mapped)
            kro__driver.vkUnmapMemory(device, memory);
        return result;
    }
    if (mapped && !atomic_exchange(&mapped->mapped, true))
        atomic_fetch_add(&total_mappings, 1);
    if (mapped)
        atomic_store(&mapped->was_mapped, true);
    if (mapped)
        kro__exits_mapped(mapped->device, memory);
    return result;
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkUnmapMemory(VkDevice device, VkDeviceMemory memory)
{
    kro__memory *mapped = kro__memory_find(memory);
    kro__driver.vkUnmapMemory(device, memory);
    if (mapped)
        kro__mirror_unmap(mapped);
    if (mapped && atomic_exchange(&mapped->mapped, false))
        atomic_fetch_sub(&total_mappings, 1);
}
