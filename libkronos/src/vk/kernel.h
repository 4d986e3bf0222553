// Compiled kernels.
#ifndef KRO_SRC_VK_KERNEL_H
#define KRO_SRC_VK_KERNEL_H

#include "backend.h"
#include "vk/layout.h"

typedef struct kro__vk_kernel {
    kro__kernel base;
    VkPipeline pipeline;
    const kro__vk_layout *layout; // the device's
} kro__vk_kernel;

// Backend calls; see backend.h.
kro_status kro__vk_kernel_create(kro__device *device, const kro__kernel_config *config,
                                 kro__kernel **out);
void kro__vk_kernel_destroy(kro__device *device, kro__kernel *kernel);

#endif
