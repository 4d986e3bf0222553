#include "sides.h"

static VkCommandBuffer begin_in(const side *of)
{
    vk *v = of->v;
    const VkCommandPool usual = v->pool;
    v->pool = of->pool;
    VkCommandBuffer commands = vk_begin(v);
    v->pool = usual;
    return commands;
}

side side_create(vk *v, uint32_t queue)
{
    kt_test *t = v->t;
    side made = {.v = v, .queue = v->queues[queue]};
    const VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO};
    CHECK_VK(v->CreateCommandPool(v->device, &pool, NULL, &made.pool));
    const VkDescriptorPoolSize size = {VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC, 4};
    const VkDescriptorPoolCreateInfo sets = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
        .flags = VK_DESCRIPTOR_POOL_CREATE_FREE_DESCRIPTOR_SET_BIT,
        .maxSets = 4,
        .poolSizeCount = 1,
        .pPoolSizes = &size,
    };
    CHECK_VK(v->CreateDescriptorPool(v->device, &sets, NULL, &made.set_pool));
    const VkFenceCreateInfo fence = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    CHECK_VK(v->CreateFence(v->device, &fence, NULL, &made.fence));
    made.semaphore = vk_timeline(v);
    made.buffer = vk_buffer_create(v);
    v->UnmapMemory(v->device, made.buffer.memory);
    made.commands = begin_in(&made);
    made.others = begin_in(&made);
    return made;
}

void side_destroy(side *of)
{
    vk *v = of->v;
    v->DestroyFence(v->device, of->fence, NULL);
    v->DestroyCommandPool(v->device, of->pool, NULL);
    v->DestroyDescriptorPool(v->device, of->set_pool, NULL);
    of->buffer.words = NULL;
    vk_buffer_destroy(v, &of->buffer);
}

void side_label(const side *of, VkObjectType type, uint64_t handle, const char *name)
{
    const VkDebugUtilsObjectNameInfoEXT info = {
        .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_OBJECT_NAME_INFO_EXT,
        .objectType = type,
        .objectHandle = handle,
        .pObjectName = name,
    };
    of->v->SetDebugUtilsObjectNameEXT(of->v->device, &info);
}

void side_submit(const side *of)
{
    of->v->QueueSubmit(of->queue, 0, NULL, VK_NULL_HANDLE);
}

static void wait_for_device(const side *of)
{
    of->v->DeviceWaitIdle(of->v->device);
}

static void record(const side *of)
{
    of->v->CmdFillBuffer(of->commands, of->buffer.handle, 0, 4, 0);
}

static void record_others(const side *of)
{
    of->v->CmdFillBuffer(of->others, of->buffer.handle, 0, 4, 0);
}

static void allocate_commands(const side *of)
{
    vk *v = of->v;
    VkCommandBuffer made;
    const VkCommandBufferAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = of->pool,
        .commandBufferCount = 1,
    };
    if (v->AllocateCommandBuffers(v->device, &info, &made) == VK_SUCCESS)
        v->FreeCommandBuffers(v->device, of->pool, 1, &made);
}

static void allocate_set(const side *of)
{
    vk *v = of->v;
    VkDescriptorSet made;
    const VkDescriptorSetAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorPool = of->set_pool,
        .descriptorSetCount = 1,
        .pSetLayouts = &v->set_layout,
    };
    if (v->AllocateDescriptorSets(v->device, &info, &made) == VK_SUCCESS)
        v->FreeDescriptorSets(v->device, of->set_pool, 1, &made);
}

void side_update_set(const side *of)
{
    const VkDescriptorBufferInfo range = {of->buffer.handle, 0, VK_WHOLE_SIZE};
    const VkWriteDescriptorSet write = {
        .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
        .dstSet = of->buffer.set,
        .descriptorCount = 1,
        .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC,
        .pBufferInfo = &range,
    };
    of->v->UpdateDescriptorSets(of->v->device, 1, &write, 0, NULL);
}

void side_bind_set(const side *of)
{
    const uint32_t offset = 0;
    of->v->CmdBindDescriptorSets(of->commands, VK_PIPELINE_BIND_POINT_COMPUTE, of->v->layout, 0, 1,
                                 &of->buffer.set, 1, &offset);
}

static void reset_fence(const side *of)
{
    of->v->ResetFences(of->v->device, 1, &of->fence);
}

static void ask_fence(const side *of)
{
    of->v->GetFenceStatus(of->v->device, of->fence);
}

static void name_semaphore(const side *of)
{
    side_label(of, VK_OBJECT_TYPE_SEMAPHORE, (uint64_t)of->semaphore, "shared");
}

static void ask_semaphore(const side *of)
{
    uint64_t value;
    of->v->GetSemaphoreCounterValue(of->v->device, of->semaphore, &value);
}

static void map(const side *of)
{
    void *bytes;
    vk *v = of->v;
    if (v->MapMemory(v->device, of->buffer.memory, 0, VK_WHOLE_SIZE, 0, &bytes) == VK_SUCCESS)
        v->UnmapMemory(v->device, of->buffer.memory);
}

const side_kind side_kinds[SIDE_KINDS] = {
    {"queue", side_submit, side_submit, "VkQueue"},
    {"queue_of_idle_device", side_submit, wait_for_device, "VkQueue"},
    {"command_buffer", record, record, "VkCommandBuffer"},
    {"command_pool_of_recorded", record, record_others, "VkCommandPool"},
    {"command_pool", record, allocate_commands, "VkCommandPool"},
    {"descriptor_pool", allocate_set, allocate_set, "VkDescriptorPool"},
    {"descriptor_set", side_update_set, side_update_set, "VkDescriptorSet"},
    {"descriptor_set_bound", side_update_set, side_bind_set, "VkDescriptorSet"},
    {"fence", reset_fence, ask_fence, "VkFence"},
    {"semaphore", name_semaphore, ask_semaphore, "VkSemaphore"},
    {"memory", map, map, "VkDeviceMemory"},
};

void side_name_everything(const side *of)
{
    const struct {
        VkObjectType type;
        uint64_t handle;
    } rows[] = {
        {VK_OBJECT_TYPE_QUEUE, (uintptr_t)of->queue},
        {VK_OBJECT_TYPE_COMMAND_POOL, (uint64_t)of->pool},
        {VK_OBJECT_TYPE_COMMAND_BUFFER, (uintptr_t)of->commands},
        {VK_OBJECT_TYPE_DESCRIPTOR_POOL, (uint64_t)of->set_pool},
        {VK_OBJECT_TYPE_DESCRIPTOR_SET, (uint64_t)of->buffer.set},
        {VK_OBJECT_TYPE_FENCE, (uint64_t)of->fence},
        {VK_OBJECT_TYPE_SEMAPHORE, (uint64_t)of->semaphore},
        {VK_OBJECT_TYPE_DEVICE_MEMORY, (uint64_t)of->buffer.memory},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        side_label(of, rows[i].type, rows[i].handle, "shared");
}

void side_do_everything(const side *of)
{
    for (int i = 0; i < SIDE_KINDS; i++) {
        if (side_kinds[i].left != wait_for_device)
            side_kinds[i].left(of);
        if (side_kinds[i].right != wait_for_device)
            side_kinds[i].right(of);
    }
}
