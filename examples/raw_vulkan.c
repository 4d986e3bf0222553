// Vulkan commands of the program's own, on a buffer and a queue of Kronos.
#include <kronos/kronos.h>
#include <kronos/vulkan.h>

#include <stdio.h>

// The functions that this program calls itself. Kronos has loaded Vulkan; nothing is linked.
typedef struct functions {
    PFN_vkGetDeviceProcAddr vkGetDeviceProcAddr;
    PFN_vkCreateCommandPool vkCreateCommandPool;
    PFN_vkDestroyCommandPool vkDestroyCommandPool;
    PFN_vkAllocateCommandBuffers vkAllocateCommandBuffers;
    PFN_vkBeginCommandBuffer vkBeginCommandBuffer;
    PFN_vkEndCommandBuffer vkEndCommandBuffer;
    PFN_vkCmdFillBuffer vkCmdFillBuffer;
    PFN_vkCmdPipelineBarrier vkCmdPipelineBarrier;
    PFN_vkQueueSubmit vkQueueSubmit;
    PFN_vkQueueWaitIdle vkQueueWaitIdle;
} functions;

static void load(functions *vk, const kro_vk_handles *handles)
{
    vk->vkGetDeviceProcAddr = (PFN_vkGetDeviceProcAddr)handles->get_instance_proc_addr(
        handles->instance, "vkGetDeviceProcAddr");
#define LOAD(name) vk->name = (PFN_##name)vk->vkGetDeviceProcAddr(handles->device, #name)
    LOAD(vkCreateCommandPool);
    LOAD(vkDestroyCommandPool);
    LOAD(vkAllocateCommandBuffers);
    LOAD(vkBeginCommandBuffer);
    LOAD(vkEndCommandBuffer);
    LOAD(vkCmdFillBuffer);
    LOAD(vkCmdPipelineBarrier);
    LOAD(vkQueueSubmit);
    LOAD(vkQueueWaitIdle);
#undef LOAD
}

// Fills the buffer's bytes, and makes them visible to whatever comes after: kernels, copies and the
// host. Kronos does not look into commands that it did not record.
static VkResult record(const functions *vk, VkCommandBuffer commands, VkBuffer buffer,
                       VkDeviceSize offset_bytes, VkDeviceSize size_bytes)
{
    const VkCommandBufferBeginInfo begin = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
        .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT,
    };
    const VkMemoryBarrier barrier = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_TRANSFER_WRITE_BIT,
        .dstAccessMask = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT,
    };
    VkResult result = vk->vkBeginCommandBuffer(commands, &begin);
    if (result < 0)
        return result;
    vk->vkCmdFillBuffer(commands, buffer, offset_bytes, size_bytes, 0x2a2a2a2a);
    vk->vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_TRANSFER_BIT,
                             VK_PIPELINE_STAGE_ALL_COMMANDS_BIT | VK_PIPELINE_STAGE_HOST_BIT, 0, 1,
                             &barrier, 0, NULL, 0, NULL);
    return vk->vkEndCommandBuffer(commands);
}

// Between lock and unlock the queue is this thread's.
static VkResult submit(const functions *vk, kro_context *ctx, VkCommandBuffer commands)
{
    const VkSubmitInfo info = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                               .commandBufferCount = 1,
                               .pCommandBuffers = &commands};
    if (kro_vk_queue_lock(ctx, 0) < 0)
        return VK_ERROR_UNKNOWN;
    const VkQueue queue = kro_vk_queue(ctx, 0);
    VkResult result = vk->vkQueueSubmit(queue, 1, &info, VK_NULL_HANDLE);
    if (result >= 0)
        result = vk->vkQueueWaitIdle(queue);
    kro_vk_queue_unlock(ctx, 0);
    return result;
}

static VkResult fill(kro_context *ctx, kro_buffer *buffer)
{
    const kro_vk_handles *handles = kro_vk_context(ctx);
    functions vk;
    load(&vk, handles);

    VkCommandPool pool;
    const VkCommandPoolCreateInfo pool_info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
        .queueFamilyIndex = handles->queue_family,
    };
    VkResult result = vk.vkCreateCommandPool(handles->device, &pool_info, NULL, &pool);
    if (result < 0)
        return result;
    VkCommandBuffer commands;
    const VkCommandBufferAllocateInfo commands_info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = pool,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1,
    };
    result = vk.vkAllocateCommandBuffers(handles->device, &commands_info, &commands);
    uint64_t offset_bytes;
    const VkBuffer handle = kro_vk_buffer(buffer, &offset_bytes);
    if (result >= 0)
        result =
            record(&vk, commands, handle, offset_bytes, kro_buffer_get_info(buffer)->size_bytes);
    if (result >= 0)
        result = submit(&vk, ctx, commands);
    vk.vkDestroyCommandPool(handles->device, pool, NULL);
    return result;
}

int main(void)
{
    char text[17] = "";
    kro_context *ctx = NULL;
    kro_buffer *buffer = NULL;
    kro_status status = kro_context_create(NULL, &ctx);
    if (status >= 0)
        status = kro_buffer_create(ctx, &(kro_buffer_config){.size_bytes = 16}, &buffer);
    VkResult result = VK_SUCCESS;
    if (status >= 0)
        result = fill(ctx, buffer);
    if (status >= 0 && result >= 0)
        status = kro_buffer_read(buffer, 0, text, 16);
    kro_buffer_destroy(buffer);
    kro_context_destroy(ctx);

    if (result < 0)
        fprintf(stderr, "Vulkan itself returned %d\n", result);
    if (status < 0)
        fprintf(stderr, "%s: %s\n", kro_status_name(status), kro_error_detail());
    if (status < 0 || result < 0)
        return 1;
    printf("%s\n", text);
    return 0;
}
