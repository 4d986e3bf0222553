// Copies by a kernel, on drivers whose vkCmdCopyBuffer is slow (see quirks).
#ifndef KRO_SRC_VK_COPY_KERNEL_H
#define KRO_SRC_VK_COPY_KERNEL_H

#include <stdbool.h>

#include "backend.h"
#include "vk/api.h"

struct kro__vk_device;

// Shorter copies are left to vkCmdCopyBuffer: there is little to gain.
enum { KRO__COPY_KERNEL_LEAST_BYTES = 64 << 10 };

// What the kernel is given, as copy_kernel.comp declares it.
typedef struct kro__vk_copy_push {
    VkDeviceAddress target, source;
    uint32_t count;
} kro__vk_copy_push;

// A copy in three parts: bytes before the first vector, vectors, bytes behind the last.
typedef struct kro__vk_copy_plan {
    kro__vk_copy_push push;
    uint32_t groups;
    uint64_t head_bytes, body_bytes, tail_bytes;
} kro__vk_copy_plan;

// Makes device->copy_kernel where the device has the quirk and device addresses.
kro_status kro__vk_copy_kernel_init(struct kro__vk_device *device);
void kro__vk_copy_kernel_finish(struct kro__vk_device *device);

// Divides a copy of `size_bytes` between two addresses, by up to `max_groups` workgroups. Pure.
//
// Returns: false where it is vkCmdCopyBuffer's: it is short, or its two places are no
//          whole number of vectors apart.
bool kro__vk_copy_divide(VkDeviceAddress target, VkDeviceAddress source, uint64_t size_bytes,
                         uint32_t max_groups, kro__vk_copy_plan *out);

#endif
