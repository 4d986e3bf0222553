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
        vk_end(v, commands);
        vk_run(v, commands);
        commands = vk_begin(v); // a later submission does as well, and so does a chain
        if (by % 2) {
            vk_barrier(v, commands, stage, VK_PIPELINE_STAGE_DRAW_INDIRECT_BIT);
            stage = VK_PIPELINE_STAGE_DRAW_INDIRECT_BIT;
        }
        vk_barrier(v, commands, stage, TO_HOST);
        vk_end(v, commands);
        vk_run(v, commands);
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
    vk_end(v, commands);
    vk_run(v, commands);
    CHECK_VK(v->QueueWaitIdle(v->queues[0]));
    CHECK_EQ_U64(proxy->violations(), 1);
    proxy->reset_counts();
    vk_buffer_destroy(v, &buffer);
    vk_buffer_destroy(v, &other);
}

// Copying from a buffer writes only the other one.
TEST(only_what_a_kernel_writes_counts)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "exits");
    if (!v)
        return;
    vk_buffer read = vk_buffer_create(v), written = vk_buffer_create(v);
    v->UnmapMemory(v->device, read.memory);
    VkCommandBuffer commands = vk_begin(v);
    vk_copy(v, commands, &read, &written);
    vk_barrier(v, commands, TRANSFER, TO_HOST);
    vk_end(v, commands);
    vk_run(v, commands);
    vk_idle(v);
    CHECK_EQ_U64(proxy->violations(), 0);
    vk_buffer_destroy(v, &read);
    vk_buffer_destroy(v, &written);
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
    vk_end(v, commands);
    vk_run(v, commands);
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
            vk_end(v, commands);
            vk_run(v, commands);
            vk_idle(v);
            CHECK_EQ_U64(proxy->violations(), !dropped || dropped == i);
        }
        proxy->reset_counts();
        vk_buffer_destroy(v, &buffer);
        vk_close(v);
    }
}
