// The two barriers that Kronos records.
#ifndef KRO_SRC_VK_BARRIER_H
#define KRO_SRC_VK_BARRIER_H

#include "vk/table.h"

// Where Kronos' commands run.
enum {
    KRO__VK_STAGES = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT |
                     VK_PIPELINE_STAGE_DRAW_INDIRECT_BIT,
};

// Everything before is finished and visible to everything after, on the device.
void kro__vk_barrier(const kro__vk_calls *vk, VkCommandBuffer commands);

// Everything written before is visible to the host once it has waited for this batch.
void kro__vk_host_barrier(const kro__vk_calls *vk, VkCommandBuffer commands);

#endif
