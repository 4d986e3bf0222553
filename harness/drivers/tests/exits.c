// Writes that the host sees complete without a barrier to the host.
#include <stdio.h>

#include "vk.h"

enum {
    COMPUTE = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
    TRANSFER = VK_PIPELINE_STAGE_TRANSFER_BIT,
    TO_HOST = VK_PIPELINE_STAGE_HOST_BIT,
};

// The ways to write a buffer.
typedef enum writer { KERNEL, FILL, COPY, UPDATE, WRITERS } writer;

static void write_by(vk *v, VkCommandBuffer commands, writer by, const vk_buffer *dst,
                     const vk_buffer *other)
{
    switch (by) {
    case KERNEL:
        vk_affine(v, commands, dst, 2, 1);
        break;
    case FILL:
        v->CmdFillBuffer(commands, dst->handle, 0, VK_WHOLE_SIZE, 9);
        break;
    case COPY:
        vk_copy(v, commands, other, dst);
        break;
    case UPDATE:
        v->CmdUpdateBuffer(commands, dst->handle, 0, 4, "abcd");
        break;
    case WRITERS:
        break;
    }
}

TEST(writes_without_a_host_barrier_are_found)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "exits");
    if (!v)
        return;
    vk_buffer buffer = vk_buffer_create(v), other = vk_buffer_create(v);
    VkSemaphore timeline = vk_timeline(v);
    for (uint32_t by = 0; by < WRITERS; by++) {
        proxy->reset_counts();
        VkCommandBuffer commands = vk_begin(v);
        write_by(v, commands, (writer)by, &buffer, &other);
        vk_barrier(v, commands, COMPUTE | TRANSFER, COMPUTE | TRANSFER);
        vk_end(v, commands);
        vk_submit(v, 0, commands, VK_NULL_HANDLE, 0, timeline, by + 1);
        CHECK_EQ_U64(proxy->violations(), 0); // nobody has looked
        uint64_t value;
        if (by % 2)
            CHECK_VK(vk_wait(v, timeline, by + 1, UINT64_MAX));
        else
            CHECK_VK(v->GetSemaphoreCounterValue(v->device, timeline, &value));
        CHECK_EQ_U64(proxy->violations(), 1);
        char text[512];
        proxy->violations_text(text, sizeof text);
        CHECK_CONTAINS(text,
                       by == KERNEL ? "a kernel wrote VkBuffer" : "a transfer wrote VkBuffer");
        CHECK_CONTAINS(text, "HOST_READ");
    }
    proxy->reset_counts();
    vk_buffer_destroy(v, &buffer);
    vk_buffer_destroy(v, &other);
}

TEST(a_host_barrier_is_enough)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "exits;reorder=3");
    if (!v)
        return;
    vk_buffer buffer = vk_buffer_create(v), other = vk_buffer_create(v);
    for (uint32_t by = 0; by < WRITERS; by++) {
        VkPipelineStageFlags stage = by == KERNEL ? COMPUTE : TRANSFER;
        VkCommandBuffer commands = vk_begin(v);
        write_by(v, commands, (writer)by, &buffer, &other);
        vk_end_and_run(v, commands);
        commands = vk_begin(v); // a later submission does as well, and so does a chain
        if (by % 2) {
            vk_barrier(v, commands, stage, VK_PIPELINE_STAGE_DRAW_INDIRECT_BIT);
            stage = VK_PIPELINE_STAGE_DRAW_INDIRECT_BIT;
        }
        vk_barrier(v, commands, stage, TO_HOST);
        vk_end_and_run(v, commands);
        vk_idle(v);
    }
    CHECK_EQ_U64(proxy->violations(), 0);
    CHECK_EQ_U64(proxy->barriers(KRONOS_PROXY_BARRIER_EXIT), WRITERS);
    CHECK_EQ_U64(proxy->barriers(KRONOS_PROXY_BARRIER_ENTRY), 2);

    // The wrong stage, or a barrier ahead of the write, is not.
    VkCommandBuffer commands = vk_begin(v);
    vk_barrier(v, commands, COMPUTE, TO_HOST);
    write_by(v, commands, KERNEL, &buffer, &other);
    vk_barrier(v, commands, TRANSFER, TO_HOST);
    vk_end_and_run(v, commands);
    CHECK_VK(v->QueueWaitIdle(v->queues[0]));
    CHECK_EQ_U64(proxy->violations(), 1);
    proxy->reset_counts();
    vk_buffer_destroy(v, &buffer);
    vk_buffer_destroy(v, &other);
}

