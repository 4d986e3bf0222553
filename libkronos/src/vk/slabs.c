#include "vk/slabs.h"

#include <stdlib.h>

#include "vk/budget.h"
#include "vk/device.h"

struct kro__vk_slab {
    VkDeviceMemory memory;
    uint64_t size_bytes;
    uint8_t *host;
    kro__ranges ranges;
    uint32_t type;
    bool device_address;
    kro__vk_slab *next;
};

static const kro__memory_types *types_of(const kro__vk_device *device)
{
    return &device->adapter->memory_types;
}

kro_status kro__vk_slabs_init(kro__vk_slabs *slabs, uint64_t wanted_bytes, bool no_budget)
{
    slabs->wanted_bytes = wanted_bytes;
    slabs->no_budget = no_budget;
    slabs->has_lock = kro__mutex_init(&slabs->lock);
    return slabs->has_lock
               ? KRO_OK
               : kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory for the lock of a device");
}

// Gives an allocation back and keeps the counts true. `size_bytes` is what was taken of the heap.
static void free_memory(kro__vk_device *device, VkDeviceMemory memory, uint32_t type,
                        uint64_t size_bytes)
{
    device->vk.vkFreeMemory(device->handle, memory, NULL); // unmaps too
    device->slabs.allocation_count--;
    device->slabs.heap_held_bytes[types_of(device)->heaps[type]] -= size_bytes;
}

// Whether the driver would rather not give so much: it might, and then take from other programs,
// or move to the host what does not fit.
static bool is_over_budget(const kro__vk_device *device, uint32_t heap, uint64_t size_bytes)
{
    kro_memory_info info;
    if (device->slabs.no_budget || !device->adapter->tells_budget)
        return false;
    kro__vk_read_heaps(device->adapter, device->instance, &info);
    return kro__vk_is_over_budget(&info.heaps[heap], device->slabs.heap_held_bytes[heap],
                                  size_bytes);
}

// One allocation of the driver, mapped for its whole life where it can be. `dedicated` is the
// buffer that it is for, or VK_NULL_HANDLE; `import` is the host's memory that it is to be, or
// NULL.
static VkResult allocate_memory(kro__vk_device *device, uint32_t type, uint64_t size_bytes,
                                bool device_address, VkBuffer dedicated, void *import,
                                VkDeviceMemory *out, uint8_t **host)
{
    kro__vk_slabs *slabs = &device->slabs;
    uint32_t heap = types_of(device)->heaps[type];
    if (slabs->allocation_count >= device->adapter->limits.maxMemoryAllocationCount)
        return VK_ERROR_TOO_MANY_OBJECTS;
    // Vulkan forbids even to ask for more than this.
    if (size_bytes > device->adapter->max_allocation_bytes ||
        size_bytes > types_of(device)->heap_bytes[heap])
        return VK_ERROR_OUT_OF_DEVICE_MEMORY;
    // The host's memory takes nothing of a heap.
    uint64_t taken_bytes = import ? 0 : size_bytes;
    if (taken_bytes > 0 && is_over_budget(device, heap, taken_bytes))
        return VK_ERROR_OUT_OF_DEVICE_MEMORY;
    VkImportMemoryHostPointerInfoEXT importing = {
        .sType = VK_STRUCTURE_TYPE_IMPORT_MEMORY_HOST_POINTER_INFO_EXT,
        .handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT,
        .pHostPointer = import,
    };
    // Always named for a buffer's own allocation: some drivers make better use of it then.
    VkMemoryDedicatedAllocateInfo dedication = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_DEDICATED_ALLOCATE_INFO,
        .buffer = dedicated,
    };
    // Not of the host's memory, where Vulkan forbids it (VUID-VkMemoryAllocateInfo-pNext-02806).
    const void *own = import ? (const void *)&importing : dedicated ? &dedication : NULL;
    VkMemoryAllocateFlagsInfo flags = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_FLAGS_INFO,
        .pNext = own,
        .flags = device_address ? VK_MEMORY_ALLOCATE_DEVICE_ADDRESS_BIT : 0,
    };
    VkMemoryAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .pNext = &flags,
        .allocationSize = size_bytes,
        .memoryTypeIndex = type,
    };
    VkResult result = device->vk.vkAllocateMemory(device->handle, &info, NULL, out);
    if (result != VK_SUCCESS)
        return result;
    slabs->allocation_count++;
    slabs->heap_held_bytes[heap] += taken_bytes;

    void *mapped = import;
    // Mapped once: mapping is slow, and two blocks of a slab could not be mapped at once. What is
    // imported lies where the host has it.
    if (!import && (types_of(device)->flags[type] & KRO__MEMORY_HOST_VISIBLE))
        result = device->vk.vkMapMemory(device->handle, *out, 0, VK_WHOLE_SIZE, 0, &mapped);
    if (result != VK_SUCCESS)
        free_memory(device, *out, type, taken_bytes);
    *host = mapped;
    return result;
}

