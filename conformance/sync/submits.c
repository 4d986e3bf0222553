// Submissions: binary semaphores, submits without work, fences, and waiting for whole queues.
#include "proxied.h"
#include "steps.h"

enum { STEPS = 64, FENCES = 8 };

static const uint64_t SHORT_NS = 5000000;

static sync_steps *open_steps(kt_test *t)
{
    return sync_steps_create(kt_raw_create(t, kt_context(t), NULL));
}

static bool wait_idle(kt_raw *raw)
{
    kt_test *t = raw->t;
    return CHECK_VK(raw->vkQueueWaitIdle(raw->queues[0].handle));
}

// Step `i`, after `wait` and before `signal`; without a barrier.
static bool submit_step(sync_steps *steps, uint32_t i, VkSemaphore wait, VkSemaphore signal)
{
    sync_expect_step(steps, i);
    const kt_raw_batch batch = {.commands = {sync_step_alone(steps, 0, i, false)},
                                .waits = {{wait, 0, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT}},
                                .signals = {{signal, 0, 0}}};
    return batch.commands[0] && kt_raw_submit(steps->raw, 0, &batch, VK_NULL_HANDLE);
}

// Two semaphores in turn: each is used again as soon as it has been waited for.
static bool submit_chain(sync_steps *steps, bool linked)
{
    const VkSemaphore pair[] = {linked ? kt_raw_semaphore(steps->raw) : VK_NULL_HANDLE,
                                linked ? kt_raw_semaphore(steps->raw) : VK_NULL_HANDLE};
    for (uint32_t i = 0; i < STEPS; i++)
        if (!submit_step(steps, i, i ? pair[i % 2] : VK_NULL_HANDLE,
                         i + 1 < STEPS ? pair[(i + 1) % 2] : VK_NULL_HANDLE))
            return false;
    return wait_idle(steps->raw);
}

TEST(binary_semaphores_are_used_again_and_again)
{
    sync_steps *steps = open_steps(t);
    if (steps && submit_chain(steps, true))
        sync_steps_check(steps);
}

// Steps, and between each two a submit that only waits for one semaphore and signals another.
static bool submit_chain_with_empties(sync_steps *steps, bool linked)
{
    VkSemaphore before = VK_NULL_HANDLE;
    for (uint32_t i = 0; i < STEPS; i++) {
        VkSemaphore done = linked ? kt_raw_semaphore(steps->raw) : VK_NULL_HANDLE;
        VkSemaphore next = linked ? kt_raw_semaphore(steps->raw) : VK_NULL_HANDLE;
        const kt_raw_batch empty = {.waits = {{done, 0, 0}}, .signals = {{next, 0, 0}}};
        if (!submit_step(steps, i, before, done) ||
            !kt_raw_submit(steps->raw, 0, &empty, VK_NULL_HANDLE))
            return false;
        before = next;
    }
    return wait_idle(steps->raw);
}

// doitsujin/dxvk#4380: such a submit hung.
TEST(empty_submits_hand_on_binary_semaphores)
{
    sync_steps *steps = open_steps(t);
    if (steps && submit_chain_with_empties(steps, true))
        sync_steps_check(steps);
}