// A kernel that reads one buffer and writes another.
typedef struct gatherer {
    VkDescriptorSetLayout set_layout;
    VkPipelineLayout layout;
    VkPipeline pipeline;
    VkDescriptorSet set;
} gatherer;

static gatherer create_gatherer(vk *v, const vk_buffer *read, const vk_buffer *written)
{
    kt_test *t = v->t;
    gatherer made;
    made.layout = vk_layout(v, 0, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC, 2, &made.set_layout);
    made.pipeline = vk_pipeline(v, made.layout, "gather_stride");
    const VkDescriptorSetAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorPool = v->set_pool,
        .descriptorSetCount = 1,
        .pSetLayouts = &made.set_layout,
    };
    CHECK_VK(v->AllocateDescriptorSets(v->device, &info, &made.set));
    const VkDescriptorBufferInfo ranges[] = {{read->handle, 0, VK_WHOLE_SIZE},
                                             {written->handle, 0, VK_WHOLE_SIZE}};
    const VkWriteDescriptorSet write = {
        .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
        .dstSet = made.set,
        .descriptorCount = 1,
        .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC,
        .pBufferInfo = &ranges[0],
    };
    VkWriteDescriptorSet writes[] = {write, write};
    writes[1].dstBinding = 1;
    writes[1].pBufferInfo = &ranges[1];
    v->UpdateDescriptorSets(v->device, 2, writes, 0, NULL);
    return made;
}

static void destroy_gatherer(vk *v, gatherer *dead)
{
    v->FreeDescriptorSets(v->device, v->set_pool, 1, &dead->set);
    v->DestroyPipeline(v->device, dead->pipeline, NULL);
    v->DestroyPipelineLayout(v->device, dead->layout, NULL);
    v->DestroyDescriptorSetLayout(v->device, dead->set_layout, NULL);
}

static void gather(vk *v, VkCommandBuffer commands, const gatherer *by)
{
    const VkPipelineBindPoint compute = VK_PIPELINE_BIND_POINT_COMPUTE;
    const uint32_t offsets[2] = {0}, push[2] = {0, 1};
    v->CmdBindPipeline(commands, compute, by->pipeline);
    v->CmdBindDescriptorSets(commands, compute, by->layout, 0, 1, &by->set, 2, offsets);
    v->CmdPushConstants(commands, by->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof push, push);
    v->CmdDispatch(commands, 1, 1, 1);
}

// Of two buffers in memory that the host has mapped, kernels and copies that read one and write the
// other are reported for the other.
TEST(only_what_is_written_counts)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "exits");
    if (!v)
        return;
    vk_buffer read = vk_buffer_create(v), written = vk_buffer_create(v);
    gatherer by = create_gatherer(v, &read, &written);
    for (int kernel = 0; kernel < 2; kernel++) {
        proxy->reset_counts();
        vk_set(&read, 7 + (uint32_t)kernel);
        VkCommandBuffer commands = vk_begin(v);
        if (kernel)
            gather(v, commands, &by);
        else
            vk_copy(v, commands, &read, &written);
        vk_end_and_run(v, commands);
        vk_idle(v);
        vk_expect(v, &written, 7 + (uint32_t)kernel);
        CHECK_EQ_U64(proxy->violations(), 1);
    }
    proxy->reset_counts();
    destroy_gatherer(v, &by);
    vk_buffer_destroy(v, &read);
    vk_buffer_destroy(v, &written);
}

