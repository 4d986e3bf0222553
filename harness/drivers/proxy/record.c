#include "record.h"

#include "driver.h"
#include "state.h"

atomic_uint kro__recording_devices;

kro__recording *kro__record_to(VkCommandBuffer handle)
{
    if (!atomic_load_explicit(&kro__recording_devices, memory_order_relaxed))
        return NULL;
    const kro__command_buffer *buffer = (const kro__command_buffer *)kro__table_find(
        kro__objects, VK_OBJECT_TYPE_COMMAND_BUFFER, KRO__HANDLE(handle));
    return buffer ? buffer->recording : NULL;
}

void kro__record_other(VkCommandBuffer handle, kro__repeat repeat, const void *arguments,
                       size_t bytes)
{
    kro__recording *recording = kro__record_to(handle);
    kro__command *command = recording ? kro__recording_add(recording, KRO__COMMAND_OTHER) : NULL;
    if (!command)
        return;
    command->other.repeat = repeat;
    command->other.arguments = kro__recording_copy(recording, arguments, bytes);
}

void kro__record_opaque(VkCommandBuffer handle)
{
    kro__recording *recording = kro__record_to(handle);
    if (recording)
        recording->opaque = true;
}

// Notes a dispatch of either kind with all that is bound.
static kro__command *note_dispatch(VkCommandBuffer handle, kro__command_kind kind)
{
    kro__recording *recording = kro__record_to(handle);
    kro__command *command = recording ? kro__recording_add(recording, kind) : NULL;
    if (command)
        command->bound = kro__recording_bound(recording);
    return command;
}

