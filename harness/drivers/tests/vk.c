// Using: buffers, command buffers, submissions.
#include "vk.h"

vk_buffer vk_buffer_create(vk *v)
{
    kt_test *t = v->t;
    vk_buffer buffer = {0};
    const VkBufferCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .size = VK_BUFFER_BYTES,
        .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                 VK_BUFFER_USAGE_TRANSFER_DST_BIT | VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT,
    };
    CHECK_VK(v->CreateBuffer(v->device, &info, NULL, &buffer.handle));
    VkMemoryRequirements needs;
    v->GetBufferMemoryRequirements(v->device, buffer.handle, &needs);
    VkPhysicalDeviceMemoryProperties memory;
    v->GetPhysicalDeviceMemoryProperties(v->physical, &memory);
    uint32_t type = 0;
    while (type + 1 < memory.memoryTypeCount &&
           (!(needs.memoryTypeBits >> type & 1) ||
            !(memory.memoryTypes[type].propertyFlags & VK_MEMORY_PROPERTY_HOST_CACHED_BIT)))
        type++;
    const VkMemoryAllocateInfo allocation = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .allocationSize = needs.size,
        .memoryTypeIndex = type,
    };
    CHECK_VK(v->AllocateMemory(v->device, &allocation, NULL, &buffer.memory));
    CHECK_VK(v->BindBufferMemory(v->device, buffer.handle, buffer.memory, 0));
    CHECK_VK(v->MapMemory(v->device, buffer.memory, 0, VK_WHOLE_SIZE, 0, (void **)&buffer.words));
    vk_set(&buffer, 0);
    const VkDescriptorSetAllocateInfo set = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorPool = v->set_pool,
        .descriptorSetCount = 1,
        .pSetLayouts = &v->set_layout,
    };
    CHECK_VK(v->AllocateDescriptorSets(v->device, &set, &buffer.set));
    const VkDescriptorBufferInfo range = {buffer.handle, 0, VK_WHOLE_SIZE};
    const VkWriteDescriptorSet write = {
        .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
        .dstSet = buffer.set,
        .descriptorCount = 1,
        .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC,
        .pBufferInfo = &range,
    };
    v->UpdateDescriptorSets(v->device, 1, &write, 0, NULL);
    return buffer;
}

void vk_buffer_destroy(vk *v, vk_buffer *buffer)
{
    if (buffer->set)
        v->FreeDescriptorSets(v->device, v->set_pool, 1, &buffer->set);
    v->DestroyBuffer(v->device, buffer->handle, NULL);
    v->FreeMemory(v->device, buffer->memory, NULL);
    *buffer = (vk_buffer){0};
}

void vk_set(const vk_buffer *buffer, uint32_t word)
{
    for (int i = 0; buffer->words && i < VK_WORDS; i++)
        buffer->words[i] = word;
}

bool vk_holds(const vk_buffer *buffer, uint32_t word)
{
    for (int i = 0; i < VK_WORDS; i++)
        if (buffer->words[i] != word)
            return false;
    return true;
}

void vk_expect(vk *v, const vk_buffer *buffer, uint32_t word)
{
    kt_test *t = v->t;
    uint32_t expected[VK_WORDS];
    for (int i = 0; i < VK_WORDS; i++)
        expected[i] = word;
    CHECK_U32S(buffer->words, expected, VK_WORDS);
}

VkCommandBuffer vk_begin_at(vk *v, VkCommandBufferLevel level)
{
    kt_test *t = v->t;
    VkCommandBuffer commands = NULL;
    const VkCommandBufferAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = v->pool,
        .level = level,
        .commandBufferCount = 1,
    };
    CHECK_VK(v->AllocateCommandBuffers(v->device, &info, &commands));
    const VkCommandBufferInheritanceInfo inheritance = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_INHERITANCE_INFO,
    };
    const VkCommandBufferBeginInfo begin = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
        .flags = VK_COMMAND_BUFFER_USAGE_SIMULTANEOUS_USE_BIT,
        .pInheritanceInfo = &inheritance,
    };
    CHECK_VK(v->BeginCommandBuffer(commands, &begin));
    return commands;
}

VkCommandBuffer vk_begin(vk *v)
{
    return vk_begin_at(v, VK_COMMAND_BUFFER_LEVEL_PRIMARY);
}

void vk_end(vk *v, VkCommandBuffer commands)
{
    kt_test *t = v->t;
    CHECK_VK(v->EndCommandBuffer(commands));
}