// Puts the buffer of one set into another, in the three ways there are.
static void change_set(vk *v, VkDescriptorSet set, const vk_buffer *to, uint32_t way)
{
    kt_test *t = v->t;
    const VkDescriptorBufferInfo range = {to->handle, 0, VK_WHOLE_SIZE};
    const VkWriteDescriptorSet write = {
        .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
        .dstSet = set,
        .descriptorCount = 1,
        .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC,
        .pBufferInfo = &range,
    };
    const VkCopyDescriptorSet copy = {
        .sType = VK_STRUCTURE_TYPE_COPY_DESCRIPTOR_SET,
        .srcSet = to->set,
        .dstSet = set,
        .descriptorCount = 1,
    };
    const VkDescriptorUpdateTemplateEntry entry = {
        .descriptorCount = 1,
        .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC,
    };
    const VkDescriptorUpdateTemplateCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_UPDATE_TEMPLATE_CREATE_INFO,
        .descriptorUpdateEntryCount = 1,
        .pDescriptorUpdateEntries = &entry,
        .descriptorSetLayout = v->set_layout,
    };
    VkDescriptorUpdateTemplate shape;
    CHECK_VK(v->CreateDescriptorUpdateTemplate(v->device, &info, NULL, &shape));
    if (way == 0)
        v->UpdateDescriptorSets(v->device, 1, &write, 0, NULL);
    else if (way == 1)
        v->UpdateDescriptorSets(v->device, 0, NULL, 1, &copy);
    else
        v->UpdateDescriptorSetWithTemplate(v->device, set, shape, &range);
    v->DestroyDescriptorUpdateTemplate(v->device, shape, NULL);
}

TEST(sets_are_followed_however_they_are_written)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    for (uint32_t way = 0; way < 3; way++) {
        vk *v = vk_open_proxy(t, "exits");
        if (!v)
            return;
        vk_buffer first = vk_buffer_create(v), second = vk_buffer_create(v);
        change_set(v, first.set, &second, way);
        v->DestroyBuffer(v->device, first.handle, NULL); // its set leads elsewhere
        first.handle = VK_NULL_HANDLE;
        vk_run(v, vk_affine_alone(v, &first, 1, 5));
        vk_idle(v);
        vk_expect(v, &second, 5);
        CHECK_EQ_U64(proxy->violations(), 1);
        proxy->reset_counts();
        vk_buffer_destroy(v, &first);
        vk_buffer_destroy(v, &second);
        vk_close(v);
    }
}

TEST(memory_that_is_mapped_later_counts)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "exits");
    if (!v)
        return;
    vk_buffer buffer = vk_buffer_create(v);
    VkMemoryRequirements needs;
    v->GetBufferMemoryRequirements(v->device, buffer.handle, &needs);
    const VkMemoryAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .allocationSize = needs.size,
    };
    VkBuffer unmapped;
    const VkBufferCreateInfo create = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .size = VK_BUFFER_BYTES,
        .usage = VK_BUFFER_USAGE_TRANSFER_DST_BIT,
    };
    VkDeviceMemory memory;
    CHECK_VK(v->CreateBuffer(v->device, &create, NULL, &unmapped));
    CHECK_VK(v->AllocateMemory(v->device, &info, NULL, &memory));
    CHECK_VK(v->BindBufferMemory(v->device, unmapped, memory, 0));
    VkCommandBuffer commands = vk_begin(v);
    v->CmdFillBuffer(commands, unmapped, 0, VK_WHOLE_SIZE, 9);
    vk_end_and_run(v, commands);
    vk_idle(v);
    CHECK_EQ_U64(proxy->violations(), 0);
    void *bytes;
    CHECK_VK(v->MapMemory(v->device, memory, 0, VK_WHOLE_SIZE, 0, &bytes));
    CHECK_EQ_U64(proxy->violations(), 1);
    proxy->reset_counts();
    v->DestroyBuffer(v->device, unmapped, NULL);
    v->FreeMemory(v->device, memory, NULL);
    vk_buffer_destroy(v, &buffer);
}

TEST(a_dropped_exit_barrier_is_found)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    for (uint32_t dropped = 0; dropped < 3; dropped++) {
        char spec[32];
        snprintf(spec, sizeof spec, dropped ? "exits;drop=exit:%u" : "exits;drop=exit", dropped);
        vk *v = vk_open_proxy(t, spec);
        if (!v)
            return;
        vk_buffer buffer = vk_buffer_create(v);
        for (uint32_t i = 1; i <= 2; i++) {
            proxy->reset_counts();
            VkCommandBuffer commands = vk_begin(v);
            vk_affine(v, commands, &buffer, 2, 1);
            vk_barrier(v, commands, COMPUTE, TO_HOST);
            vk_end_and_run(v, commands);
            vk_idle(v);
            CHECK_EQ_U64(proxy->violations(), !dropped || dropped == i);
        }
        proxy->reset_counts();
        vk_buffer_destroy(v, &buffer);
        vk_close(v);
    }
}
