// Memory behind buffers: one VkBuffer each, bound into a block of device memory.
#ifndef KRO_SRC_VK_MEMORY_H
#define KRO_SRC_VK_MEMORY_H

#include "backend.h"
#include "vk/slabs.h"

typedef struct kro__vk_memory {
    kro__memory base;
    VkBuffer buffer;
    VkDeviceAddress copy_address; // for the copy kernel; 0: it does not copy this memory
    kro__vk_block block;
    bool has_block;
} kro__vk_memory;

// Backend calls; see backend.h.
kro_status kro__vk_memory_create(kro__device *device, const kro__memory_config *config,
                                 kro__memory **out);
void kro__vk_memory_destroy(kro__device *device, kro__memory *memory);
kro_status kro__vk_memory_flush(kro__device *device, kro__memory *memory, uint64_t offset_bytes,
                                uint64_t size_bytes);
kro_status kro__vk_memory_invalidate(kro__device *device, kro__memory *memory,
                                     uint64_t offset_bytes, uint64_t size_bytes);

#endif
