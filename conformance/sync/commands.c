// Command buffers: long ones, and those that are submitted again, recorded again, or executed by
// others.
#include "proxied.h"
#include "steps.h"

enum { CHAIN = 10000, AGAIN = 100 };

static sync_steps *open_steps(kt_test *t)
{
    return sync_steps_create(kt_raw_create(t, kt_context(t), NULL));
}

// A chain with all its barriers but, maybe, one.
static bool run_chain(sync_steps *steps, uint32_t count, uint32_t barrier_missing)
{
    VkCommandBuffer commands = kt_raw_begin(steps->raw, 0);
    if (!commands)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (i && i != barrier_missing)
            sync_step_barrier(steps, commands);
        sync_step(steps, commands, i);
        sync_expect_step(steps, i);
    }
    kt_raw_end(steps->raw, commands);
    return kt_raw_run(steps->raw, 0, commands);
}

TEST(ten_thousand_dispatches_keep_their_order)
{
    sync_steps *steps = open_steps(t);
    if (steps && run_chain(steps, CHAIN, 0))
        sync_steps_check(steps);
}

// Two of ten thousand change places, and the result is another.
TEST(one_barrier_of_ten_thousand_is_missed)
{
    enum { ORDERS = 16 };
    kro_context *ctx = proxied_context(t, "delay=4000000000;reorder=9", NULL);
    sync_steps *steps = sync_steps_create(kt_raw_create(t, ctx, NULL));
    bool missed = false;
    if (!steps || !run_chain(steps, CHAIN, 0) || !sync_steps_check(steps))
        return;
    for (uint32_t i = 0; !missed && i < ORDERS; i++) {
        sync_steps_reset(steps);
        if (!run_chain(steps, CHAIN, 1 + i * (CHAIN - 1) / ORDERS))
            return;
        missed = !sync_steps_hold(steps);
    }
    CHECK(missed);
}

// A command buffer with step `i` behind a barrier.
static VkCommandBuffer record_as(sync_steps *steps, uint32_t i, VkCommandBufferLevel level,
                                 VkCommandBufferUsageFlags usage)
{
    VkCommandBuffer commands = kt_raw_begin_as(steps->raw, 0, level, usage);
    if (!commands)
        return NULL;
    sync_step_barrier(steps, commands);
    sync_step(steps, commands, i);
    kt_raw_end(steps->raw, commands);
    return commands;
}

// One that can be submitted again, as `usage` says.
static VkCommandBuffer record_again(sync_steps *steps, uint32_t i, VkCommandBufferUsageFlags usage)
{
    return record_as(steps, i, VK_COMMAND_BUFFER_LEVEL_PRIMARY, usage);
}

// Submits one command buffer again and again; with `wait`, after the one before is complete.
static void check_again(kt_test *t, VkCommandBufferUsageFlags usage, bool wait)
{
    sync_steps *steps = open_steps(t);
    VkCommandBuffer commands = steps ? record_again(steps, 7, usage) : NULL;
    for (int i = 0; commands && i < AGAIN; i++) {
        const kt_raw_batch batch = {.commands = {commands}};
        kt_raw *raw = steps->raw;
        sync_expect_step(steps, 7);
        if (!kt_raw_submit(raw, 0, &batch, VK_NULL_HANDLE) ||
            (wait && !CHECK_VK(raw->vkQueueWaitIdle(raw->queues[0].handle))))
            return;
    }
    if (commands && CHECK_VK(steps->raw->vkDeviceWaitIdle(steps->raw->device)))
        sync_steps_check(steps);
}

TEST(command_buffer_is_submitted_again)
{
    check_again(t, 0, true);
}

TEST(command_buffer_in_flight_is_submitted_again)
{
    check_again(t, VK_COMMAND_BUFFER_USAGE_SIMULTANEOUS_USE_BIT, false);
}

