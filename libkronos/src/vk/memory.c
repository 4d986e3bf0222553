#include "vk/memory.h"

#include <stdlib.h>

#include "vk/budget.h"
#include "vk/device.h"
#include "vk/status.h"

static const char *class_name(kro_memory memory)
{
    return memory == KRO_MEMORY_UPLOAD     ? "upload"
           : memory == KRO_MEMORY_READBACK ? "readback"
           : memory == KRO_MEMORY_HOST     ? "host"
                                           : "device";
}

// Whether a buffer gets a device address: for the caller, or for the copy kernel, which wants one
// wherever it may lie in the device's own memory.
static bool gets_address(const kro__vk_device *device, const kro__memory_config *config)
{
    return config->device_address || (device->copy_kernel && !config->host);
}

static kro_status create_buffer(kro__vk_device *device, const kro__memory_config *config,
                                kro__vk_memory *memory)
{
    const VkExternalMemoryBufferCreateInfo external = {
        .sType = VK_STRUCTURE_TYPE_EXTERNAL_MEMORY_BUFFER_CREATE_INFO,
        .handleTypes = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT,
    };
    VkBufferCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .pNext = config->host ? &external : NULL,
        .size = config->size_bytes,
        .usage = KRO__VK_BUFFER_USAGE,
        .sharingMode = VK_SHARING_MODE_EXCLUSIVE, // all queues are of one family
    };
    if (gets_address(device, config))
        info.usage |= VK_BUFFER_USAGE_SHADER_DEVICE_ADDRESS_BIT;
    VkResult result = device->vk.vkCreateBuffer(device->handle, &info, NULL, &memory->buffer);
    if (result == VK_SUCCESS) {
        kro__vk_name(device->instance, device->handle, VK_OBJECT_TYPE_BUFFER,
                     (uint64_t)memory->buffer, config->label);
        return KRO_OK;
    }
    memory->buffer = VK_NULL_HANDLE;
    return kro__vk_fail(result, "vkCreateBuffer '%s' of %llu bytes", config->label,
                        (unsigned long long)config->size_bytes);
}

// Whether host and device see each other's writes without a flush.
static bool is_coherent(const kro__vk_device *device, uint32_t type)
{
    return device->adapter->memory_types.flags[type] & KRO__MEMORY_HOST_COHERENT;
}

static uint64_t round_up(uint64_t value, uint64_t multiple)
{
    return (value + multiple - 1) / multiple * multiple;
}

// The block that a buffer needs in one memory type. In memory that is not coherent whole atoms are
// flushed and invalidated, so no two blocks may share one.
static kro__vk_block_config block_config(const kro__vk_device *device, uint32_t type,
                                         const VkMemoryRequirements *needs)
{
    uint64_t atom = device->adapter->limits.nonCoherentAtomSize;
    bool needs_atoms = (device->adapter->memory_types.flags[type] & KRO__MEMORY_HOST_VISIBLE) &&
                       !is_coherent(device, type);
    return (kro__vk_block_config){
        .type = type,
        .size_bytes = needs->size,
        .alignment = needs_atoms && needs->alignment < atom ? atom : needs->alignment,
        .granule_bytes = needs_atoms ? atom : 1,
    };
}

// All the numbers that tell a full device from a full limit and from a budget that is used up.
static kro_status fail_out_of_memory(kro__vk_device *device, const kro__memory_config *config,
                                     uint32_t type, VkResult result)
{
    const uint32_t heap_index = device->adapter->memory_types.heaps[type];
    const unsigned long long size = config->size_bytes;
    kro_memory_info info;
    kro__vk_memory_info(&device->base, &info);
    const kro_heap_info *heap = &info.heaps[heap_index];
    const unsigned long long held = heap->held_bytes, heap_bytes = heap->size_bytes;
    if (result == VK_ERROR_OUT_OF_DEVICE_MEMORY && info.budget_known && !device->slabs.no_budget &&
        kro__vk_is_over_budget(heap, held, size))
        return kro__fail(KRO_ERROR_OUT_OF_DEVICE_MEMORY,
                         "no room for buffer '%s' of %llu bytes in %s memory: the driver grants "
                         "this process %llu of heap %u's %llu bytes, %llu are in use, Kronos holds "
                         "%llu of them; destroy buffers, close other programs that use the device, "
                         "or set config.no_memory_budget to go on until the driver fails",
                         config->label, size, class_name(config->memory),
                         (unsigned long long)heap->budget_bytes, heap_index, heap_bytes,
                         (unsigned long long)heap->used_bytes, held);
    return kro__fail(kro__vk_status(result),
                     "no room for buffer '%s' of %llu bytes in %s memory: heap %u has %llu bytes, "
                     "Kronos holds %llu of them; %u of %u allocations are in use; %s",
                     config->label, size, class_name(config->memory), heap_index, heap_bytes, held,
                     info.allocation_count, info.max_allocation_count, kro__vk_result_name(result));
}