void vk_affine(vk *v, VkCommandBuffer commands, const vk_buffer *buffer, uint32_t factor,
               uint32_t addend)
{
    const uint32_t push[3] = {VK_WORDS, factor, addend}, offset = 0;
    const VkPipelineBindPoint compute = VK_PIPELINE_BIND_POINT_COMPUTE;
    v->CmdBindPipeline(commands, compute, v->affine);
    v->CmdBindDescriptorSets(commands, compute, v->layout, 0, 1, &buffer->set, 1, &offset);
    v->CmdPushConstants(commands, v->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof push, push);
    v->CmdDispatch(commands, 1, 1, 1);
}

VkCommandBuffer vk_affine_alone(vk *v, const vk_buffer *buffer, uint32_t factor, uint32_t addend)
{
    VkCommandBuffer commands = vk_begin(v);
    vk_affine(v, commands, buffer, factor, addend);
    vk_end(v, commands);
    return commands;
}

void vk_barrier(vk *v, VkCommandBuffer commands, VkPipelineStageFlags src, VkPipelineStageFlags dst)
{
    const VkMemoryBarrier barrier = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT,
        .dstAccessMask = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT,
    };
    v->CmdPipelineBarrier(commands, src, dst, 0, 1, &barrier, 0, NULL, 0, NULL);
}

void vk_copy(vk *v, VkCommandBuffer commands, const vk_buffer *src, const vk_buffer *dst)
{
    const VkBufferCopy region = {0, 0, VK_BUFFER_BYTES};
    v->CmdCopyBuffer(commands, src->handle, dst->handle, 1, &region);
}

typedef struct owned_semaphore {
    vk *v;
    VkSemaphore handle;
} owned_semaphore;

static void destroy_semaphore(void *object)
{
    owned_semaphore *semaphore = object;
    vk *v = semaphore->v;
    v->DeviceWaitIdle(v->device);
    v->DestroySemaphore(v->device, semaphore->handle, NULL);
}

VkSemaphore vk_timeline(vk *v)
{
    kt_test *t = v->t;
    owned_semaphore *semaphore = kt_alloc(t, sizeof *semaphore);
    semaphore->v = v;
    const VkSemaphoreTypeCreateInfo type = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
        .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
    };
    const VkSemaphoreCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
        .pNext = &type,
    };
    CHECK_VK(v->CreateSemaphore(v->device, &info, NULL, &semaphore->handle));
    kt_defer(t, destroy_semaphore, semaphore);
    return semaphore->handle;
}

void vk_submit(vk *v, uint32_t queue, VkCommandBuffer commands, VkSemaphore wait,
               uint64_t wait_value, VkSemaphore signal, uint64_t signal_value)
{
    kt_test *t = v->t;
    const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
    const VkTimelineSemaphoreSubmitInfo values = {
        .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
        .waitSemaphoreValueCount = wait ? 1 : 0,
        .pWaitSemaphoreValues = &wait_value,
        .signalSemaphoreValueCount = signal ? 1 : 0,
        .pSignalSemaphoreValues = &signal_value,
    };
    const VkSubmitInfo info = {
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
        .pNext = &values,
        .waitSemaphoreCount = wait ? 1 : 0,
        .pWaitSemaphores = &wait,
        .pWaitDstStageMask = &stage,
        .commandBufferCount = commands ? 1 : 0,
        .pCommandBuffers = &commands,
        .signalSemaphoreCount = signal ? 1 : 0,
        .pSignalSemaphores = &signal,
    };
    CHECK_VK(v->QueueSubmit(v->queues[queue], 1, &info, VK_NULL_HANDLE));
}

void vk_run(vk *v, VkCommandBuffer commands)
{
    vk_submit(v, 0, commands, VK_NULL_HANDLE, 0, VK_NULL_HANDLE, 0);
}

void vk_end_and_run(vk *v, VkCommandBuffer commands)
{
    vk_end(v, commands);
    vk_run(v, commands);
}

VkResult vk_wait(vk *v, VkSemaphore semaphore, uint64_t value, uint64_t timeout_ns)
{
    const VkSemaphoreWaitInfo info = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
        .semaphoreCount = 1,
        .pSemaphores = &semaphore,
        .pValues = &value,
    };
    return v->WaitSemaphores(v->device, &info, timeout_ns);
}

void vk_idle(vk *v)
{
    kt_test *t = v->t;
    CHECK_VK(v->DeviceWaitIdle(v->device));
}