// Fills words that the host has mapped, and then submits one batch without work or none, whose
// fence says that they are there.
static void check_fence(kt_test *t, uint32_t batch_count)
{
    enum { WORDS = 1 << 18 };
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    kt_raw_buffer *buffer =
        kt_raw_buffer_create(raw, &(kt_raw_buffer_config){.size_bytes = 4 * WORDS, .host = true});
    VkSemaphore semaphore = batch_count ? kt_raw_semaphore(raw) : VK_NULL_HANDLE;
    VkFence fence = kt_raw_fence(raw, 0);
    for (uint32_t i = 1; buffer && i <= STEPS; i++) {
        VkCommandBuffer commands = kt_raw_begin(raw, 0);
        if (!commands)
            return;
        raw->vkCmdFillBuffer(commands, buffer->handle, 0, 4 * WORDS, i);
        kt_raw_full_barrier(raw, commands);
        kt_raw_end(raw, commands);
        const kt_raw_batch work = {.commands = {commands}, .signals = {{semaphore, 0, 0}}};
        const kt_raw_batch empty = {.waits = {{semaphore, 0, 0}}};
        if (!kt_raw_submit(raw, 0, &work, VK_NULL_HANDLE) ||
            !kt_raw_submit_all(raw, 0, &empty, batch_count, fence) ||
            !kt_raw_wait_fence(raw, fence) || !CHECK_VK(raw->vkResetFences(raw->device, 1, &fence)))
            return;
        kt_raw_invalidate(raw, buffer);
        const uint32_t *words = buffer->mapped;
        if (!CHECK_EQ_U64(words[0], i) || !CHECK_EQ_U64(words[WORDS - 1], i))
            return;
    }
}

// The same bug at the end of a line: only a fence follows.
TEST(fence_of_an_empty_submit_follows_its_wait)
{
    check_fence(t, 1);
}

// vkQueueSubmit with no batch at all.
TEST(fence_of_no_submit_follows_earlier_ones)
{
    check_fence(t, 0);
}

TEST(empty_batches_may_stand_anywhere)
{
    sync_steps *steps = open_steps(t);
    if (!steps)
        return;
    for (uint32_t i = 0; i < STEPS; i++) {
        VkCommandBuffer commands = sync_step_alone(steps, 0, i, true);
        kt_raw_batch batches[3] = {0};
        batches[i % 3].commands[0] = commands;
        sync_expect_step(steps, i);
        if (!commands || !kt_raw_submit_all(steps->raw, 0, batches, 3, VK_NULL_HANDLE))
            return;
    }
    if (wait_idle(steps->raw))
        sync_steps_check(steps);
}

// One call, many batches, each waiting for the one before.
TEST(batches_of_a_submit_wait_for_each_other)
{
    enum { BATCHES = 16 };
    sync_steps *steps = open_steps(t);
    kt_raw_batch batches[BATCHES] = {0};
    for (uint32_t i = 0; steps && i < BATCHES; i++) {
        batches[i].commands[0] = sync_step_alone(steps, 0, i, false);
        if (i)
            batches[i].waits[0] = (kt_raw_point){batches[i - 1].signals[0].semaphore, 0, 0};
        if (i + 1 < BATCHES)
            batches[i].signals[0] = (kt_raw_point){kt_raw_semaphore(steps->raw), 0, 0};
        sync_expect_step(steps, i);
    }
    if (steps && kt_raw_submit_all(steps->raw, 0, batches, BATCHES, VK_NULL_HANDLE) &&
        wait_idle(steps->raw))
        sync_steps_check(steps);
}

// Several semaphores of both kinds in one batch: all are signalled, all are waited for.
TEST(batches_signal_and_wait_for_several_semaphores)
{
    sync_steps *steps = open_steps(t);
    if (!steps)
        return;
    kt_raw *raw = steps->raw;
    for (uint32_t i = 0; i < STEPS; i += 2) {
        kt_raw_batch first = {.commands = {sync_step_alone(steps, 0, i, true)}};
        kt_raw_batch second = {.commands = {sync_step_alone(steps, 0, i + 1, false)}};
        for (uint32_t k = 0; k < KT_RAW_BATCH_SEMAPHORES; k++) {
            const bool timeline = raw->timelines && k % 2;
            first.signals[k].semaphore = timeline ? kt_raw_timeline(raw, 0) : kt_raw_semaphore(raw);
            first.signals[k].value = timeline ? k + 1 : 0;
            second.waits[k] = first.signals[k];
        }
        sync_expect_step(steps, i);
        sync_expect_step(steps, i + 1);
        if (!kt_raw_submit(raw, 0, &first, VK_NULL_HANDLE) ||
            !kt_raw_submit(raw, 0, &second, VK_NULL_HANDLE))
            return;
    }
    if (wait_idle(raw))
        sync_steps_check(steps);
}

