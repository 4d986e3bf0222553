// Vulkan's pipeline stages as the few that compute programs tell apart (order.h). Pure.
#ifndef KRO_PROXY_STAGES_H
#define KRO_PROXY_STAGES_H

#include <stdint.h>

#include <vulkan/vulkan.h>

// As a first scope: TOP_OF_PIPE is nothing, BOTTOM_OF_PIPE everything.
uint32_t kro__stages_src(VkPipelineStageFlags2 stages);
// As a second scope: TOP_OF_PIPE is everything, BOTTOM_OF_PIPE nothing.
uint32_t kro__stages_dst(VkPipelineStageFlags2 stages);

#endif