// Nothing is left in it.
static void destroy_slab(kro__vk_device *device, kro__vk_slab *slab)
{
    kro__ranges_finish(&slab->ranges);
    free_memory(device, slab->memory, slab->type, slab->size_bytes);
    free(slab);
}

// Gives every empty slab of a list but `kept` of them back to the driver.
static void trim_list(kro__vk_device *device, kro__vk_slab **list, uint32_t kept)
{
    for (kro__vk_slab **at = list; *at;) {
        kro__vk_slab *slab = *at;
        bool is_empty = slab->ranges.used_bytes == 0;
        if (is_empty && kept == 0) {
            *at = slab->next;
            destroy_slab(device, slab);
            continue;
        }
        kept -= is_empty;
        at = &slab->next;
    }
}

// Every type: heaps are shared between types.
static void trim_all(kro__vk_device *device)
{
    for (uint32_t type = 0; type < KRO__MAX_MEMORY_TYPES; type++)
        for (int kind = 0; kind < KRO__SLAB_KINDS; kind++)
            trim_list(device, &device->slabs.lists[type][kind], 0);
}

void kro__vk_slabs_finish(kro__vk_device *device)
{
    if (!device->slabs.has_lock)
        return;
    trim_all(device);
    kro__mutex_finish(&device->slabs.lock);
    device->slabs.has_lock = false;
}

