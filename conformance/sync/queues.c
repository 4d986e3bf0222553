// Several queues: work that waits for what is submitted later, threads with a queue each, and
// buffers that go from family to family.
#include <pthread.h>

#include "hazards.h"
#include "proxied.h"
#include "steps.h"

enum { STEPS = 32, QUEUES = 2, ROUNDS = 2 };

// Two queues where the device has one; work runs in any order that Vulkan allows.
static const char SPLIT[] = "delay=4000000000;split_queues=2;reorder=17";

static sync_steps *open_steps(kt_test *t, const kro_context *on)
{
    kt_raw *raw = kt_raw_create(t, on, &(kt_raw_config){.queue_count = QUEUES});
    if (!kt_raw_needs_timelines(raw) || !kt_raw_needs_queues(raw, QUEUES))
        return NULL;
    return sync_steps_create(raw);
}

// Steps that alternate between two queues. Each waits for the value that the one before signals;
// unless `linked`, for none.
typedef struct relay {
    sync_steps *steps;
    kt_raw_batch batches[STEPS]; // batch i is for queue i % QUEUES
    VkSemaphore timeline;
} relay;

static bool make_relay(relay *out, sync_steps *steps, bool linked)
{
    *out = (relay){.steps = steps, .timeline = kt_raw_timeline(steps->raw, 0)};
    for (uint32_t i = 0; i < STEPS; i++) {
        kt_raw_batch *batch = &out->batches[i];
        batch->commands[0] = sync_step_alone(steps, i % QUEUES, i, false);
        if (linked)
            batch->waits[0] =
                (kt_raw_point){out->timeline, i, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT};
        if (linked)
            batch->signals[0] = (kt_raw_point){out->timeline, i + 1, 0};
        if (!batch->commands[0])
            return false;
        sync_expect_step(steps, i);
    }
    out->batches[0].waits[0] = (kt_raw_point){0};
    return true;
}

static bool submit_relay(const relay *in, uint32_t queue)
{
    for (uint32_t i = queue; i < STEPS; i += QUEUES)
        if (!kt_raw_submit(in->steps->raw, queue, &in->batches[i], VK_NULL_HANDLE))
            return false;
    return true;
}

// All of the second queue's work first: each submit waits for one that is submitted later.
static bool run_backwards(sync_steps *steps, bool linked)
{
    kt_test *t = steps->raw->t;
    relay all;
    return make_relay(&all, steps, linked) && submit_relay(&all, 1) && submit_relay(&all, 0) &&
           CHECK_VK(steps->raw->vkDeviceWaitIdle(steps->raw->device));
}

static void check_backwards(kt_test *t, const kro_context *on)
{
    sync_steps *steps = open_steps(t, on);
    if (steps && run_backwards(steps, true))
        sync_steps_check(steps);
}

TEST(queues_wait_for_what_is_submitted_later)
{
    check_backwards(t, kt_context(t));
}

TEST(split_queues_wait_for_what_is_submitted_later)
{
    check_backwards(t, proxied_context(t, SPLIT, NULL));
}

TEST(queues_that_do_not_wait_change_places)
{
    sync_steps *steps = open_steps(t, proxied_context(t, SPLIT, NULL));
    if (steps)
        CHECK(run_backwards(steps, false) && !sync_steps_hold(steps));
}

// A thread for each queue.
typedef struct runner {
    const relay *of;
    uint32_t queue;
    bool submitted;
} runner;

static void *submit_queue(void *object)
{
    runner *self = object;
    self->submitted = submit_relay(self->of, self->queue);
    return NULL;
}

static void check_threads(kt_test *t, const kro_context *on)
{
    sync_steps *steps = open_steps(t, on);
    for (int round = 0; steps && round < ROUNDS; round++) {
        relay all;
        runner other = {.of = &all, .queue = 1};
        pthread_t thread;
        if (!make_relay(&all, steps, true) ||
            !CHECK(pthread_create(&thread, NULL, submit_queue, &other) == 0))
            return;
        const bool submitted = submit_relay(&all, 0);
        pthread_join(thread, NULL);
        if (!submitted || !other.submitted || !kt_raw_wait(steps->raw, all.timeline, STEPS) ||
            !sync_steps_check(steps))
            return;
    }
}

TEST(threads_submit_to_queues_that_wait_for_each_other)
{
    check_threads(t, kt_context(t));
}

TEST(threads_submit_to_split_queues_that_wait_for_each_other)
{
    check_threads(t, proxied_context(t, SPLIT, NULL));
}

TEST_PARAMS(sync_families)
{
    for (uint32_t i = 0; i < SYNC_HAZARDS; i++) {
        const sync_hazard hazard = sync_hazard_at(i);
        kt_param(params, "%s-%s", SYNC_ACCESS[hazard.first].name, SYNC_ACCESS[hazard.second].name);
    }
}

