// What happens to held work: command buffers that cannot be taken apart, barriers that are dropped
// on purpose, objects that go too early.
#include <stdio.h>

#include "programs.h"

enum { COMPUTE = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT };

// words = words * 5 + 7, behind something that is left to the driver: an ownership transfer.
static void opaque_affine(vk *v, VkCommandBuffer commands, const vk_buffer *buffer)
{
    const VkBufferMemoryBarrier barrier = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
        .dstAccessMask = VK_ACCESS_SHADER_READ_BIT,
        .srcQueueFamilyIndex = 0,
        .dstQueueFamilyIndex = VK_QUEUE_FAMILY_EXTERNAL,
        .buffer = buffer->handle,
        .size = VK_WHOLE_SIZE,
    };
    v->CmdPipelineBarrier(commands, COMPUTE, COMPUTE, 0, 0, NULL, 1, &barrier, 0, NULL);
    vk_affine(v, commands, buffer, 5, 7);
}

static void around_opaque(vk *v, const vk_buffer *buffer)
{
    vk_run(v, vk_affine_alone(v, buffer, 3, 1));
    VkCommandBuffer opaque = vk_begin(v);
    opaque_affine(v, opaque, buffer);
    vk_end_and_run(v, opaque);
    vk_run(v, vk_affine_alone(v, buffer, 2, 1));
}

static void around_opaque_secondary(vk *v, const vk_buffer *buffer)
{
    VkCommandBuffer secondary = vk_begin_at(v, VK_COMMAND_BUFFER_LEVEL_SECONDARY);
    opaque_affine(v, secondary, buffer);
    vk_end(v, secondary);
    VkCommandBuffer opaque = vk_begin(v);
    v->CmdExecuteCommands(opaque, 1, &secondary);
    vk_end(v, opaque);
    vk_run(v, vk_affine_alone(v, buffer, 3, 1));
    vk_run(v, opaque);
    vk_run(v, vk_affine_alone(v, buffer, 2, 1));
}

// A command buffer with something that cannot be taken apart runs as it was written, between
// everything else on its queue.
TEST(opaque_command_buffers_run_as_they_are)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "reorder=20");
    if (!v)
        return;
    program_expect_order(v, around_opaque, 55);
    CHECK_EQ_U64(proxy->opaque(), PROGRAM_ROUNDS);
    program_expect_order(v, around_opaque_secondary, 55);
    CHECK_EQ_U64(proxy->opaque(), 2 * PROGRAM_ROUNDS);
}

// Timestamps keep their place and separate what is around them.
TEST(timestamps_stay_where_they_are)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "reorder=25");
    if (!v)
        return;
    vk_buffer buffer = vk_buffer_create(v);
    const VkQueryPoolCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
        .queryType = VK_QUERY_TYPE_TIMESTAMP,
        .queryCount = 2,
    };
    VkQueryPool queries;
    CHECK_VK(v->CreateQueryPool(v->device, &info, NULL, &queries));
    for (int i = 0; i < 50; i++) {
        vk_set(&buffer, 1);
        VkCommandBuffer timed = vk_begin(v);
        vk_affine(v, timed, &buffer, 3, 1);
        v->CmdResetQueryPool(timed, queries, 0, 2);
        v->CmdWriteTimestamp(timed, VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT, queries, 0);
        vk_affine(v, timed, &buffer, 5, 7);
        v->CmdWriteTimestamp(timed, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, queries, 1);
        vk_end_and_run(v, timed);
        uint64_t times[2] = {0};
        CHECK_VK(v->GetQueryPoolResults(v->device, queries, 0, 2, sizeof times, times, 8,
                                        VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT));
        CHECK(times[0] <= times[1] && times[1] != 0);
        vk_expect(v, &buffer, 27);
    }
    CHECK_EQ_U64(proxy->opaque(), 0);
    vk_idle(v);
    v->DestroyQueryPool(v->device, queries, NULL);
    vk_buffer_destroy(v, &buffer);
}

