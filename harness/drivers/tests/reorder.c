// Reordering: what Vulkan orders stays in order, what it does not order moves.
#include <stdio.h>

#include "vk.h"

enum {
    COMPUTE = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
    TRANSFER = VK_PIPELINE_STAGE_TRANSFER_BIT,
    ROUNDS = 200,
};

// A program that leaves `expected` in `buffer` if everything runs in the order written. `v` and
// `buffer` are given; it submits and returns without waiting.
typedef void (*program)(vk *v, const vk_buffer *buffer);

// Runs a program from a buffer of ones, ROUNDS times. Returns how often the result was right.
static uint32_t run(vk *v, program written, uint32_t expected)
{
    kt_test *t = v->t;
    uint32_t right = 0;
    vk_buffer buffer = vk_buffer_create(v);
    for (int i = 0; i < ROUNDS; i++) {
        vk_set(&buffer, 1);
        written(v, &buffer);
        vk_idle(v);
        right += vk_holds(&buffer, expected);
        CHECK_VK(v->ResetCommandPool(v->device, v->pool, 0));
    }
    vk_buffer_destroy(v, &buffer);
    return right;
}

// About half the runs should be wrong where two commands may swap: between a quarter and three
// quarters of 200, which chance misses less than once in 10^11 tries.
static void expect_swaps(vk *v, program written, uint32_t expected)
{
    kt_test *t = v->t;
    uint32_t right = run(v, written, expected);
    LOGF(t, "%u of %d right", right, ROUNDS);
    CHECK(right > ROUNDS / 4 && right < 3 * ROUNDS / 4);
}

static void expect_order(vk *v, program written, uint32_t expected)
{
    kt_test *t = v->t;
    CHECK_EQ_U64(run(v, written, expected), ROUNDS);
}

// 1 * 3 + 1 = 4, 4 * 5 + 7 = 27; the other way round 12 * 3 + 1 = 37.
static void two_dispatches(vk *v, const vk_buffer *buffer, VkPipelineStageFlags src,
                           VkPipelineStageFlags dst)
{
    VkCommandBuffer commands = vk_begin(v);
    vk_affine(v, commands, buffer, 3, 1);
    if (src)
        vk_barrier(v, commands, src, dst);
    vk_affine(v, commands, buffer, 5, 7);
    vk_end(v, commands);
    vk_run(v, commands);
}

static void without_barrier(vk *v, const vk_buffer *buffer)
{
    two_dispatches(v, buffer, 0, 0);
}

static void with_barrier(vk *v, const vk_buffer *buffer)
{
    two_dispatches(v, buffer, COMPUTE, COMPUTE);
}

static void with_whole_barrier(vk *v, const vk_buffer *buffer)
{
    two_dispatches(v, buffer, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT,
                   VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT);
}

static void with_transfer_barrier(vk *v, const vk_buffer *buffer)
{
    two_dispatches(v, buffer, TRANSFER, TRANSFER);
}

static void with_half_a_barrier(vk *v, const vk_buffer *buffer)
{
    two_dispatches(v, buffer, COMPUTE, TRANSFER);
}

static void with_barrier2(vk *v, const vk_buffer *buffer)
{
    VkCommandBuffer commands = vk_begin(v);
    const VkMemoryBarrier2 barrier = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER_2,
        .srcStageMask = VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT,
        .srcAccessMask = VK_ACCESS_2_SHADER_STORAGE_WRITE_BIT,
        .dstStageMask = VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT,
        .dstAccessMask = VK_ACCESS_2_SHADER_STORAGE_READ_BIT,
    };
    const VkDependencyInfo info = {
        .sType = VK_STRUCTURE_TYPE_DEPENDENCY_INFO,
        .memoryBarrierCount = 1,
        .pMemoryBarriers = &barrier,
    };
    vk_affine(v, commands, buffer, 3, 1);
    v->CmdPipelineBarrier2(commands, &info);
    vk_affine(v, commands, buffer, 5, 7);
    vk_end(v, commands);
    vk_run(v, commands);
}

TEST(a_missing_barrier_shows)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    uint32_t wrong_seeds = 0;
    for (int seed = 0; seed < 8; seed++) {
        char spec[32];
        snprintf(spec, sizeof spec, "reorder=%d", seed);
        vk *v = vk_open_proxy(t, spec);
        if (!v)
            return;
        vk_buffer buffer = vk_buffer_create(v);
        vk_set(&buffer, 1);
        without_barrier(v, &buffer);
        vk_idle(v);
        wrong_seeds += !vk_holds(&buffer, 27);
        CHECK(vk_holds(&buffer, 27) || vk_holds(&buffer, 37));
        CHECK_EQ_U64(proxy->replayed(), 2);
        vk_buffer_destroy(v, &buffer);
        vk_close(v);
    }
    LOGF(t, "%u of 8 seeds wrong", wrong_seeds);
    CHECK(wrong_seeds > 0);
    vk *v = vk_open_proxy(t, "reorder=8");
    if (v)
        expect_swaps(v, without_barrier, 27);
}

