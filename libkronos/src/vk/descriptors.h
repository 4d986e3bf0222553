// The descriptor sets of one recorder, by the binding ids that the core gives.
#ifndef KRO_SRC_VK_DESCRIPTORS_H
#define KRO_SRC_VK_DESCRIPTORS_H

#include "backend.h"
#include "vk/layout.h"

struct kro__vk_device;
typedef struct kro__vk_pool kro__vk_pool;

// What one binding id stands for.
typedef struct kro__vk_bound {
    VkDescriptorSet *sets; // one per set of its layout; NULL: nothing
    uint32_t set_count;
    kro__vk_pool *pool; // that they are from
    const kro__vk_layout *layout;
} kro__vk_bound;

typedef struct kro__vk_descriptors {
    struct kro__vk_device *device;
    kro__vk_pool *pools;  // the newest and largest first
    kro__vk_bound *bound; // by binding id
    uint32_t bound_capacity;
    VkWriteDescriptorSet *writes; // one call's writes and their buffers
    VkDescriptorBufferInfo *buffers;
    uint32_t write_capacity, buffer_capacity;
} kro__vk_descriptors;

void kro__vk_descriptors_init(kro__vk_descriptors *descriptors, struct kro__vk_device *device);

// No submitted work uses any of the sets, or the device is lost.
void kro__vk_descriptors_finish(kro__vk_descriptors *descriptors);

// Frees the sets of a binding id.
void kro__vk_descriptors_evict(kro__vk_descriptors *descriptors, uint32_t binding_id);

// Makes and writes the sets of a batch, all of them with one update.
//
// Errors: those of Vulkan, with none of the batch's sets left behind.
kro_status kro__vk_descriptors_write(kro__vk_descriptors *descriptors, const kro__batch *batch);

#endif