// A new slab goes to the front of its list: it has the most room.
static VkResult create_slab(kro__vk_device *device, uint32_t type, bool device_address,
                            uint64_t size_bytes, kro__vk_slab **out)
{
    kro__vk_slab *slab = calloc(1, sizeof *slab);
    if (!slab)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    slab->size_bytes = size_bytes;
    slab->type = type;
    slab->device_address = device_address;
    if (kro__ranges_init(&slab->ranges, size_bytes) < 0) {
        free(slab);
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    VkResult result = allocate_memory(device, type, size_bytes, device_address, VK_NULL_HANDLE,
                                      NULL, &slab->memory, &slab->host);
    if (result != VK_SUCCESS) {
        kro__ranges_finish(&slab->ranges);
        free(slab);
        return result;
    }
    kro__vk_slab **list = &device->slabs.lists[type][device_address];
    slab->next = *list;
    *list = slab;
    *out = slab;
    return VK_SUCCESS;
}

// Takes a block of one slab. VK_ERROR_OUT_OF_DEVICE_MEMORY: it has no room.
static VkResult take_from_slab(kro__vk_slab *slab, const kro__vk_block_config *config,
                               kro__vk_block *out)
{
    // Rounded up, so that no two blocks share an atom.
    uint64_t granules = (config->size_bytes + config->granule_bytes - 1) / config->granule_bytes;
    uint64_t size_bytes = granules * config->granule_bytes;
    if (slab->ranges.size_bytes - slab->ranges.used_bytes < size_bytes)
        return VK_ERROR_OUT_OF_DEVICE_MEMORY;
    kro__range range;
    kro_status status = kro__ranges_alloc(&slab->ranges, size_bytes, config->alignment, &range);
    if (status == KRO_ERROR_OUT_OF_HOST_MEMORY)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    if (status < 0)
        return VK_ERROR_OUT_OF_DEVICE_MEMORY;
    *out = (kro__vk_block){
        .memory = slab->memory,
        .memory_bytes = slab->size_bytes,
        .offset_bytes = range.offset_bytes,
        .host = slab->host ? slab->host + range.offset_bytes : NULL,
        .type = config->type,
        .slab = slab,
        .range = range,
    };
    return VK_SUCCESS;
}

// The first slab with room. Slabs are few, and a full one is passed over by its count.
static VkResult take_shared(kro__vk_device *device, const kro__vk_block_config *config,
                            uint64_t slab_bytes, kro__vk_block *out)
{
    kro__vk_slab *slab = device->slabs.lists[config->type][config->device_address];
    for (; slab; slab = slab->next) {
        VkResult result = take_from_slab(slab, config, out);
        if (result != VK_ERROR_OUT_OF_DEVICE_MEMORY)
            return result;
    }
    VkResult result = create_slab(device, config->type, config->device_address, slab_bytes, &slab);
    return result == VK_SUCCESS ? take_from_slab(slab, config, out) : result;
}

// An allocation for one block. Its size is exactly the buffer's requirement, as a dedicated
// allocation demands (VUID-VkMemoryDedicatedAllocateInfo-buffer-02965).
static VkResult take_own(kro__vk_device *device, const kro__vk_block_config *config,
                         kro__vk_block *out)
{
    *out = (kro__vk_block){.memory_bytes = config->size_bytes,
                           .type = config->type,
                           .imported = config->import != NULL};
    return allocate_memory(device, config->type, config->size_bytes, config->device_address,
                           config->buffer, config->import, &out->memory, &out->host);
}

// A slab for blocks up to half its size; where the driver has no room for a whole slab any more, it
// may still have room for the block.
static VkResult take(kro__vk_device *device, const kro__vk_block_config *config, kro__vk_block *out)
{
    const kro__memory_types *types = types_of(device);
    uint64_t slab_bytes = kro__choose_slab_bytes(device->slabs.wanted_bytes,
                                                 types->heap_bytes[types->heaps[config->type]]);
    VkResult result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
    if (!config->dedicated && !config->import && config->size_bytes <= slab_bytes / 2)
        result = take_shared(device, config, slab_bytes, out);
    bool is_full = result == VK_ERROR_OUT_OF_DEVICE_MEMORY || result == VK_ERROR_MEMORY_MAP_FAILED;
    return is_full ? take_own(device, config, out) : result;
}

VkResult kro__vk_block_take(kro__vk_device *device, const kro__vk_block_config *config,
                            kro__vk_block *out)
{
    kro__mutex_lock(&device->slabs.lock);
    VkResult result = take(device, config, out);
    if (result == VK_ERROR_OUT_OF_DEVICE_MEMORY || result == VK_ERROR_TOO_MANY_OBJECTS) {
        trim_all(device); // spare slabs hold what this block may need
        result = take(device, config, out);
    }
    kro__mutex_unlock(&device->slabs.lock);
    return result;
}

void kro__vk_block_give(kro__vk_device *device, const kro__vk_block *block)
{
    enum { SPARE_SLABS = 1 };
    kro__mutex_lock(&device->slabs.lock);
    kro__vk_slab *slab = block->slab;
    if (slab) {
        kro__ranges_free(&slab->ranges, &block->range);
        if (slab->ranges.used_bytes == 0)
            trim_list(device, &device->slabs.lists[slab->type][slab->device_address], SPARE_SLABS);
    } else {
        free_memory(device, block->memory, block->type, block->imported ? 0 : block->memory_bytes);
    }
    kro__mutex_unlock(&device->slabs.lock);
}