TEST(a_right_program_never_changes)
{
    vk *v = vk_open_proxy(t, "reorder=11");
    if (!v)
        return;
    expect_order(v, with_barrier, 27);
    expect_order(v, with_barrier2, 27);
    expect_order(v, with_whole_barrier, 27);
}

TEST(a_barrier_orders_only_its_stages)
{
    vk *v = vk_open_proxy(t, "reorder=12");
    if (!v)
        return;
    expect_swaps(v, with_transfer_barrier, 27);
    expect_swaps(v, with_half_a_barrier, 27);
}

static void with_chain(vk *v, const vk_buffer *buffer)
{
    VkCommandBuffer commands = vk_begin(v);
    vk_affine(v, commands, buffer, 3, 1);
    vk_barrier(v, commands, COMPUTE, TRANSFER);
    vk_barrier(v, commands, TRANSFER, COMPUTE);
    vk_affine(v, commands, buffer, 5, 7);
    vk_end(v, commands);
    vk_run(v, commands);
}

static void with_broken_chain(vk *v, const vk_buffer *buffer)
{
    VkCommandBuffer commands = vk_begin(v);
    vk_affine(v, commands, buffer, 3, 1);
    vk_barrier(v, commands, TRANSFER, COMPUTE);
    vk_barrier(v, commands, COMPUTE, TRANSFER);
    vk_affine(v, commands, buffer, 5, 7);
    vk_end(v, commands);
    vk_run(v, commands);
}

TEST(barriers_chain)
{
    vk *v = vk_open_proxy(t, "reorder=13");
    if (!v)
        return;
    expect_order(v, with_chain, 27);
    expect_swaps(v, with_broken_chain, 27);
}

// The same two dispatches in two submissions, with a barrier in a command buffer of its own or
// none.
static void two_submissions(vk *v, const vk_buffer *buffer, bool barrier)
{
    for (int i = 0; i < 2; i++) {
        if (i && barrier) {
            VkCommandBuffer entry = vk_begin(v);
            vk_barrier(v, entry, COMPUTE, COMPUTE);
            vk_end(v, entry);
            vk_run(v, entry);
        }
        VkCommandBuffer commands = vk_begin(v);
        vk_affine(v, commands, buffer, i ? 5 : 3, i ? 7 : 1);
        vk_end(v, commands);
        vk_run(v, commands);
    }
}

static void submitted_one_by_one(vk *v, const vk_buffer *buffer)
{
    two_submissions(v, buffer, false);
}

static void submitted_with_entry_barrier(vk *v, const vk_buffer *buffer)
{
    two_submissions(v, buffer, true);
}

TEST(submissions_alone_order_nothing)
{
    vk *v = vk_open_proxy(t, "reorder=14");
    if (!v)
        return;
    expect_swaps(v, submitted_one_by_one, 27);
    expect_order(v, submitted_with_entry_barrier, 27);
}

static VkCommandBuffer affine(vk *v, const vk_buffer *buffer, uint32_t factor, uint32_t addend)
{
    VkCommandBuffer commands = vk_begin(v);
    vk_affine(v, commands, buffer, factor, addend);
    vk_end(v, commands);
    return commands;
}

// A semaphore that is signalled and waited for on the same queue orders the submissions.
static void with_semaphore(vk *v, const vk_buffer *buffer)
{
    VkSemaphore timeline = vk_timeline(v);
    vk_submit(v, 0, affine(v, buffer, 3, 1), VK_NULL_HANDLE, 0, timeline, 1);
    vk_submit(v, 0, affine(v, buffer, 5, 7), timeline, 1, VK_NULL_HANDLE, 0);
}

// On two queues, where only the first work is waited for and the second work is not.
static void with_semaphore_too_early(vk *v, const vk_buffer *buffer)
{
    VkSemaphore timeline = vk_timeline(v);
    vk_submit(v, 0, NULL, VK_NULL_HANDLE, 0, timeline, 1);
    vk_submit(v, 0, affine(v, buffer, 3, 1), VK_NULL_HANDLE, 0, timeline, 2);
    vk_submit(v, 1, affine(v, buffer, 5, 7), timeline, 1, VK_NULL_HANDLE, 0);
}

TEST(semaphores_order_submissions)
{
    vk *v = vk_open_proxy(t, "reorder=15;split_queues=2");
    if (!v)
        return;
    expect_order(v, with_semaphore, 27);
    expect_swaps(v, with_semaphore_too_early, 27);
}