// Whether a queue's family can do an access. All can copy, though some do not say so.
static bool can(const kt_raw_queue *queue, sync_access access)
{
    const bool transfers = access == SYNC_COPY_WRITE || access == SYNC_COPY_READ ||
                           access == SYNC_FILL || access == SYNC_UPDATE;
    return transfers || queue->flags & VK_QUEUE_COMPUTE_BIT;
}

// Releases the scene's buffers on the one queue, or acquires them on the other.
static void record_transfer(const sync_scene *scene, VkCommandBuffer commands, uint32_t from,
                            uint32_t to, bool acquire)
{
    const kt_raw *raw = scene->raw;
    const kt_raw_buffer *all[] = {scene->words, scene->sources[1], scene->outs[1]};
    enum { COUNT = sizeof all / sizeof all[0] };
    VkBufferMemoryBarrier barriers[COUNT];
    for (int i = 0; i < COUNT; i++)
        barriers[i] = (VkBufferMemoryBarrier){
            .sType = VK_STRUCTURE_TYPE_BUFFER_MEMORY_BARRIER,
            .srcAccessMask = acquire ? 0 : VK_ACCESS_MEMORY_WRITE_BIT,
            .dstAccessMask = acquire ? VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT : 0,
            .srcQueueFamilyIndex = raw->queues[from].family,
            .dstQueueFamilyIndex = raw->queues[to].family,
            .buffer = all[i]->handle,
            .size = VK_WHOLE_SIZE};
    const VkPipelineStageFlags whole = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
    raw->vkCmdPipelineBarrier(commands, whole, whole, 0, 0, NULL, COUNT, barriers, 0, NULL);
}

// The first access on the first queue, the second on `other`, and back; with `transfer` the buffers
// change their family on each way.
static bool run_across(const sync_scene *scene, uint32_t other, sync_hazard hazard, bool transfer)
{
    kt_raw *raw = scene->raw;
    kt_test *t = raw->t;
    VkCommandBuffer first = kt_raw_begin(raw, 0), second = kt_raw_begin(raw, other);
    VkCommandBuffer back = kt_raw_begin(raw, 0);
    VkSemaphore there = kt_raw_semaphore(raw), here = kt_raw_semaphore(raw);
    if (!first || !second || !back || !there || !here)
        return false;
    sync_record(scene, first, hazard.first, 0);
    if (transfer) {
        record_transfer(scene, first, 0, other, false);
        record_transfer(scene, second, 0, other, true);
    }
    sync_record(scene, second, hazard.second, 1);
    if (transfer) {
        record_transfer(scene, second, other, 0, false);
        record_transfer(scene, back, other, 0, true);
    }
    kt_raw_end(raw, first);
    kt_raw_end(raw, second);
    kt_raw_end(raw, back);
    const kt_raw_batch batches[] = {
        {.commands = {first}, .signals = {{there, 0, 0}}},
        {.commands = {second}, .waits = {{there, 0, 0}}, .signals = {{here, 0, 0}}},
        {.commands = {back}, .waits = {{here, 0, 0}}}};
    return kt_raw_submit(raw, 0, &batches[0], VK_NULL_HANDLE) &&
           kt_raw_submit(raw, other, &batches[1], VK_NULL_HANDLE) &&
           kt_raw_submit(raw, 0, &batches[2], VK_NULL_HANDLE) &&
           CHECK_VK(raw->vkDeviceWaitIdle(raw->device));
}

static void check_families(kt_test *t, bool transfer)
{
    const sync_hazard hazard = sync_hazard_at((uint32_t)kt_param_index(t));
    kt_raw *raw = kt_raw_create(t, kt_context(t), &(kt_raw_config){.all_families = true});
    uint32_t able = 0;
    for (uint32_t q = 1; raw && q < raw->queue_count; q++)
        able += can(&raw->queues[q], hazard.second);
    if (raw && !able)
        SKIP(t, "queue families that can do this are 1, needs 2");
    if (!able)
        return;
    sync_scene *scene = sync_scene_create(raw, &(sync_scene_config){.concurrent = !transfer});
    for (uint32_t q = 1; scene && q < raw->queue_count; q++)
        for (int i = 0; i < ROUNDS && can(&raw->queues[q], hazard.second); i++)
            if (!sync_reset(scene) || !run_across(scene, q, hazard, transfer) ||
                !sync_check(scene, hazard, "on another family"))
                return;
}

TEST_FAMILY_CASE(exclusive_buffers_change_their_family)
{
    (void)param;
    check_families(t, true);
}

TEST_FAMILY_CASE(concurrent_buffers_are_shared_by_families)
{
    (void)param;
    check_families(t, false);
}