// Two level barriers and an entry barrier; leaving out any one of them shows.
static void three_barriers(vk *v, const vk_buffer *buffer)
{
    const uint32_t addends[3] = {1, 7, 2};
    VkCommandBuffer commands = vk_begin(v), entry = vk_begin(v);
    for (uint32_t i = 0; i < 3; i++) {
        if (i)
            vk_barrier(v, commands, COMPUTE, COMPUTE);
        vk_affine(v, commands, buffer, i + 2, addends[i]);
    }
    vk_end(v, commands);
    vk_barrier(v, entry, COMPUTE, COMPUTE);
    vk_end(v, entry);
    vk_run(v, commands);
    vk_run(v, entry);
    vk_run(v, vk_affine_alone(v, buffer, 9, 5));
}

TEST(dropped_barriers_show)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    static const struct {
        const char *drop;
        bool shows;
    } rows[] = {
        {"level:1", true},  {"level:2", true},  {"entry:1", true}, {"level", true},
        {"level:3", false}, {"entry:2", false}, {"entry", true},
    };
    const uint32_t expected = (((1 * 2 + 1) * 3 + 7) * 4 + 2) * 9 + 5;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t wrong = 0;
        for (int seed = 0; seed < 12; seed++) {
            char spec[64];
            snprintf(spec, sizeof spec, "reorder=%d;drop=%s", seed, rows[i].drop);
            vk *v = vk_open_proxy(t, spec);
            if (!v)
                return;
            vk_buffer buffer = vk_buffer_create(v);
            vk_set(&buffer, 1);
            three_barriers(v, &buffer);
            vk_idle(v);
            wrong += !vk_holds(&buffer, expected);
            CHECK_EQ_U64(proxy->barriers(KRONOS_PROXY_BARRIER_LEVEL), 2);
            CHECK_EQ_U64(proxy->barriers(KRONOS_PROXY_BARRIER_ENTRY), 1);
            CHECK_EQ_U64(proxy->barriers(KRONOS_PROXY_BARRIER_EXIT), 0);
            vk_buffer_destroy(v, &buffer);
            vk_close(v);
        }
        LOGF(t, "drop=%s: %u of 12 seeds wrong", rows[i].drop, wrong);
        CHECK((wrong > 0) == rows[i].shows);
    }
}

TEST(early_reuse_is_a_violation)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "reorder=21");
    if (!v)
        return;
    vk_buffer buffer = vk_buffer_create(v);
    VkSemaphore timeline = vk_timeline(v);
    VkCommandBuffer commands = vk_affine_alone(v, &buffer, 1, 1);
    vk_submit(v, 0, commands, VK_NULL_HANDLE, 0, timeline, 1);
    CHECK_VK(vk_wait(v, timeline, 1, UINT64_MAX));
    CHECK_VK(v->ResetCommandPool(v->device, v->pool, 0));
    CHECK_EQ_U64(proxy->violations(), 0);

    vk_submit(v, 0, vk_affine_alone(v, &buffer, 1, 1), VK_NULL_HANDLE, 0, timeline, 2);
    CHECK_VK(v->ResetCommandPool(v->device, v->pool, 0));
    char text[512];
    CHECK_EQ_U64(proxy->violations(), 1);
    proxy->violations_text(text, sizeof text);
    CHECK_CONTAINS(text, "vkResetCommandPool: VkCommandBuffer 0x");
    vk_idle(v);
    vk_expect(v, &buffer, 2); // it ran all the same
    proxy->reset_counts();
    vk_buffer_destroy(v, &buffer);
}