static void with_host_wait(vk *v, const vk_buffer *buffer)
{
    VkSemaphore timeline = vk_timeline(v);
    vk_submit(v, 0, affine(v, buffer, 3, 1), VK_NULL_HANDLE, 0, timeline, 1);
    vk_wait(v, timeline, 1, UINT64_MAX);
    vk_submit(v, 0, affine(v, buffer, 5, 7), VK_NULL_HANDLE, 0, VK_NULL_HANDLE, 0);
}

TEST(what_the_host_saw_is_ordered)
{
    vk *v = vk_open_proxy(t, "reorder=16");
    if (v)
        expect_order(v, with_host_wait, 27);
}

// Unordered commands on many buffers, each bound anew, some with state left from the one before,
// and pushed in parts: every command must see what was bound when it was recorded.
TEST(commands_keep_what_was_bound)
{
    enum { BUFFERS = 8 };
    vk *v = vk_open_proxy(t, "reorder=17");
    if (!v)
        return;
    const VkPipelineBindPoint compute = VK_PIPELINE_BIND_POINT_COMPUTE;
    const VkShaderStageFlags stage = VK_SHADER_STAGE_COMPUTE_BIT;
    vk_buffer buffers[BUFFERS];
    for (uint32_t i = 0; i < BUFFERS; i++)
        buffers[i] = vk_buffer_create(v);
    for (int round = 0; round < 20; round++) {
        VkCommandBuffer commands = vk_begin(v);
        v->CmdBindPipeline(commands, compute, v->affine);
        uint32_t push[3] = {VK_WORDS / 2, 1, 0};
        v->CmdPushConstants(commands, v->layout, stage, 0, 12, push);
        for (uint32_t i = 0; i < BUFFERS; i++) {
            const uint32_t addend = i + 1, offset = i % 2 ? VK_BUFFER_BYTES / 2 : 0;
            v->CmdPushConstants(commands, v->layout, stage, 8, 4, &addend);
            v->CmdBindDescriptorSets(commands, compute, v->layout, 0, 1, &buffers[i].set, 1,
                                     &offset);
            v->CmdDispatch(commands, 1, 1, 1);
        }
        vk_end(v, commands);
        for (uint32_t i = 0; i < BUFFERS; i++)
            vk_set(&buffers[i], 10);
        vk_run(v, commands);
        vk_idle(v);
        for (uint32_t i = 0; i < BUFFERS; i++) {
            CHECK_EQ_U64(buffers[i].words[0], i % 2 ? 10 : 11 + i);
            CHECK_EQ_U64(buffers[i].words[VK_WORDS - 1], i % 2 ? 11 + i : 10);
        }
    }
    for (uint32_t i = 0; i < BUFFERS; i++)
        vk_buffer_destroy(v, &buffers[i]);
}

// Only the pipeline changes between the dispatches.
static void with_two_pipelines(vk *v, const vk_buffer *buffer)
{
    const uint32_t push[3] = {VK_WORDS, 3, 1}, offset = 0;
    const VkPipelineBindPoint compute = VK_PIPELINE_BIND_POINT_COMPUTE;
    VkCommandBuffer commands = vk_begin(v);
    v->CmdBindDescriptorSets(commands, compute, v->layout, 0, 1, &buffer->set, 1, &offset);
    v->CmdPushConstants(commands, v->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof push, push);
    for (int i = 0; i < 3; i++) {
        if (i)
            vk_barrier(v, commands, COMPUTE, COMPUTE);
        v->CmdBindPipeline(commands, compute, i == 1 ? v->count : v->affine);
        v->CmdDispatch(commands, i == 1 ? VK_WORDS : 1, 1, 1);
    }
    vk_end(v, commands);
    vk_run(v, commands);
}

TEST(commands_keep_their_pipeline)
{
    vk *v = vk_open_proxy(t, "reorder=24");
    if (v)
        expect_order(v, with_two_pipelines, ((1 * 3 + 1) + 1) * 3 + 1);
}

static void in_secondary(vk *v, const vk_buffer *buffer, bool barrier)
{
    VkCommandBuffer secondaries[2];
    for (int i = 0; i < 2; i++) {
        secondaries[i] = vk_begin_at(v, VK_COMMAND_BUFFER_LEVEL_SECONDARY);
        if (i && barrier)
            vk_barrier(v, secondaries[i], COMPUTE, COMPUTE);
        vk_affine(v, secondaries[i], buffer, i ? 5 : 3, i ? 7 : 1);
        vk_end(v, secondaries[i]);
    }
    VkCommandBuffer commands = vk_begin(v);
    v->CmdExecuteCommands(commands, 2, secondaries);
    vk_end(v, commands);
    vk_run(v, commands);
}

static void secondary_without_barrier(vk *v, const vk_buffer *buffer)
{
    in_secondary(v, buffer, false);
}

