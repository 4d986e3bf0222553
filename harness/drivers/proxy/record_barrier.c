// Barriers, in the old words and the new ones.
#include "driver.h"
#include "order.h"
#include "record.h"
#include "stages.h"

static kro__dependency *note_barrier(kro__recording *recording, uint32_t count)
{
    kro__command *command = kro__recording_add(recording, KRO__COMMAND_BARRIER);
    kro__dependency *dependencies =
        command ? kro__recording_room(recording, count * sizeof *dependencies) : NULL;
    if (dependencies) {
        command->barrier.dependencies = dependencies;
        command->barrier.count = count;
    }
    return dependencies;
}

static void count_barrier(kro__recording *recording, const kro__dependency *all, uint32_t count)
{
    bool to_host = false;
    for (uint32_t i = 0; i < count; i++)
        to_host = to_host || all[i].to_host;
    recording->barrier_count[to_host]++;
}

static void set_stages(kro__dependency *to, VkPipelineStageFlags2 src, VkPipelineStageFlags2 dst)
{
    to->src = kro__stages_src(src);
    to->dst = kro__stages_dst(dst);
    to->to_host = dst & VK_PIPELINE_STAGE_2_HOST_BIT;
}

// Moves of a buffer between queue families are the driver's own business.
static bool moves(uint32_t src_family, uint32_t dst_family)
{
    return src_family != dst_family;
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkCmdPipelineBarrier(
    VkCommandBuffer commandBuffer, VkPipelineStageFlags srcStageMask,
    VkPipelineStageFlags dstStageMask, VkDependencyFlags dependencyFlags,
    uint32_t memoryBarrierCount, const VkMemoryBarrier *pMemoryBarriers,
    uint32_t bufferMemoryBarrierCount, const VkBufferMemoryBarrier *pBufferMemoryBarriers,
    uint32_t imageMemoryBarrierCount, const VkImageMemoryBarrier *pImageMemoryBarriers)
{
    kro__recording *recording = kro__record_to(commandBuffer);
    // The first one stands for the execution dependency alone.
    uint32_t count = 1 + memoryBarrierCount + bufferMemoryBarrierCount;
    kro__dependency *to = recording ? note_barrier(recording, count) : NULL;
    if (to) {
        for (uint32_t i = 0; i < count; i++) {
            to[i] = (kro__dependency){0};
            set_stages(&to[i], srcStageMask, dstStageMask);
        }
        for (uint32_t i = 0; i < memoryBarrierCount; i++) {
            to[1 + i].src_access = pMemoryBarriers[i].srcAccessMask;
            to[1 + i].dst_access = pMemoryBarriers[i].dstAccessMask;
        }
        for (uint32_t i = 0; i < bufferMemoryBarrierCount; i++) {
            const VkBufferMemoryBarrier *from = &pBufferMemoryBarriers[i];
            kro__dependency *of = &to[1 + memoryBarrierCount + i];
            of->src_access = from->srcAccessMask;
            of->dst_access = from->dstAccessMask;
            of->buffer = from->buffer;
            of->offset = from->offset;
            of->size = from->size;
            recording->opaque =
                recording->opaque || moves(from->srcQueueFamilyIndex, from->dstQueueFamilyIndex);
        }
        count_barrier(recording, to, count);
        recording->opaque = recording->opaque || imageMemoryBarrierCount;
    }
    kro__driver.vkCmdPipelineBarrier(commandBuffer, srcStageMask, dstStageMask, dependencyFlags,
                                     memoryBarrierCount, pMemoryBarriers, bufferMemoryBarrierCount,
                                     pBufferMemoryBarriers, imageMemoryBarrierCount,
                                     pImageMemoryBarriers);
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkCmdPipelineBarrier2(VkCommandBuffer commandBuffer,
                                                           const VkDependencyInfo *pDependencyInfo)
{
    const VkDependencyInfo *info = pDependencyInfo;
    kro__recording *recording = kro__record_to(commandBuffer);
    uint32_t count = info->memoryBarrierCount + info->bufferMemoryBarrierCount;
    kro__dependency *to = recording ? note_barrier(recording, count) : NULL;
    if (to) {
        for (uint32_t i = 0; i < info->memoryBarrierCount; i++) {
            const VkMemoryBarrier2 *from = &info->pMemoryBarriers[i];
            to[i] = (kro__dependency){
                .src_access = from->srcAccessMask,
                .dst_access = from->dstAccessMask,
            };
            set_stages(&to[i], from->srcStageMask, from->dstStageMask);
        }
        for (uint32_t i = 0; i < info->bufferMemoryBarrierCount; i++) {
            const VkBufferMemoryBarrier2 *from = &info->pBufferMemoryBarriers[i];
            kro__dependency *of = &to[info->memoryBarrierCount + i];
            *of = (kro__dependency){
                .src_access = from->srcAccessMask,
                .dst_access = from->dstAccessMask,
                .buffer = from->buffer,
                .offset = from->offset,
                .size = from->size,
            };
            set_stages(of, from->srcStageMask, from->dstStageMask);
            recording->opaque =
                recording->opaque || moves(from->srcQueueFamilyIndex, from->dstQueueFamilyIndex);
        }
        count_barrier(recording, to, count);
        recording->opaque = recording->opaque || info->imageMemoryBarrierCount;
    }
    kro__driver.vkCmdPipelineBarrier2(commandBuffer, pDependencyInfo);
}
