#include "raw_owned.h"

// The pool of a queue; command buffers can be reset one by one.
static VkCommandPool pool_of(kt_raw *raw, uint32_t queue)
{
    if (raw->pools[queue])
        return raw->pools[queue];
    const VkCommandPoolCreateInfo info = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                          .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
                                          .queueFamilyIndex = raw->queues[queue].family};
    VkCommandPool pool;
    const VkResult result = raw->vkCreateCommandPool(raw->device, &info, NULL, &pool);
    if (!kt_raw_own(raw, "vkCreateCommandPool", result, KT_RAW_COMMAND_POOL,
                    (kt_raw_handle){.command_pool = pool}))
        return VK_NULL_HANDLE;
    return raw->pools[queue] = pool;
}

VkCommandBuffer kt_raw_begin_as(kt_raw *raw, uint32_t queue, VkCommandBufferLevel level,
                                VkCommandBufferUsageFlags usage)
{
    VkCommandPool pool = raw ? pool_of(raw, queue) : VK_NULL_HANDLE;
    if (!pool)
        return NULL;
    kt_test *t = raw->t;
    const VkCommandBufferAllocateInfo info = {.sType =
                                                  VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                              .commandPool = pool,
                                              .level = level,
                                              .commandBufferCount = 1};
    const VkCommandBufferInheritanceInfo nothing = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_INHERITANCE_INFO};
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                            .flags = usage,
                                            .pInheritanceInfo = &nothing};
    VkCommandBuffer commands;
    if (!CHECK_VK(raw->vkAllocateCommandBuffers(raw->device, &info, &commands)) ||
        !CHECK_VK(raw->vkBeginCommandBuffer(commands, &begin)))
        return NULL;
    return commands;
}

VkCommandBuffer kt_raw_begin(kt_raw *raw, uint32_t queue)
{
    return kt_raw_begin_as(raw, queue, VK_COMMAND_BUFFER_LEVEL_PRIMARY,
                           VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT);
}

void kt_raw_end(kt_raw *raw, VkCommandBuffer commands)
{
    kt_test *t = raw->t;
    CHECK_VK(raw->vkEndCommandBuffer(commands));
}

void kt_raw_bind(kt_raw *raw, VkCommandBuffer commands, const kt_raw_kernel *kernel,
                 VkDescriptorSet set, const uint32_t *push)
{
    raw->vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, kernel->pipeline);
    raw->vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_COMPUTE, kernel->layout, 0, 1,
                                 &set, 0, NULL);
    if (push)
        raw->vkCmdPushConstants(commands, kernel->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0,
                                KT_RAW_PUSH_BYTES, push);
}

void kt_raw_full_barrier(kt_raw *raw, VkCommandBuffer commands)
{
    const VkMemoryBarrier barrier = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                     .srcAccessMask = VK_ACCESS_MEMORY_WRITE_BIT,
                                     .dstAccessMask = VK_ACCESS_MEMORY_READ_BIT |
                                                      VK_ACCESS_MEMORY_WRITE_BIT |
                                                      VK_ACCESS_HOST_READ_BIT};
    raw->vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
                              VK_PIPELINE_STAGE_ALL_COMMANDS_BIT | VK_PIPELINE_STAGE_HOST_BIT, 0, 1,
                              &barrier, 0, NULL, 0, NULL);
}