// One batch that names it several times.
TEST(command_buffer_is_several_times_in_a_batch)
{
    sync_steps *steps = open_steps(t);
    VkCommandBuffer commands =
        steps ? record_again(steps, 5, VK_COMMAND_BUFFER_USAGE_SIMULTANEOUS_USE_BIT) : NULL;
    kt_raw_batch batch = {.commands = {NULL}};
    if (!commands)
        return;
    for (uint32_t i = 0; i < KT_RAW_BATCH_COMMANDS; i++) {
        batch.commands[i] = commands;
        sync_expect_step(steps, 5);
    }
    if (kt_raw_submit(steps->raw, 0, &batch, VK_NULL_HANDLE) &&
        CHECK_VK(steps->raw->vkQueueWaitIdle(steps->raw->queues[0].handle)))
        sync_steps_check(steps);
}

// How a command buffer forgets what it held.
typedef enum reset_kind { BY_BEGIN, BY_RESET, BY_RELEASE, BY_POOL, RESETS } reset_kind;
static const char *const RESET[RESETS] = {"begin", "reset", "reset_releasing_memory", "pool"};

TEST_PARAMS(sync_resets)
{
    for (int i = 0; i < RESETS; i++)
        kt_param(params, "%s", RESET[i]);
}

static bool reset(kt_raw *raw, VkCommandBuffer commands, reset_kind how)
{
    kt_test *t = raw->t;
    switch (how) {
    case BY_RESET:
        return CHECK_VK(raw->vkResetCommandBuffer(commands, 0));
    case BY_RELEASE:
        return CHECK_VK(
            raw->vkResetCommandBuffer(commands, VK_COMMAND_BUFFER_RESET_RELEASE_RESOURCES_BIT));
    case BY_POOL:
        return CHECK_VK(raw->vkResetCommandPool(raw->device, raw->pools[0], 0));
    case BY_BEGIN:
    case RESETS:
        break;
    }
    return true;
}

// Records `count` steps from `first` on into a command buffer that holds others.
static bool record_once_more(const sync_steps *steps, VkCommandBuffer commands, reset_kind how,
                             uint32_t count, uint32_t first)
{
    kt_test *t = steps->raw->t;
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    if (!reset(steps->raw, commands, how) ||
        !CHECK_VK(steps->raw->vkBeginCommandBuffer(commands, &begin)))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        sync_step_barrier(steps, commands);
        sync_step(steps, commands, first + i);
    }
    kt_raw_end(steps->raw, commands);
    return true;
}

TEST_FAMILY_CASE(command_buffer_is_recorded_again)
{
    (void)param;
    const reset_kind how = (reset_kind)kt_param_index(t);
    sync_steps *steps = open_steps(t);
    VkCommandBuffer commands = steps ? record_again(steps, 0, 0) : NULL;
    for (uint32_t i = 0; commands && i < AGAIN; i++) {
        sync_expect_step(steps, i);
        if (!kt_raw_run(steps->raw, 0, commands) ||
            !record_once_more(steps, commands, how, 1 + i % 5, 1000) || // never submitted
            !record_once_more(steps, commands, how, 1, i + 1))
            return;
    }
    if (commands)
        sync_steps_check(steps);
}

// What was recorded first may be submitted last.
TEST(command_buffers_run_in_the_order_of_their_submits)
{
    enum { STEPS = 32 };
    sync_steps *steps = open_steps(t);
    VkCommandBuffer commands[STEPS];
    for (uint32_t i = 0; steps && i < STEPS; i++)
        if (!(commands[i] = sync_step_alone(steps, 0, i, true)))
            return;
    for (uint32_t i = STEPS; steps && i-- > 0;) {
        sync_expect_step(steps, i);
        if (!kt_raw_run(steps->raw, 0, commands[i]))
            return;
    }
    if (steps)
        sync_steps_check(steps);
}