// The reasons that another memory type may not have.
static bool is_full(VkResult result)
{
    return result == VK_ERROR_OUT_OF_DEVICE_MEMORY || result == VK_ERROR_TOO_MANY_OBJECTS ||
           result == VK_ERROR_MEMORY_MAP_FAILED;
}

// The memory types in which the driver can import the caller's memory; 0: none.
static kro_status importable_types(const kro__vk_device *device, const kro__memory_config *config,
                                   uint32_t *types)
{
    VkMemoryHostPointerPropertiesEXT found = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_HOST_POINTER_PROPERTIES_EXT};
    VkResult result = device->vk.vkGetMemoryHostPointerPropertiesEXT(
        device->handle, VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT, config->host,
        &found);
    *types = found.memoryTypeBits;
    if (result != VK_SUCCESS && result != VK_ERROR_INVALID_EXTERNAL_HANDLE)
        return kro__vk_fail(result, "vkGetMemoryHostPointerPropertiesEXT of '%s'", config->label);
    return KRO_OK;
}

// The driver looks at the memory itself: where it comes from may not suit it.
static kro_status fail_import(const kro__memory_config *config, const char *reason)
{
    return kro__fail(KRO_ERROR_UNSUPPORTED,
                     "the driver cannot use host memory '%s' of %llu bytes at %p in place: %s; use "
                     "a buffer and kro_write",
                     config->label, (unsigned long long)config->size_bytes, config->host, reason);
}

// Takes a block of the best memory type that has room.
static kro_status take_block(kro__vk_device *device, const kro__memory_config *config,
                             kro__vk_memory *memory)
{
    VkMemoryDedicatedRequirements dedicated = {.sType =
                                                   VK_STRUCTURE_TYPE_MEMORY_DEDICATED_REQUIREMENTS};
    VkMemoryRequirements2 needs = {.sType = VK_STRUCTURE_TYPE_MEMORY_REQUIREMENTS_2,
                                   .pNext = &dedicated};
    VkBufferMemoryRequirementsInfo2 info = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_MEMORY_REQUIREMENTS_INFO_2,
        .buffer = memory->buffer,
    };
    device->vk.vkGetBufferMemoryRequirements2(device->handle, &info, &needs);

    uint32_t importable = UINT32_MAX;
    kro_status status = config->host ? importable_types(device, config, &importable) : KRO_OK;
    if (status < 0)
        return status;
    uint32_t types[KRO__MAX_MEMORY_TYPES];
    uint32_t count = kro__choose_memory_types(&device->adapter->memory_types,
                                              needs.memoryRequirements.memoryTypeBits & importable,
                                              config->memory, types);
    if (config->host && (count == 0 || needs.memoryRequirements.size > config->size_bytes))
        return fail_import(config, count == 0 ? "no coherent memory type takes it"
                                              : "a buffer of that size needs more");
    if (count == 0)
        return kro__fail(KRO_ERROR_OUT_OF_DEVICE_MEMORY,
                         "no room for buffer '%s' of %llu bytes: the device has no %s memory",
                         config->label, (unsigned long long)config->size_bytes,
                         class_name(config->memory));
    VkResult result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
    for (uint32_t i = 0; i < count && is_full(result); i++) {
        kro__vk_block_config block = block_config(device, types[i], &needs.memoryRequirements);
        block.device_address = gets_address(device, config);
        block.dedicated =
            dedicated.prefersDedicatedAllocation || dedicated.requiresDedicatedAllocation;
        block.buffer = memory->buffer;
        block.import = config->host;
        result = kro__vk_block_take(device, &block, &memory->block);
    }
    if (config->host && result == VK_ERROR_INVALID_EXTERNAL_HANDLE)
        return fail_import(config, kro__vk_result_name(result));
    memory->has_block = result == VK_SUCCESS;
    return memory->has_block ? KRO_OK : fail_out_of_memory(device, config, types[0], result);
}

