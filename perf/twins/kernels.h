// Pipelines in Vulkan written by hand, with their module and layouts.
#ifndef KP_KERNELS_H
#define KP_KERNELS_H

#include "hand.h"

typedef struct kp_hand_kernel {
    VkShaderModule module;
    VkDescriptorSetLayout set_layout;
    VkPipelineLayout layout;
    VkPipeline pipeline;
} kp_hand_kernel;

enum { KP_MAX_KERNEL_BINDINGS = 2 };

typedef struct kp_hand_kernel_config {
    const char *shader;
    uint32_t bindings; // storage buffers, from 0 on
    uint32_t push_bytes;
    const uint32_t *constant; // with id 0; NULL: the shader's own
    VkPipelineCache cache;
} kp_hand_kernel_config;

// `*out` is to be destroyed, whatever is returned.
VkResult kp_hand_make_kernel(const kp_hand *hand, const kp_hand_kernel_config *config,
                             kp_hand_kernel *out);
void kp_hand_destroy_kernel(const kp_hand *hand, const kp_hand_kernel *kernel);

#endif