// A thousand submits without a look at any.
TEST(thousand_submits_are_in_flight)
{
    enum { SUBMITS = 1000 };
    sync_steps *steps = open_steps(t);
    for (uint32_t i = 0; steps && i < SUBMITS; i++) {
        const kt_raw_batch batch = {.commands = {sync_step_alone(steps, 0, i, true)}};
        sync_expect_step(steps, i);
        if (!batch.commands[0] || !kt_raw_submit(steps->raw, 0, &batch, VK_NULL_HANDLE))
            return;
    }
    if (steps && CHECK_VK(steps->raw->vkDeviceWaitIdle(steps->raw->device)))
        sync_steps_check(steps);
}

TEST(fences_are_reset_and_used_again)
{
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    if (!raw)
        return;
    VkFence fence = kt_raw_fence(raw, VK_FENCE_CREATE_SIGNALED_BIT);
    for (int i = 0; i < 100; i++) {
        CHECK_VK(raw->vkGetFenceStatus(raw->device, fence));
        CHECK_VK(raw->vkWaitForFences(raw->device, 1, &fence, VK_TRUE, 0));
        CHECK_VK(raw->vkResetFences(raw->device, 1, &fence));
        CHECK_EQ_I64(raw->vkGetFenceStatus(raw->device, fence), VK_NOT_READY);
        CHECK_EQ_I64(raw->vkWaitForFences(raw->device, 1, &fence, VK_TRUE, 0), VK_TIMEOUT);
        if (!kt_raw_submit(raw, 0, &(kt_raw_batch){0}, fence) || !kt_raw_wait_fence(raw, fence))
            return;
    }
}

// Eight submits behind eight values of a timeline: fences are set in turn, none too early.
TEST(fences_are_waited_for_one_by_one)
{
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    if (!kt_raw_needs_timelines(raw))
        return;
    VkSemaphore gate = kt_raw_timeline(raw, 0);
    VkFence fences[FENCES];
    for (uint32_t i = 0; i < FENCES; i++) {
        fences[i] = kt_raw_fence(raw, 0);
        if (!kt_raw_submit(raw, 0, &(kt_raw_batch){.waits = {{gate, i + 1, 0}}}, fences[i]))
            return;
    }
    CHECK_EQ_I64(raw->vkWaitForFences(raw->device, FENCES, fences, VK_FALSE, SHORT_NS), VK_TIMEOUT);
    for (uint32_t i = 0; i < FENCES; i++) {
        CHECK_EQ_I64(raw->vkWaitForFences(raw->device, FENCES, fences, VK_TRUE, 0), VK_TIMEOUT);
        CHECK_EQ_I64(raw->vkGetFenceStatus(raw->device, fences[i]), VK_NOT_READY);
        kt_raw_signal(raw, gate, i + 1);
        if (!kt_raw_wait_fence(raw, fences[i]))
            return;
        CHECK_VK(raw->vkWaitForFences(raw->device, FENCES, fences, VK_FALSE, 0));
    }
    CHECK_VK(raw->vkWaitForFences(raw->device, FENCES, fences, VK_TRUE, 0));
}

// Without what links them, behind the proxy.
static void check_chain_mutant(kt_test *t, bool (*submit)(sync_steps *steps, bool linked))
{
    kro_context *ctx = proxied_context(t, "delay=4000000000;reorder=5", NULL);
    sync_steps *steps = sync_steps_create(kt_raw_create(t, ctx, NULL));
    if (!steps || !submit(steps, true) || !sync_steps_check(steps))
        return;
    sync_steps_reset(steps);
    CHECK(submit(steps, false) && !sync_steps_hold(steps));
}

TEST(submits_without_their_semaphores_change_places)
{
    check_chain_mutant(t, submit_chain);
}

TEST(submits_around_empty_ones_change_places_without_semaphores)
{
    check_chain_mutant(t, submit_chain_with_empties);
}
