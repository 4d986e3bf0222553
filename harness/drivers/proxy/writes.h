// What kernels and descriptor sets say about who writes where; kept on devices that check exits.
#ifndef KRO_PROXY_WRITES_H
#define KRO_PROXY_WRITES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <vulkan/vulkan.h>

extern atomic_uint kro__writes_devices; // devices that check exits

// True if the code of a pipeline may write a storage buffer at this place.
bool kro__writes_binding(VkPipeline pipeline, uint32_t set, uint32_t binding);

// The memory behind a buffer, or VK_NULL_HANDLE.
VkDeviceMemory kro__writes_memory(VkBuffer buffer);

// Calls `visit` for each storage buffer in a descriptor set.
void kro__writes_visit_set(VkDescriptorSet set,
                           void (*visit)(void *user, uint32_t binding, VkBuffer buffer),
                           void *user);

#endif