static VkCommandBuffer record_secondary(sync_steps *steps, uint32_t i)
{
    return record_as(steps, i, VK_COMMAND_BUFFER_LEVEL_SECONDARY,
                     VK_COMMAND_BUFFER_USAGE_SIMULTANEOUS_USE_BIT);
}

// Two secondaries, executed in turn by one primary many times.
TEST(secondaries_are_executed_again_and_again)
{
    sync_steps *steps = open_steps(t);
    if (!steps)
        return;
    VkCommandBuffer both[] = {record_secondary(steps, 1), record_secondary(steps, 2)};
    VkCommandBuffer primary = kt_raw_begin(steps->raw, 0);
    if (!both[0] || !both[1] || !primary)
        return;
    for (int i = 0; i < AGAIN; i++) {
        steps->raw->vkCmdExecuteCommands(primary, 2, both);
        sync_expect_step(steps, 1);
        sync_expect_step(steps, 2);
    }
    kt_raw_end(steps->raw, primary);
    if (kt_raw_run(steps->raw, 0, primary))
        sync_steps_check(steps);
}

// One secondary in several primaries that are in flight together, between their own steps: a
// primary has to bind everything again behind it.
TEST(secondary_is_shared_by_primaries_in_flight)
{
    enum { PRIMARIES = 16 };
    sync_steps *steps = open_steps(t);
    VkCommandBuffer shared = steps ? record_secondary(steps, 3) : NULL;
    for (uint32_t i = 0; shared && i < PRIMARIES; i++) {
        VkCommandBuffer primary = kt_raw_begin(steps->raw, 0);
        if (!primary)
            return;
        sync_step_barrier(steps, primary);
        sync_step(steps, primary, 10 + i);
        steps->raw->vkCmdExecuteCommands(primary, 1, &shared);
        sync_step_barrier(steps, primary);
        sync_step(steps, primary, 50 + i);
        kt_raw_end(steps->raw, primary);
        sync_expect_step(steps, 10 + i);
        sync_expect_step(steps, 3);
        sync_expect_step(steps, 50 + i);
        if (!kt_raw_submit(steps->raw, 0, &(kt_raw_batch){.commands = {primary}}, VK_NULL_HANDLE))
            return;
    }
    if (shared && CHECK_VK(steps->raw->vkDeviceWaitIdle(steps->raw->device)))
        sync_steps_check(steps);
}

// KhronosGroup/Vulkan-LoaderAndValidationLayers#2497: what such a pool held was lost.
TEST(pool_is_destroyed_while_it_is_recorded_to)
{
    sync_steps *steps = open_steps(t);
    for (uint32_t i = 0; steps && i < AGAIN; i++) {
        kt_raw *raw = steps->raw;
        VkCommandPool pool;
        VkCommandBuffer commands;
        const VkCommandPoolCreateInfo info = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                              .queueFamilyIndex = raw->queues[0].family};
        const VkCommandBufferBeginInfo begin = {.sType =
                                                    VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
        if (!CHECK_VK(raw->vkCreateCommandPool(raw->device, &info, NULL, &pool)))
            return;
        const VkCommandBufferAllocateInfo one = {.sType =
                                                     VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                                 .commandPool = pool,
                                                 .commandBufferCount = 1};
        if (CHECK_VK(raw->vkAllocateCommandBuffers(raw->device, &one, &commands)) &&
            CHECK_VK(raw->vkBeginCommandBuffer(commands, &begin)))
            for (uint32_t k = 0; k < AGAIN; k++) {
                sync_step_barrier(steps, commands);
                sync_step(steps, commands, k); // never submitted
            }
        raw->vkDestroyCommandPool(raw->device, pool, NULL);
        sync_expect_step(steps, i);
        VkCommandBuffer other = sync_step_alone(steps, 0, i, true);
        if (!other || !kt_raw_run(raw, 0, other))
            return;
    }
    if (steps)
        sync_steps_check(steps);
}
