#include "vk/budget.h"

#include "vk/device.h"

_Static_assert((int)KRO_MAX_HEAPS == (int)VK_MAX_MEMORY_HEAPS, "room for every heap");

void kro__vk_read_heaps(const kro__vk_adapter *adapter, const kro__vk_instance *instance,
                        kro_memory_info *out)
{
    const kro__memory_types *types = &adapter->memory_types;
    VkPhysicalDeviceMemoryBudgetPropertiesEXT told = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT};
    VkPhysicalDeviceMemoryProperties2 memory = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2, .pNext = &told};
    if (adapter->tells_budget)
        instance->vk.vkGetPhysicalDeviceMemoryProperties2(adapter->handle, &memory);
    *out = (kro_memory_info){
        .heap_count = types->heap_count,
        .budget_known = adapter->tells_budget,
        .max_allocation_count = adapter->limits.maxMemoryAllocationCount,
    };
    for (uint32_t i = 0; i < types->heap_count; i++)
        out->heaps[i] = (kro_heap_info){
            .size_bytes = types->heap_bytes[i],
            // The extension promises that it is not 0.
            .budget_bytes = told.heapBudget[i] ? told.heapBudget[i] : types->heap_bytes[i],
            .used_bytes = told.heapUsage[i],
            .device_local = types->heap_device_local[i],
        };
}

bool kro__vk_is_over_budget(const kro_heap_info *heap, uint64_t held_bytes, uint64_t size_bytes)
{
    uint64_t used = held_bytes > heap->used_bytes ? held_bytes : heap->used_bytes;
    return used > heap->budget_bytes || size_bytes > heap->budget_bytes - used;
}

void kro__vk_memory_info(kro__device *base, kro_memory_info *out)
{
    kro__vk_device *device = (kro__vk_device *)base;
    kro__vk_slabs *slabs = &device->slabs;
    kro__mutex_lock(&slabs->lock);
    kro__vk_read_heaps(device->adapter, device->instance, out);
    out->allocation_count = slabs->allocation_count;
    for (uint32_t i = 0; i < out->heap_count; i++) {
        kro_heap_info *heap = &out->heaps[i];
        heap->held_bytes = slabs->heap_held_bytes[i];
        if (heap->used_bytes < heap->held_bytes)
            heap->used_bytes = heap->held_bytes;
    }
    kro__mutex_unlock(&slabs->lock);
}
