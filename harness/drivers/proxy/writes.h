// What kernels and descriptor sets say about who reads and writes where; kept on devices that check
// exits or reorder.
#ifndef KRO_PROXY_WRITES_H
#define KRO_PROXY_WRITES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <vulkan/vulkan.h>

#include "table.h"

extern atomic_uint kro__writes_devices; // devices that keep it

// Whether a device is one of them.
bool kro__writes_are_kept(VkDevice device);

// True if the code of a pipeline may write a storage buffer at this place.
bool kro__writes_binding(VkPipeline pipeline, uint32_t set, uint32_t binding);

// Calls `visit` for each buffer that the code uses.
//
// Returns: false where that cannot be told, or where it uses memory by its address besides.
bool kro__writes_visit_kernel(VkPipeline pipeline,
                              void (*visit)(void *user, uint32_t set, uint32_t binding, bool reads,
                                            bool writes),
                              void *user);

// The memory behind a buffer, or VK_NULL_HANDLE; and the buffer's place in it.
VkDeviceMemory kro__writes_memory(VkBuffer buffer);
VkDeviceMemory kro__writes_place(VkBuffer buffer, VkDeviceSize *offset);
VkDeviceSize kro__writes_buffer_bytes(VkBuffer buffer); // 0: unknown

// Whether the code of a pipeline reaches memory by its address.
bool kro__writes_uses_addresses(VkPipeline pipeline);

// What a dispatch needs of its pipeline, as a capture has it (shared/capture_format.h); NULL where
// nothing is captured. `*size_bytes` is its whole size.
const struct kro__capture_pipeline *kro__writes_pipeline(VkPipeline pipeline, size_t *size_bytes);

// A buffer in a descriptor set.
typedef struct kro__slot {
    uint32_t binding, element;
    uint32_t dynamic; // which of the set's dynamic offsets it takes, or KRO__SLOT_FIXED
    VkDescriptorType type;
    VkBuffer buffer; // VK_NULL_HANDLE: none
    VkDeviceSize offset, range;
} kro__slot;

#define KRO__SLOT_FIXED UINT32_MAX

// Calls `visit` for each storage or uniform buffer in a descriptor set.
void kro__writes_visit_set(VkDescriptorSet set, void (*visit)(void *user, const kro__slot *slot),
                           void *user);

// How many dynamic offsets a set takes.
uint32_t kro__writes_dynamic_count(VkDescriptorSet set);

// The bindings of a set's layout, by their numbers.
typedef struct kro__set_binding {
    uint32_t binding, count;
    uint32_t dynamic; // the first dynamic offset that it takes, or KRO__SLOT_FIXED
} kro__set_binding;

typedef struct kro__set_layout {
    kro__entry entry;
    uint32_t count, dynamic_count;
    kro__set_binding bindings[];
} kro__set_layout;

// A copy of a layout, which may be destroyed before its sets; NULL without memory, or for an
// unknown one. The caller frees it.
kro__set_layout *kro__set_layout_copy(VkDescriptorSetLayout handle);

#endif