// Binds the buffer and finds out what the core wants to know of its memory.
static kro_status bind_block(kro__vk_device *device, const kro__memory_config *config,
                             kro__vk_memory *memory)
{
    const kro__vk_block *block = &memory->block;
    VkResult result = device->vk.vkBindBufferMemory(device->handle, memory->buffer, block->memory,
                                                    block->offset_bytes);
    if (result != VK_SUCCESS)
        return kro__vk_fail(result, "vkBindBufferMemory of '%s'", config->label);
    uint32_t flags = device->adapter->memory_types.flags[block->type];
    memory->base.host = block->host;
    memory->base.host_atoms = block->host && !is_coherent(device, block->type);
    // Uncached memory would be read a hundred times slower than a copy to cached memory takes.
    memory->base.host_readable =
        block->host && (config->memory == KRO_MEMORY_READBACK ||
                        config->memory == KRO_MEMORY_HOST || (flags & KRO__MEMORY_HOST_CACHED));
    if (gets_address(device, config)) {
        VkBufferDeviceAddressInfo info = {
            .sType = VK_STRUCTURE_TYPE_BUFFER_DEVICE_ADDRESS_INFO,
            .buffer = memory->buffer,
        };
        VkDeviceAddress address = device->vk.vkGetBufferDeviceAddress(device->handle, &info);
        memory->base.device_address = config->device_address ? address : 0;
        memory->copy_address = flags & KRO__MEMORY_DEVICE_LOCAL ? address : 0;
    }
    return KRO_OK;
}

kro_status kro__vk_memory_create(kro__device *base, const kro__memory_config *config,
                                 kro__memory **out)
{
    kro__vk_device *device = (kro__vk_device *)base;
    *out = NULL;
    kro__vk_memory *memory = calloc(1, sizeof *memory);
    if (!memory)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory for buffer '%s'", config->label);
    memory->base.size_bytes = config->size_bytes;
    kro_status status = create_buffer(device, config, memory);
    if (status == KRO_OK)
        status = take_block(device, config, memory);
    if (status == KRO_OK)
        status = bind_block(device, config, memory);
    if (status < 0)
        goto fail;
    *out = &memory->base;
    return KRO_OK;
fail:
    kro__vk_memory_destroy(base, &memory->base);
    return status;
}

void kro__vk_memory_destroy(kro__device *base, kro__memory *base_memory)
{
    kro__vk_device *device = (kro__vk_device *)base;
    kro__vk_memory *memory = (kro__vk_memory *)base_memory;
    if (!memory)
        return;
    if (memory->buffer)
        // Before its memory: that may go back to the driver at once.
        device->vk.vkDestroyBuffer(device->handle, memory->buffer, NULL);
    if (memory->has_block)
        kro__vk_block_give(device, &memory->block);
    free(memory);
}

// The whole atoms around a range, cut off at the end of the allocation.
static VkMappedMemoryRange atoms_around(const kro__vk_device *device, const kro__vk_block *block,
                                        uint64_t offset_bytes, uint64_t size_bytes)
{
    uint64_t atom = device->adapter->limits.nonCoherentAtomSize;
    uint64_t first = (block->offset_bytes + offset_bytes) / atom * atom;
    uint64_t end = round_up(block->offset_bytes + offset_bytes + size_bytes, atom);
    // VUID-VkMappedMemoryRange-size-01390: whole atoms, or up to the end.
    if (end > block->memory_bytes)
        end = block->memory_bytes;
    return (VkMappedMemoryRange){
        .sType = VK_STRUCTURE_TYPE_MAPPED_MEMORY_RANGE,
        .memory = block->memory,
        .offset = first,
        .size = end - first,
    };
}

// Nothing to do where the host cannot reach the memory or sees it as the device does.
static bool needs_no_sync(const kro__vk_device *device, const kro__vk_memory *memory,
                          uint64_t size_bytes)
{
    return !memory->base.host || size_bytes == 0 || is_coherent(device, memory->block.type);
}

kro_status kro__vk_memory_flush(kro__device *base, kro__memory *base_memory, uint64_t offset_bytes,
                                uint64_t size_bytes)
{
    const kro__vk_device *device = (const kro__vk_device *)base;
    const kro__vk_memory *memory = (const kro__vk_memory *)base_memory;
    if (needs_no_sync(device, memory, size_bytes))
        return KRO_OK;
    VkMappedMemoryRange range = atoms_around(device, &memory->block, offset_bytes, size_bytes);
    VkResult result = device->vk.vkFlushMappedMemoryRanges(device->handle, 1, &range);
    return result == VK_SUCCESS ? KRO_OK : kro__vk_fail(result, "vkFlushMappedMemoryRanges");
}

kro_status kro__vk_memory_invalidate(kro__device *base, kro__memory *base_memory,
                                     uint64_t offset_bytes, uint64_t size_bytes)
{
    const kro__vk_device *device = (const kro__vk_device *)base;
    const kro__vk_memory *memory = (const kro__vk_memory *)base_memory;
    if (needs_no_sync(device, memory, size_bytes))
        return KRO_OK;
    VkMappedMemoryRange range = atoms_around(device, &memory->block, offset_bytes, size_bytes);
    VkResult result = device->vk.vkInvalidateMappedMemoryRanges(device->handle, 1, &range);
    return result == VK_SUCCESS ? KRO_OK : kro__vk_fail(result, "vkInvalidateMappedMemoryRanges");
}
