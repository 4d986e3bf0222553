// Events: barriers in two halves, and signals between host and device.
#include "dependencies.h"
#include "steps.h"

enum { ROUNDS = 4, EVENTS = 4 };

TEST_PARAMS(sync_events)
{
    sync_param_forms(params, SYNC_MEMORY, SYNC_BASIC_FORMS);
}

// The first access and the setting of the event, and then the wait and the second access: in one
// command buffer, or in two that are submitted one after the other.
static bool run_with_event(const sync_scene *scene, sync_form form, sync_hazard hazard, bool apart)
{
    kt_raw *raw = scene->raw;
    kt_test *t = raw->t;
    VkEvent event = kt_raw_event(raw, sync_form_is_2(form) ? VK_EVENT_CREATE_DEVICE_ONLY_BIT : 0);
    VkCommandBuffer first = kt_raw_begin(raw, 0), second = apart ? kt_raw_begin(raw, 0) : first;
    if (!event || !first || !second)
        return false;
    sync_record(scene, first, hazard.first, 0);
    sync_record_set_event(scene, first, form, hazard, event);
    sync_record_wait_event(scene, second, form, hazard, event);
    sync_record(scene, second, hazard.second, 1);
    kt_raw_end(raw, first);
    if (!apart)
        return kt_raw_run(raw, 0, first);
    kt_raw_end(raw, second);
    return kt_raw_submit(raw, 0, &(kt_raw_batch){.commands = {first}}, VK_NULL_HANDLE) &&
           kt_raw_submit(raw, 0, &(kt_raw_batch){.commands = {second}}, VK_NULL_HANDLE) &&
           CHECK_VK(raw->vkQueueWaitIdle(raw->queues[0].handle));
}

static void check_event(kt_test *t, bool apart)
{
    const sync_form form = sync_form_of(t, SYNC_MEMORY, SYNC_BASIC_FORMS);
    const sync_hazard hazard = sync_hazard_of(t, SYNC_BASIC_FORMS);
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    if (!sync_form_needs(raw, form))
        return;
    sync_scene *scene = sync_scene_create(raw, NULL);
    for (int i = 0; scene && i < ROUNDS; i++)
        if (!sync_reset(scene) || !run_with_event(scene, form, hazard, apart) ||
            !sync_check(scene, hazard, "with an event"))
            return;
}

TEST_FAMILY_CASE(event_orders_accesses_in_a_command_buffer)
{
    (void)param;
    check_event(t, false);
}

TEST_FAMILY_CASE(event_orders_accesses_of_two_submits)
{
    (void)param;
    check_event(t, true);
}

TEST(host_sets_and_resets_events)
{
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    VkEvent event = kt_raw_event(raw, 0);
    for (int i = 0; event && i < 3; i++) {
        CHECK_EQ_I64(raw->vkGetEventStatus(raw->device, event), VK_EVENT_RESET);
        CHECK_VK(raw->vkSetEvent(raw->device, event));
        CHECK_EQ_I64(raw->vkGetEventStatus(raw->device, event), VK_EVENT_SET);
        CHECK_VK(raw->vkSetEvent(raw->device, event)); // set already
        CHECK_EQ_I64(raw->vkGetEventStatus(raw->device, event), VK_EVENT_SET);
        CHECK_VK(raw->vkResetEvent(raw->device, event));
    }
}

// Sets or resets an event on the device, behind the host's last look at it, and waits.
static bool run_set(kt_raw *raw, VkEvent event, bool set)
{
    VkCommandBuffer commands = kt_raw_begin(raw, 0);
    if (!commands)
        return false;
    if (set)
        raw->vkCmdSetEvent(commands, event, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT);
    else
        raw->vkCmdResetEvent(commands, event, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT);
    kt_raw_end(raw, commands);
    return kt_raw_run(raw, 0, commands);
}

