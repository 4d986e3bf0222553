// What commands bind: pipelines, descriptor sets, push constants.
#include <string.h>

#include "driver.h"
#include "record.h"

// Pipelines of other kinds than compute bind to places that nobody replays.
static kro__recording *compute_only(VkCommandBuffer handle, VkPipelineBindPoint point)
{
    kro__recording *recording = kro__record_to(handle);
    if (!recording || point == VK_PIPELINE_BIND_POINT_COMPUTE)
        return recording;
    recording->opaque = true;
    return NULL;
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkCmdBindPipeline(VkCommandBuffer commandBuffer,
                                                       VkPipelineBindPoint pipelineBindPoint,
                                                       VkPipeline pipeline)
{
    kro__recording *recording = compute_only(commandBuffer, pipelineBindPoint);
    if (recording) {
        recording->pipeline = pipeline;
        recording->bound = NULL;
    }
    kro__driver.vkCmdBindPipeline(commandBuffer, pipelineBindPoint, pipeline);
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkCmdBindDescriptorSets(
    VkCommandBuffer commandBuffer, VkPipelineBindPoint pipelineBindPoint, VkPipelineLayout layout,
    uint32_t firstSet, uint32_t descriptorSetCount, const VkDescriptorSet *pDescriptorSets,
    uint32_t dynamicOffsetCount, const uint32_t *pDynamicOffsets)
{
    kro__recording *recording = compute_only(commandBuffer, pipelineBindPoint);
    kro__bind *bind = recording ? kro__recording_room(recording, sizeof *bind) : NULL;
    if (bind) {
        *bind = (kro__bind){.kind = KRO__BIND_SETS, .layout = layout};
        bind->sets.first = firstSet;
        bind->sets.count = descriptorSetCount;
        bind->sets.dynamic_count = dynamicOffsetCount;
        bind->sets.sets = kro__recording_copy(recording, pDescriptorSets,
                                              descriptorSetCount * sizeof *pDescriptorSets);
        bind->sets.dynamic_offsets = kro__recording_copy(
            recording, pDynamicOffsets, dynamicOffsetCount * sizeof *pDynamicOffsets);
        kro__recording_bind(recording, bind);
    }
    kro__driver.vkCmdBindDescriptorSets(commandBuffer, pipelineBindPoint, layout, firstSet,
                                        descriptorSetCount, pDescriptorSets, dynamicOffsetCount,
                                        pDynamicOffsets);
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkCmdPushConstants(VkCommandBuffer commandBuffer,
                                                        VkPipelineLayout layout,
                                                        VkShaderStageFlags stageFlags,
                                                        uint32_t offset, uint32_t size,
                                                        const void *pValues)
{
    kro__recording *recording = kro__record_to(commandBuffer);
    kro__bind *bind = recording ? kro__recording_room(recording, sizeof *bind) : NULL;
    if (bind) {
        *bind = (kro__bind){.kind = KRO__BIND_CONSTANTS, .layout = layout};
        bind->constants.stages = stageFlags;
        bind->constants.offset = offset;
        bind->constants.size = size;
        bind->constants.bytes = kro__recording_copy(recording, pValues, size);
        kro__recording_bind(recording, bind);
    }
    kro__driver.vkCmdPushConstants(commandBuffer, layout, stageFlags, offset, size, pValues);
}

// Copies a write of buffers; other descriptors are not taken apart.
static bool copy_write(kro__recording *recording, VkWriteDescriptorSet *write)
{
    if (!write->pBufferInfo || write->pNext)
        return false;
    switch (write->descriptorType) {
    case VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER:
    case VK_DESCRIPTOR_TYPE_STORAGE_BUFFER:
        break;
    default:
        return false;
    }
    write->pImageInfo = NULL;
    write->pTexelBufferView = NULL;
    write->pBufferInfo = kro__recording_copy(recording, write->pBufferInfo,
                                             write->descriptorCount * sizeof *write->pBufferInfo);
    return write->pBufferInfo != NULL;
}

static void note_pushed(kro__recording *recording, VkPipelineLayout layout, uint32_t set,
                        uint32_t count, const VkWriteDescriptorSet *writes)
{
    kro__bind *bind = kro__recording_room(recording, sizeof *bind);
    VkWriteDescriptorSet *copies = kro__recording_copy(recording, writes, count * sizeof *writes);
    if (!bind || !copies)
        return;
    for (uint32_t i = 0; i < count; i++)
        if (!copy_write(recording, &copies[i]))
            recording->opaque = true;
    *bind = (kro__bind){.kind = KRO__BIND_PUSHED_SETS, .layout = layout};
    bind->pushed.set = set;
    bind->pushed.count = count;
    bind->pushed.writes = copies;
    if (!recording->opaque)
        kro__recording_bind(recording, bind);
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkCmdPushDescriptorSetKHR(
    VkCommandBuffer commandBuffer, VkPipelineBindPoint pipelineBindPoint, VkPipelineLayout layout,
    uint32_t set, uint32_t descriptorWriteCount, const VkWriteDescriptorSet *pDescriptorWrites)
{
    kro__recording *recording = compute_only(commandBuffer, pipelineBindPoint);
    if (recording)
        note_pushed(recording, layout, set, descriptorWriteCount, pDescriptorWrites);
    kro__driver.vkCmdPushDescriptorSetKHR(commandBuffer, pipelineBindPoint, layout, set,
                                          descriptorWriteCount, pDescriptorWrites);
}
