// The figures that the proxy counts.
#include "counts.h"
#include "vk.h"

enum { COMPUTE = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT };

typedef struct expected {
    kro__figure figure;
    uint64_t number;
} expected;

// Each figure that is expected, and no other.
static void check_figures(kt_test *t, const kronos_proxy_api *proxy, const expected *rows,
                          size_t count)
{
    for (int i = 0; i < KRO__FIGURE_COUNT; i++) {
        uint64_t number = 0;
        for (size_t r = 0; r < count; r++)
            if (rows[r].figure == (kro__figure)i)
                number = rows[r].number;
        LOGF(t, "%s", kro__figures[i].name);
        CHECK_EQ_U64(proxy->figure(kro__figures[i].name), number);
    }
    CHECK_EQ_U64(proxy->figure("no_such_figure"), 0);
    proxy->reset_counts();
}
#define CHECK_FIGURES(...)                                   \
    check_figures(t, proxy, (const expected[]){__VA_ARGS__}, \
                  sizeof((const expected[]){__VA_ARGS__}) / sizeof(expected))

static void barrier_of_each_kind(vk *v, VkCommandBuffer commands, const vk_buffer *buffer)
{
    const VkMemoryBarrier one = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER};
    const VkMemoryBarrier memory[] = {one, one, one};
    const VkBufferMemoryBarrier of_buffer = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_MEMORY_BARRIER,
        .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .buffer = buffer->handle,
        .size = VK_WHOLE_SIZE,
    };
    v->CmdPipelineBarrier(commands, COMPUTE, COMPUTE, 0, 3, memory, 1, &of_buffer, 0, NULL);
    v->CmdPipelineBarrier(commands, COMPUTE, COMPUTE | VK_PIPELINE_STAGE_DRAW_INDIRECT_BIT, 0, 0,
                          NULL, 0, NULL, 0, NULL);
}

TEST(commands_count_when_they_are_submitted)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "");
    if (!v)
        return;
    vk_buffer buffer = vk_buffer_create(v);
    proxy->reset_counts();
    VkCommandBuffer commands = vk_begin(v);
    vk_affine(v, commands, &buffer, 2, 0);
    barrier_of_each_kind(v, commands, &buffer);
    vk_affine(v, commands, &buffer, 2, 0);
    vk_end(v, commands);
    CHECK_FIGURES({KRO__FIGURE_command_buffers_recorded, 1}, {KRO__FIGURE_objects_created, 1});
    for (int i = 0; i < 3; i++) {
        vk_run(v, commands);
        vk_idle(v);
    }
    CHECK_FIGURES({KRO__FIGURE_submits, 3}, {KRO__FIGURE_command_buffers_submitted, 3},
                  {KRO__FIGURE_dispatches, 6}, {KRO__FIGURE_barriers, 6},
                  {KRO__FIGURE_memory_barriers, 9}, {KRO__FIGURE_buffer_barriers, 3},
                  {KRO__FIGURE_execution_barriers, 3}, {KRO__FIGURE_indirect_barriers, 3});
    // What is recorded anew has forgotten what it held.
    CHECK_VK(v->ResetCommandPool(v->device, v->pool, 0));
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    CHECK_VK(v->BeginCommandBuffer(commands, &begin));
    vk_end_and_run(v, commands);
    vk_idle(v);
    CHECK_FIGURES({KRO__FIGURE_command_buffers_recorded, 1}, {KRO__FIGURE_submits, 1},
                  {KRO__FIGURE_command_buffers_submitted, 1});
    vk_buffer_destroy(v, &buffer);
}

TEST(what_a_command_buffer_executes_counts_with_it)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "");
    if (!v)
        return;
    vk_buffer buffer = vk_buffer_create(v);
    VkCommandBuffer secondary = vk_begin_at(v, VK_COMMAND_BUFFER_LEVEL_SECONDARY);
    vk_affine(v, secondary, &buffer, 2, 0);
    barrier_of_each_kind(v, secondary, &buffer);
    vk_end(v, secondary);
    proxy->reset_counts();
    VkCommandBuffer commands = vk_begin(v);
    vk_affine(v, commands, &buffer, 2, 0);
    v->CmdExecuteCommands(commands, 1, &secondary);
    vk_end_and_run(v, commands);
    vk_idle(v);
    CHECK_FIGURES({KRO__FIGURE_command_buffers_recorded, 1}, {KRO__FIGURE_objects_created, 1},
                  {KRO__FIGURE_submits, 1}, {KRO__FIGURE_command_buffers_submitted, 1},
                  {KRO__FIGURE_dispatches, 2}, {KRO__FIGURE_barriers, 2},
                  {KRO__FIGURE_memory_barriers, 3}, {KRO__FIGURE_buffer_barriers, 1},
                  {KRO__FIGURE_execution_barriers, 1}, {KRO__FIGURE_indirect_barriers, 1});
    vk_buffer_destroy(v, &buffer);
}