static void secondary_with_barrier(vk *v, const vk_buffer *buffer)
{
    in_secondary(v, buffer, true);
}

TEST(secondary_command_buffers_are_taken_apart)
{
    vk *v = vk_open_proxy(t, "reorder=18");
    if (!v)
        return;
    expect_swaps(v, secondary_without_barrier, 27);
    expect_order(v, secondary_with_barrier, 27);
}

// Two words of arguments make one workgroup or none: a fill, a barrier to the indirect stage alone,
// the indirect dispatch, and a fill behind it.
TEST(indirect_arguments_are_read_in_order)
{
    vk *v = vk_open_proxy(t, "reorder=19");
    if (!v)
        return;
    vk_buffer arguments = vk_buffer_create(v), buffer = vk_buffer_create(v);
    const uint32_t push[3] = {VK_WORDS, 3, 1}, offset = 0;
    const VkPipelineBindPoint compute = VK_PIPELINE_BIND_POINT_COMPUTE;
    for (int i = 0; i < ROUNDS; i++) {
        vk_set(&arguments, 0);
        vk_set(&buffer, 1);
        VkCommandBuffer commands = vk_begin(v);
        v->CmdBindPipeline(commands, compute, v->affine);
        v->CmdBindDescriptorSets(commands, compute, v->layout, 0, 1, &buffer.set, 1, &offset);
        v->CmdPushConstants(commands, v->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, 12, push);
        v->CmdFillBuffer(commands, arguments.handle, 0, 12, 1);
        vk_barrier(v, commands, TRANSFER, VK_PIPELINE_STAGE_DRAW_INDIRECT_BIT);
        v->CmdDispatchIndirect(commands, arguments.handle, 0);
        vk_barrier(v, commands, VK_PIPELINE_STAGE_DRAW_INDIRECT_BIT, TRANSFER);
        v->CmdFillBuffer(commands, arguments.handle, 0, 12, 0);
        vk_end(v, commands);
        vk_run(v, commands);
        vk_idle(v);
        vk_expect(v, &buffer, 4);
    }
    vk_buffer_destroy(v, &arguments);
    vk_buffer_destroy(v, &buffer);
}

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
    vk_run(v, affine(v, buffer, 3, 1));
    VkCommandBuffer opaque = vk_begin(v);
    opaque_affine(v, opaque, buffer);
    vk_end(v, opaque);
    vk_run(v, opaque);
    vk_run(v, affine(v, buffer, 2, 1));
}

static void around_opaque_secondary(vk *v, const vk_buffer *buffer)
{
    VkCommandBuffer secondary = vk_begin_at(v, VK_COMMAND_BUFFER_LEVEL_SECONDARY);
    opaque_affine(v, secondary, buffer);
    vk_end(v, secondary);
    VkCommandBuffer opaque = vk_begin(v);
    v->CmdExecuteCommands(opaque, 1, &secondary);
    vk_end(v, opaque);
    vk_run(v, affine(v, buffer, 3, 1));
    vk_run(v, opaque);
    vk_run(v, affine(v, buffer, 2, 1));
}

// A command buffer with something that cannot be taken apart runs as it was written, between
// everything else on its queue.
TEST(opaque_command_buffers_run_as_they_are)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "reorder=20");
    if (!v)
        return;
    expect_order(v, around_opaque, 55);
    CHECK_EQ_U64(proxy->opaque(), ROUNDS);
    expect_order(v, around_opaque_secondary, 55);
    CHECK_EQ_U64(proxy->opaque(), 2 * ROUNDS);
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
        vk_end(v, timed);
        vk_run(v, timed);
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
    vk_run(v, affine(v, buffer, 9, 5));
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
    VkCommandBuffer commands = affine(v, &buffer, 1, 1);
    vk_submit(v, 0, commands, VK_NULL_HANDLE, 0, timeline, 1);
    CHECK_VK(vk_wait(v, timeline, 1, UINT64_MAX));
    CHECK_VK(v->ResetCommandPool(v->device, v->pool, 0));
    CHECK_EQ_U64(proxy->violations(), 0);

    vk_submit(v, 0, affine(v, &buffer, 1, 1), VK_NULL_HANDLE, 0, timeline, 2);
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

TEST(layouts_may_be_destroyed_before_the_work_runs)
{
    vk *v = vk_open_proxy(t, "reorder=22");
    if (!v)
        return;
    vk_buffer buffer = vk_buffer_create(v);
    vk_run(v, affine(v, &buffer, 1, 6));
    v->DestroyPipelineLayout(v->device, v->layout, NULL);
    v->layout = VK_NULL_HANDLE;
    vk_idle(v);
    vk_expect(v, &buffer, 6);
    vk_buffer_destroy(v, &buffer);
}
