// Reordering: what Vulkan orders stays in order, what it does not order moves.
#include <stdio.h>

#include "programs.h"

enum {
    COMPUTE = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
    TRANSFER = VK_PIPELINE_STAGE_TRANSFER_BIT,
};

// The two scopes of a barrier.
typedef struct scopes {
    VkPipelineStageFlags src, dst;
} scopes;

// 1 * 3 + 1 = 4, 4 * 5 + 7 = 27; the other way round 12 * 3 + 1 = 37.
static void two_dispatches(vk *v, const vk_buffer *buffer, const scopes *barriers, uint32_t count)
{
    VkCommandBuffer commands = vk_begin(v);
    vk_affine(v, commands, buffer, 3, 1);
    for (uint32_t i = 0; i < count; i++)
        vk_barrier(v, commands, barriers[i].src, barriers[i].dst);
    vk_affine(v, commands, buffer, 5, 7);
    vk_end_and_run(v, commands);
}

static void without_barrier(vk *v, const vk_buffer *buffer)
{
    two_dispatches(v, buffer, NULL, 0);
}

static void with_barrier(vk *v, const vk_buffer *buffer)
{
    two_dispatches(v, buffer, &(scopes){COMPUTE, COMPUTE}, 1);
}

static void with_whole_barrier(vk *v, const vk_buffer *buffer)
{
    const scopes whole = {VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT};
    two_dispatches(v, buffer, &whole, 1);
}

static void with_transfer_barrier(vk *v, const vk_buffer *buffer)
{
    two_dispatches(v, buffer, &(scopes){TRANSFER, TRANSFER}, 1);
}

static void with_half_a_barrier(vk *v, const vk_buffer *buffer)
{
    two_dispatches(v, buffer, &(scopes){COMPUTE, TRANSFER}, 1);
}

static void with_chain(vk *v, const vk_buffer *buffer)
{
    two_dispatches(v, buffer, (scopes[]){{COMPUTE, TRANSFER}, {TRANSFER, COMPUTE}}, 2);
}

static void with_broken_chain(vk *v, const vk_buffer *buffer)
{
    two_dispatches(v, buffer, (scopes[]){{TRANSFER, COMPUTE}, {COMPUTE, TRANSFER}}, 2);
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
    vk_end_and_run(v, commands);
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
        program_expect_swaps(v, without_barrier, 27);
}

TEST(a_right_program_never_changes)
{
    vk *v = vk_open_proxy(t, "reorder=11");
    if (!v)
        return;
    program_expect_order(v, with_barrier, 27);
    program_expect_order(v, with_barrier2, 27);
    program_expect_order(v, with_whole_barrier, 27);
}

TEST(a_barrier_orders_only_its_stages)
{
    vk *v = vk_open_proxy(t, "reorder=12");
    if (!v)
        return;
    program_expect_swaps(v, with_transfer_barrier, 27);
    program_expect_swaps(v, with_half_a_barrier, 27);
}

TEST(barriers_chain)
{
    vk *v = vk_open_proxy(t, "reorder=13");
    if (!v)
        return;
    program_expect_order(v, with_chain, 27);
    program_expect_swaps(v, with_broken_chain, 27);
}

// The same two dispatches in two submissions, with a barrier in a command buffer of its own or
// none.
static void two_submissions(vk *v, const vk_buffer *buffer, bool barrier)
{
    vk_run(v, vk_affine_alone(v, buffer, 3, 1));
    if (barrier) {
        VkCommandBuffer entry = vk_begin(v);
        vk_barrier(v, entry, COMPUTE, COMPUTE);
        vk_end_and_run(v, entry);
    }
    vk_run(v, vk_affine_alone(v, buffer, 5, 7));
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
    program_expect_swaps(v, submitted_one_by_one, 27);
    program_expect_order(v, submitted_with_entry_barrier, 27);
}

// A semaphore that is signalled and waited for on the same queue orders the submissions.
static void with_semaphore(vk *v, const vk_buffer *buffer)
{
    VkSemaphore timeline = vk_timeline(v);
    vk_submit(v, 0, vk_affine_alone(v, buffer, 3, 1), VK_NULL_HANDLE, 0, timeline, 1);
    vk_submit(v, 0, vk_affine_alone(v, buffer, 5, 7), timeline, 1, VK_NULL_HANDLE, 0);
}