// Each kind of object that held work needs, destroyed too early. The work runs first, so nothing
// breaks.
TEST(early_destruction_is_a_violation)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    static const char *const names[] = {
        "vkDestroyBuffer: VkBuffer", "vkDestroyPipeline: VkPipeline",
        "vkFreeDescriptorSets: VkDescriptorSet", "vkDestroyDescriptorPool: VkDescriptorPool",
        "vkDestroySemaphore: VkSemaphore"};
    for (int kind = 0; kind < 5; kind++) {
        vk *v = vk_open_proxy(t, "reorder=23");
        if (!v)
            return;
        vk_buffer buffer = vk_buffer_create(v), other = vk_buffer_create(v);
        const VkSemaphoreCreateInfo info = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO};
        VkSemaphore signalled;
        CHECK_VK(v->CreateSemaphore(v->device, &info, NULL, &signalled));
        VkCommandBuffer commands = vk_begin(v);
        vk_affine(v, commands, &buffer, 1, 6);
        v->CmdFillBuffer(commands, other.handle, 0, VK_WHOLE_SIZE, 1);
        vk_end(v, commands);
        vk_submit(v, 0, commands, VK_NULL_HANDLE, 0, signalled, 0);
        CHECK_EQ_U64(proxy->violations(), 0);
        switch (kind) {
        case 0:
            v->DestroyBuffer(v->device, other.handle, NULL);
            other.handle = VK_NULL_HANDLE;
            break;
        case 1:
            v->DestroyPipeline(v->device, v->affine, NULL);
            v->affine = VK_NULL_HANDLE;
            break;
        case 2:
            v->FreeDescriptorSets(v->device, v->set_pool, 1, &buffer.set);
            buffer.set = VK_NULL_HANDLE;
            break;
        case 3:
            v->DestroyDescriptorPool(v->device, v->set_pool, NULL);
            v->set_pool = VK_NULL_HANDLE;
            buffer.set = other.set = VK_NULL_HANDLE;
            break;
        case 4:
            v->DestroySemaphore(v->device, signalled, NULL);
            signalled = VK_NULL_HANDLE;
            break;
        }
        char text[512];
        CHECK_EQ_U64(proxy->violations(), 1);
        proxy->violations_text(text, sizeof text);
        CHECK_CONTAINS(text, names[kind]);
        vk_expect(v, &buffer, 6);
        proxy->reset_counts();
        v->DestroySemaphore(v->device, signalled, NULL);
        vk_buffer_destroy(v, &buffer);
        vk_buffer_destroy(v, &other);
        vk_close(v);
    }
}

TEST(early_resets_are_violations)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    for (int fence = 0; fence < 2; fence++) {
        vk *v = vk_open_proxy(t, "reorder=27");
        if (!v)
            return;
        vk_buffer buffer = vk_buffer_create(v);
        const VkFenceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
        VkFence behind;
        CHECK_VK(v->CreateFence(v->device, &info, NULL, &behind));
        vk_run(v, vk_affine_alone(v, &buffer, 1, 6));
        CHECK_VK(v->QueueSubmit(v->queues[0], 0, NULL, behind));
        if (fence)
            CHECK_VK(v->ResetFences(v->device, 1, &behind));
        else
            CHECK_VK(v->ResetDescriptorPool(v->device, v->set_pool, 0));
        char text[512];
        CHECK_EQ_U64(proxy->violations(), 1);
        proxy->violations_text(text, sizeof text);
        CHECK_CONTAINS(text, fence ? "vkResetFences: VkFence"
                                   : "vkResetDescriptorPool: VkDescriptorPool");
        vk_expect(v, &buffer, 6); // it ran first
        CHECK_EQ_I64(v->GetFenceStatus(v->device, behind), fence ? VK_NOT_READY : VK_SUCCESS);
        proxy->reset_counts();
        if (!fence)
            buffer.set = VK_NULL_HANDLE;
        v->DestroyFence(v->device, behind, NULL);
        vk_buffer_destroy(v, &buffer);
        vk_close(v);
    }
}

TEST(layouts_may_be_destroyed_before_the_work_runs)
{
    vk *v = vk_open_proxy(t, "reorder=22");
    if (!v)
        return;
    vk_buffer buffer = vk_buffer_create(v);
    vk_run(v, vk_affine_alone(v, &buffer, 1, 6));
    v->DestroyPipelineLayout(v->device, v->layout, NULL);
    v->layout = VK_NULL_HANDLE;
    vk_idle(v);
    vk_expect(v, &buffer, 6);
    vk_buffer_destroy(v, &buffer);
}
