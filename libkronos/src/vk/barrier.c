#include "vk/barrier.h"

enum {
    WRITES = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
    READS_AND_WRITES = WRITES | VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_UNIFORM_READ_BIT |
                       VK_ACCESS_TRANSFER_READ_BIT,
};

void kro__vk_barrier(const kro__vk_calls *vk, VkCommandBuffer commands, bool before_indirect)
{
    // Only writes need to be made available; reads before the barrier are held back by its stages.
    // One global barrier rather than one per buffer: drivers turn either into the same cache
    // operations.
    static const VkMemoryBarrier barriers[] = {
        {
            .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
            .srcAccessMask = WRITES,
            .dstAccessMask = READS_AND_WRITES,
        },
        {
            .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
            .srcAccessMask = WRITES,
            .dstAccessMask = READS_AND_WRITES | VK_ACCESS_INDIRECT_COMMAND_READ_BIT,
        },
    };
    const VkPipelineStageFlags after =
        before_indirect ? KRO__VK_STAGES : KRO__VK_STAGES & ~VK_PIPELINE_STAGE_DRAW_INDIRECT_BIT;
    vk->vkCmdPipelineBarrier(commands, KRO__VK_STAGES, after, 0, 1, &barriers[before_indirect], 0,
                             NULL, 0, NULL);
}

void kro__vk_host_barrier(const kro__vk_calls *vk, VkCommandBuffer commands)
{
    // Host writes too: one must not be overtaken by a device write that is still in a cache.
    static const VkMemoryBarrier barrier = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = WRITES,
        .dstAccessMask = VK_ACCESS_HOST_READ_BIT | VK_ACCESS_HOST_WRITE_BIT,
    };
    vk->vkCmdPipelineBarrier(commands,
                             VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT,
                             VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &barrier, 0, NULL, 0, NULL);
}