static void note_groups(VkCommandBuffer handle, const uint32_t base[3], const uint32_t groups[3])
{
    kro__command *command = note_dispatch(handle, KRO__COMMAND_DISPATCH);
    for (int i = 0; command && i < 3; i++) {
        command->dispatch.base[i] = base[i];
        command->dispatch.groups[i] = groups[i];
    }
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkCmdDispatch(VkCommandBuffer commandBuffer,
                                                   uint32_t groupCountX, uint32_t groupCountY,
                                                   uint32_t groupCountZ)
{
    note_groups(commandBuffer, (uint32_t[3]){0},
                (uint32_t[3]){groupCountX, groupCountY, groupCountZ});
    kro__driver.vkCmdDispatch(commandBuffer, groupCountX, groupCountY, groupCountZ);
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkCmdDispatchBase(VkCommandBuffer commandBuffer,
                                                       uint32_t baseGroupX, uint32_t baseGroupY,
                                                       uint32_t baseGroupZ, uint32_t groupCountX,
                                                       uint32_t groupCountY, uint32_t groupCountZ)
{
    note_groups(commandBuffer, (uint32_t[3]){baseGroupX, baseGroupY, baseGroupZ},
                (uint32_t[3]){groupCountX, groupCountY, groupCountZ});
    kro__driver.vkCmdDispatchBase(commandBuffer, baseGroupX, baseGroupY, baseGroupZ, groupCountX,
                                  groupCountY, groupCountZ);
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkCmdDispatchIndirect(VkCommandBuffer commandBuffer,
                                                           VkBuffer buffer, VkDeviceSize offset)
{
    kro__command *command = note_dispatch(commandBuffer, KRO__COMMAND_DISPATCH_INDIRECT);
    if (command) {
        command->indirect.buffer = buffer;
        command->indirect.offset = offset;
    }
    kro__driver.vkCmdDispatchIndirect(commandBuffer, buffer, offset);
}

static kro__command *note_copy(kro__recording *recording, VkBuffer src, VkBuffer dst)
{
    kro__command *command = recording ? kro__recording_add(recording, KRO__COMMAND_COPY) : NULL;
    if (command) {
        command->copy.src = src;
        command->copy.dst = dst;
    }
    return command;
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkCmdCopyBuffer(VkCommandBuffer commandBuffer,
                                                     VkBuffer srcBuffer, VkBuffer dstBuffer,
                                                     uint32_t regionCount,
                                                     const VkBufferCopy *pRegions)
{
    kro__recording *recording = kro__record_to(commandBuffer);
    kro__command *command = note_copy(recording, srcBuffer, dstBuffer);
    const VkBufferCopy *regions =
        command ? kro__recording_copy(recording, pRegions, regionCount * sizeof *pRegions) : NULL;
    if (regions) {
        command->copy.regions = regions;
        command->copy.count = regionCount;
    }
    kro__driver.vkCmdCopyBuffer(commandBuffer, srcBuffer, dstBuffer, regionCount, pRegions);
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkCmdCopyBuffer2(VkCommandBuffer commandBuffer,
                                                      const VkCopyBufferInfo2 *pCopyBufferInfo)
{
    const VkCopyBufferInfo2 *info = pCopyBufferInfo;
    kro__recording *recording = kro__record_to(commandBuffer);
    kro__command *command = note_copy(recording, info->srcBuffer, info->dstBuffer);
    VkBufferCopy *regions =
        command ? kro__recording_room(recording, info->regionCount * sizeof *regions) : NULL;
    for (uint32_t i = 0; regions && i < info->regionCount; i++)
        regions[i] = (VkBufferCopy){
            .srcOffset = info->pRegions[i].srcOffset,
            .dstOffset = info->pRegions[i].dstOffset,
            .size = info->pRegions[i].size,
        };
    if (regions) {
        command->copy.regions = regions;
        command->copy.count = info->regionCount;
    }
    kro__driver.vkCmdCopyBuffer2(commandBuffer, pCopyBufferInfo);
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkCmdFillBuffer(VkCommandBuffer commandBuffer,
                                                     VkBuffer dstBuffer, VkDeviceSize dstOffset,
                                                     VkDeviceSize size, uint32_t data)
{
    kro__recording *recording = kro__record_to(commandBuffer);
    kro__command *command = recording ? kro__recording_add(recording, KRO__COMMAND_FILL) : NULL;
    if (command) {
        command->fill.dst = dstBuffer;
        command->fill.offset = dstOffset;
        command->fill.size = size;
        command->fill.word = data;
    }
    kro__driver.vkCmdFillBuffer(commandBuffer, dstBuffer, dstOffset, size, data);
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkCmdUpdateBuffer(VkCommandBuffer commandBuffer,
                                                       VkBuffer dstBuffer, VkDeviceSize dstOffset,
                                                       VkDeviceSize dataSize, const void *pData)
{
    kro__recording *recording = kro__record_to(commandBuffer);
    kro__command *command = recording ? kro__recording_add(recording, KRO__COMMAND_UPDATE) : NULL;
    if (command) {
        command->fill.dst = dstBuffer;
        command->fill.offset = dstOffset;
        command->fill.size = dataSize;
        command->fill.bytes = kro__recording_copy(recording, pData, dataSize);
    }
    kro__driver.vkCmdUpdateBuffer(commandBuffer, dstBuffer, dstOffset, dataSize, pData);
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkCmdExecuteCommands(VkCommandBuffer commandBuffer,
                                                          uint32_t commandBufferCount,
                                                          const VkCommandBuffer *pCommandBuffers)
{
    kro__recording *recording = kro__record_to(commandBuffer);
    for (uint32_t i = 0; recording && i < commandBufferCount; i++) {
        kro__recording *secondary = kro__record_to(pCommandBuffers[i]);
        kro__command *command =
            secondary ? kro__recording_add(recording, KRO__COMMAND_SECONDARY) : NULL;
        if (!command) {
            recording->failed = true;
            break;
        }
        kro__recording_hold(secondary);
        command->secondary = secondary;
        recording->opaque = recording->opaque || secondary->opaque;
        recording->work_count += secondary->work_count;
        recording->barrier_count[0] += secondary->barrier_count[0];
        recording->barrier_count[1] += secondary->barrier_count[1];
    }
    kro__driver.vkCmdExecuteCommands(commandBuffer, commandBufferCount, pCommandBuffers);
}