// On two queues, where only the first work is waited for and the second work is not.
static void with_semaphore_too_early(vk *v, const vk_buffer *buffer)
{
    VkSemaphore timeline = vk_timeline(v);
    vk_submit(v, 0, NULL, VK_NULL_HANDLE, 0, timeline, 1);
    vk_submit(v, 0, vk_affine_alone(v, buffer, 3, 1), VK_NULL_HANDLE, 0, timeline, 2);
    vk_submit(v, 1, vk_affine_alone(v, buffer, 5, 7), timeline, 1, VK_NULL_HANDLE, 0);
}

TEST(semaphores_order_submissions)
{
    vk *v = vk_open_proxy(t, "reorder=15;split_queues=2");
    if (!v)
        return;
    program_expect_order(v, with_semaphore, 27);
    program_expect_swaps(v, with_semaphore_too_early, 27);
}

static void with_host_wait(vk *v, const vk_buffer *buffer)
{
    VkSemaphore timeline = vk_timeline(v);
    vk_submit(v, 0, vk_affine_alone(v, buffer, 3, 1), VK_NULL_HANDLE, 0, timeline, 1);
    vk_wait(v, timeline, 1, UINT64_MAX);
    vk_submit(v, 0, vk_affine_alone(v, buffer, 5, 7), VK_NULL_HANDLE, 0, VK_NULL_HANDLE, 0);
}

TEST(what_the_host_saw_is_ordered)
{
    vk *v = vk_open_proxy(t, "reorder=16");
    if (v)
        program_expect_order(v, with_host_wait, 27);
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

// Descriptors that are pushed instead of bound, one buffer after the other: the first write of the
// last buffer is left without an exit barrier, which is found as well.
TEST(commands_keep_what_was_pushed)
{
    enum { BUFFERS = 4 };
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "reorder=26;exits");
    if (!v)
        return;
    const VkPipelineBindPoint compute = VK_PIPELINE_BIND_POINT_COMPUTE;
    VkDescriptorSetLayout set_layout;
    VkPipelineLayout layout = vk_layout(v, VK_DESCRIPTOR_SET_LAYOUT_CREATE_PUSH_DESCRIPTOR_BIT_KHR,
                                        VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, &set_layout);
    VkPipeline affine = vk_pipeline(v, layout, "affine_words");
    vk_buffer buffers[BUFFERS];
    VkCommandBuffer commands = vk_begin(v);
    v->CmdBindPipeline(commands, compute, affine);
    for (uint32_t i = 0; i < BUFFERS; i++) {
        buffers[i] = vk_buffer_create(v);
        const uint32_t push[3] = {VK_WORDS, 1, i + 1};
        const VkDescriptorBufferInfo range = {buffers[i].handle, 0, VK_WHOLE_SIZE};
        const VkWriteDescriptorSet write = {
            .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
            .descriptorCount = 1,
            .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
            .pBufferInfo = &range,
        };
        v->CmdPushDescriptorSetKHR(commands, compute, layout, 0, 1, &write);
        v->CmdPushConstants(commands, layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof push, push);
        if (i == BUFFERS - 1)
            vk_barrier(v, commands, COMPUTE, VK_PIPELINE_STAGE_HOST_BIT);
        v->CmdDispatch(commands, 1, 1, 1);
    }
    vk_end_and_run(v, commands);
    vk_idle(v);
    for (uint32_t i = 0; i < BUFFERS; i++)
        vk_expect(v, &buffers[i], i + 1);
    CHECK_EQ_U64(proxy->opaque(), 0);
    CHECK_EQ_U64(proxy->violations(), 1);
    proxy->reset_counts();
    for (uint32_t i = 0; i < BUFFERS; i++)
        vk_buffer_destroy(v, &buffers[i]);
    v->DestroyPipeline(v->device, affine, NULL);
    v->DestroyPipelineLayout(v->device, layout, NULL);
    v->DestroyDescriptorSetLayout(v->device, set_layout, NULL);
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
    vk_end_and_run(v, commands);
}

TEST(commands_keep_their_pipeline)
{
    vk *v = vk_open_proxy(t, "reorder=24");
    if (v)
        program_expect_order(v, with_two_pipelines, ((1 * 3 + 1) + 1) * 3 + 1);
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
    vk_end_and_run(v, commands);
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
    program_expect_swaps(v, secondary_without_barrier, 27);
    program_expect_order(v, secondary_with_barrier, 27);
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
    for (int i = 0; i < PROGRAM_ROUNDS; i++) {
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
        vk_end_and_run(v, commands);
        vk_idle(v);
        vk_expect(v, &buffer, 4);
    }
    vk_buffer_destroy(v, &arguments);
    vk_buffer_destroy(v, &buffer);
}