TEST(host_sees_what_the_device_sets_and_resets)
{
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    VkEvent event = kt_raw_event(raw, 0);
    for (int i = 0; event && i < 3; i++) {
        if (!run_set(raw, event, true))
            return;
        CHECK_EQ_I64(raw->vkGetEventStatus(raw->device, event), VK_EVENT_SET);
        if (!run_set(raw, event, false))
            return;
        CHECK_EQ_I64(raw->vkGetEventStatus(raw->device, event), VK_EVENT_RESET);
    }
}

// The host sets an event before the work that waits for it is submitted, which is when it may; a
// wait that missed it would never end. What the host wrote before is seen.
TEST(work_passes_an_event_that_the_host_has_set)
{
    const sync_hazard hazard = {SYNC_HOST_WRITE, SYNC_COPY_READ};
    sync_scene *scene = sync_scene_create(kt_raw_create(t, kt_context(t), NULL),
                                          &(sync_scene_config){.host = true});
    for (int i = 0; scene && i < ROUNDS; i++) {
        kt_raw *raw = scene->raw;
        VkEvent event = kt_raw_event(raw, 0);
        VkCommandBuffer commands = sync_reset(scene) ? kt_raw_begin(raw, 0) : NULL;
        if (!event || !commands)
            return;
        sync_record_wait_event(scene, commands, SYNC_MEMORY, hazard, event);
        sync_record(scene, commands, hazard.second, 1);
        kt_raw_end(raw, commands);
        sync_record(scene, NULL, hazard.first, 0);
        CHECK_VK(raw->vkSetEvent(raw->device, event));
        if (!kt_raw_run(raw, 0, commands) || !sync_check(scene, hazard, "after an event"))
            return;
    }
}

static void record_wait(kt_raw *raw, VkCommandBuffer commands, const VkEvent *events,
                        uint32_t count)
{
    const VkMemoryBarrier barrier = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                     .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
                                     .dstAccessMask =
                                         VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT};
    raw->vkCmdWaitEvents(commands, count, events, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                         VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 1, &barrier, 0, NULL, 0, NULL);
}

// Set, waited for and reset a hundred times in one command buffer: a wait that missed its set would
// never end.
TEST(events_are_reset_and_set_again)
{
    enum { STEPS = 100 };
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    sync_steps *steps = sync_steps_create(raw);
    VkEvent event = kt_raw_event(raw, 0);
    VkCommandBuffer commands = steps && event ? kt_raw_begin(raw, 0) : NULL;
    for (uint32_t i = 0; commands && i < STEPS; i++) {
        sync_step(steps, commands, i);
        sync_expect_step(steps, i);
        raw->vkCmdSetEvent(commands, event, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT);
        record_wait(raw, commands, &event, 1);
        raw->vkCmdResetEvent(commands, event, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT);
        kt_raw_full_barrier(raw, commands); // the reset comes before the next set
    }
    if (!commands)
        return;
    kt_raw_end(raw, commands);
    if (kt_raw_run(raw, 0, commands))
        sync_steps_check(steps);
}

// One wait for four events, set in four command buffers, and two more waits for what is set.
TEST(one_wait_waits_for_several_events)
{
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    sync_steps *steps = sync_steps_create(raw);
    VkEvent events[EVENTS];
    kt_raw_batch batch = {.commands = {NULL}};
    for (uint32_t i = 0; steps && i <= EVENTS; i++) {
        VkCommandBuffer commands = kt_raw_begin(raw, 0);
        if (!commands)
            return;
        if (i == EVENTS)
            for (int k = 0; k < 3; k++)
                record_wait(raw, commands, events, EVENTS);
        else if (i)
            sync_step_barrier(steps, commands);
        sync_step(steps, commands, i);
        sync_expect_step(steps, i);
        if (i < EVENTS) {
            events[i] = kt_raw_event(raw, 0);
            raw->vkCmdSetEvent(commands, events[i], VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT);
        }
        kt_raw_end(raw, commands);
        batch.commands[i] = commands;
    }
    if (steps && kt_raw_submit(raw, 0, &batch, VK_NULL_HANDLE) &&
        CHECK_VK(raw->vkQueueWaitIdle(raw->queues[0].handle)))
        sync_steps_check(steps);
}
