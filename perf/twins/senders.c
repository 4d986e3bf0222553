#include "senders.h"

VkResult kp_sender_init(kp_sender *out, const kp_hand *hand)
{
    *out = (kp_sender){0};
    const VkCommandPoolCreateInfo pool = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
        .flags = VK_COMMAND_POOL_CREATE_TRANSIENT_BIT,
        .queueFamilyIndex = hand->queue_family,
    };
    VkResult result = hand->call.CreateCommandPool(hand->device, &pool, NULL, &out->pool);
    if (result < 0)
        return result;
    const VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = out->pool,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1,
    };
    result = hand->call.AllocateCommandBuffers(hand->device, &commands, &out->commands);
    const VkFenceCreateInfo fence = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    return result < 0 ? result : hand->call.CreateFence(hand->device, &fence, NULL, &out->fence);
}

void kp_sender_finish(kp_sender *sender, const kp_hand *hand)
{
    if (sender->fence)
        hand->call.DestroyFence(hand->device, sender->fence, NULL);
    if (sender->pool)
        hand->call.DestroyCommandPool(hand->device, sender->pool, NULL);
}

VkResult kp_sender_begin(const kp_sender *sender, const kp_hand *hand)
{
    const VkCommandBufferBeginInfo begin = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
        .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT,
    };
    VkResult result = hand->call.ResetCommandPool(hand->device, sender->pool, 0);
    return result < 0 ? result : hand->call.BeginCommandBuffer(sender->commands, &begin);
}

VkResult kp_sender_send(const kp_sender *sender, const kp_hand *hand, bool to_host)
{
    static const VkMemoryBarrier written = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT | VK_ACCESS_SHADER_WRITE_BIT,
        .dstAccessMask = VK_ACCESS_HOST_READ_BIT,
    };
    if (to_host)
        hand->call.CmdPipelineBarrier(
            sender->commands, VK_PIPELINE_STAGE_TRANSFER_BIT | VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
            VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &written, 0, NULL, 0, NULL);
    VkResult result = hand->call.EndCommandBuffer(sender->commands);
    const VkSubmitInfo info = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                               .commandBufferCount = 1,
                               .pCommandBuffers = &sender->commands};
    return result < 0 ? result : hand->call.QueueSubmit(hand->queue, 1, &info, sender->fence);
}

VkResult kp_sender_copy(const kp_sender *sender, const kp_hand *hand, const kp_sent *copy)
{
    VkResult result = kp_sender_begin(sender, hand);
    if (result < 0)
        return result;
    hand->call.CmdCopyBuffer(sender->commands, copy->src, copy->dst, 1, &copy->region);
    return kp_sender_send(sender, hand, copy->to_host);
}

VkResult kp_sender_await(const kp_sender *sender, const kp_hand *hand)
{
    return kp_await(&hand->call, hand->device, sender->fence, hand->polls);
}