TEST(calls_that_fail_count_for_nothing)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "");
    if (!v)
        return;
    vk_configure(t, "fail=vkQueueSubmit:1:VK_ERROR_OUT_OF_HOST_MEMORY;"
                    "fail=vkAllocateMemory:1:VK_ERROR_OUT_OF_DEVICE_MEMORY;"
                    "fail=vkBeginCommandBuffer:1:VK_ERROR_OUT_OF_HOST_MEMORY");
    proxy->reset_counts();
    VkCommandBuffer commands;
    const VkCommandBufferAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = v->pool,
        .commandBufferCount = 1,
    };
    CHECK_VK(v->AllocateCommandBuffers(v->device, &info, &commands));
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    CHECK_EQ_I64(v->BeginCommandBuffer(commands, &begin), VK_ERROR_OUT_OF_HOST_MEMORY);
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO};
    CHECK_EQ_I64(v->QueueSubmit(v->queues[0], 1, &submit, VK_NULL_HANDLE),
                 VK_ERROR_OUT_OF_HOST_MEMORY);
    const VkMemoryAllocateInfo memory = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .allocationSize = 4096,
    };
    VkDeviceMemory handle;
    CHECK_EQ_I64(v->AllocateMemory(v->device, &memory, NULL, &handle),
                 VK_ERROR_OUT_OF_DEVICE_MEMORY);
    CHECK_FIGURES({KRO__FIGURE_objects_created, 1}); // the command buffer
    CHECK_VK(v->AllocateMemory(v->device, &memory, NULL, &handle));
    v->FreeMemory(v->device, handle, NULL);
    CHECK_FIGURES({KRO__FIGURE_objects_created, 1}, {KRO__FIGURE_memory_allocations, 1},
                  {KRO__FIGURE_memory_bytes, 4096});
}

// A template that writes some storage buffers.
static VkDescriptorUpdateTemplate make_template(vk *v, const VkDescriptorUpdateTemplateEntry *entry)
{
    kt_test *t = v->t;
    const VkDescriptorUpdateTemplateCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_UPDATE_TEMPLATE_CREATE_INFO,
        .descriptorUpdateEntryCount = 1,
        .pDescriptorUpdateEntries = entry,
        .descriptorSetLayout = v->set_layout,
    };
    VkDescriptorUpdateTemplate made = VK_NULL_HANDLE;
    CHECK_VK(v->CreateDescriptorUpdateTemplate(v->device, &info, NULL, &made));
    return made;
}

TEST(descriptors_count_however_they_are_written)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "");
    if (!v)
        return;
    const VkDescriptorType type = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC;
    vk_buffer buffer = vk_buffer_create(v), other = vk_buffer_create(v);
    const VkDescriptorBufferInfo range = {buffer.handle, 0, VK_WHOLE_SIZE};
    const VkWriteDescriptorSet write = {
        .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
        .dstSet = buffer.set,
        .descriptorCount = 1,
        .descriptorType = type,
        .pBufferInfo = &range,
    };
    const VkCopyDescriptorSet copy = {
        .sType = VK_STRUCTURE_TYPE_COPY_DESCRIPTOR_SET,
        .srcSet = buffer.set,
        .dstSet = other.set,
        .descriptorCount = 1,
    };
    proxy->reset_counts();
    const VkWriteDescriptorSet twice[] = {write, write};
    v->UpdateDescriptorSets(v->device, 2, twice, 1, &copy);
    CHECK_FIGURES({KRO__FIGURE_descriptor_writes, 3});

    VkDescriptorUpdateTemplate shape = make_template(
        v, &(const VkDescriptorUpdateTemplateEntry){.descriptorCount = 1, .descriptorType = type});
    CHECK_FIGURES({KRO__FIGURE_objects_created, 1});
    v->UpdateDescriptorSetWithTemplate(v->device, buffer.set, shape, &range);
    v->UpdateDescriptorSetWithTemplate(v->device, other.set, shape, &range);
    CHECK_FIGURES({KRO__FIGURE_descriptor_writes, 2});
    v->DestroyDescriptorUpdateTemplate(v->device, shape, NULL);
    vk_buffer_destroy(v, &buffer);
    vk_buffer_destroy(v, &other);
}

TEST(pushed_descriptors_count)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "");
    if (!v)
        return;
    if (!v->CmdPushDescriptorSetKHR) {
        SKIP(t, "push descriptors");
        return;
    }
    VkDescriptorSetLayout set_layout;
    VkPipelineLayout layout = vk_layout(v, VK_DESCRIPTOR_SET_LAYOUT_CREATE_PUSH_DESCRIPTOR_BIT_KHR,
                                        VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, &set_layout);
    vk_buffer buffer = vk_buffer_create(v);
    const VkDescriptorBufferInfo range = {buffer.handle, 0, VK_WHOLE_SIZE};
    const VkWriteDescriptorSet write = {
        .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
        .descriptorCount = 1,
        .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
        .pBufferInfo = &range,
    };
    VkCommandBuffer commands = vk_begin(v);
    proxy->reset_counts();
    v->CmdPushDescriptorSetKHR(commands, VK_PIPELINE_BIND_POINT_COMPUTE, layout, 0, 1, &write);
    CHECK_FIGURES({KRO__FIGURE_descriptor_writes, 1});
    vk_end(v, commands);
    vk_buffer_destroy(v, &buffer);
    v->DestroyPipelineLayout(v->device, layout, NULL);
    v->DestroyDescriptorSetLayout(v->device, set_layout, NULL);
}
