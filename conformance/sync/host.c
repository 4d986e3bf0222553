// The host and the device: what each writes the other sees, once it may look.
#include "dependencies.h"
#include "proxied.h"

enum { ROUNDS = 4, WRITES = 4, READS = 3 };

static const sync_access DEVICE_WRITES[WRITES] = {SYNC_COMPUTE_WRITE, SYNC_COPY_WRITE, SYNC_FILL,
                                                  SYNC_UPDATE};
static const sync_access DEVICE_READS[READS] = {SYNC_COMPUTE_READ, SYNC_COPY_READ,
                                                SYNC_INDIRECT_READ};

static sync_scene *host_scene(kt_test *t, const kro_context *on)
{
    return sync_scene_create(kt_raw_create(t, on, NULL), &(sync_scene_config){.host = true});
}

// How the host learns that work is complete.
typedef enum host_wait { BY_FENCE, BY_TIMELINE, BY_QUEUE, BY_DEVICE, HOST_WAITS } host_wait;
static const char *const HOST_WAIT[HOST_WAITS] = {"fence", "timeline", "queue_idle", "device_idle"};

// Work that is submitted and can be waited for.
typedef struct pending {
    kt_raw *raw;
    VkFence fence;
    VkSemaphore timeline;
} pending;

static bool submit(kt_raw *raw, VkCommandBuffer commands, pending *out)
{
    *out = (pending){.raw = raw, .fence = kt_raw_fence(raw, 0)};
    if (raw->timelines)
        out->timeline = kt_raw_timeline(raw, 0);
    kt_raw_end(raw, commands);
    return kt_raw_submit(
        raw, 0, &(kt_raw_batch){.commands = {commands}, .signals = {{out->timeline, 1, 0}}},
        out->fence);
}

static bool wait_for(const pending *work, host_wait how)
{
    kt_raw *raw = work->raw;
    kt_test *t = raw->t;
    switch (how) {
    case BY_FENCE:
        return kt_raw_wait_fence(raw, work->fence);
    case BY_TIMELINE:
        return kt_raw_wait(raw, work->timeline, 1);
    case BY_QUEUE:
        return CHECK_VK(raw->vkQueueWaitIdle(raw->queues[0].handle));
    case BY_DEVICE:
    case HOST_WAITS:
        break;
    }
    return CHECK_VK(raw->vkDeviceWaitIdle(raw->device));
}

// Submits an access and the barrier before what the host does then; `form` NULL: without it.
static bool submit_before_host(const sync_scene *scene, sync_hazard hazard, const sync_form *form,
                               pending *out)
{
    VkCommandBuffer commands = kt_raw_begin(scene->raw, 0);
    if (!commands)
        return false;
    sync_record(scene, commands, hazard.first, 0);
    if (form)
        sync_record_barrier(scene, commands, (sync_barrier){.form = *form}, hazard);
    if (form && hazard.second == SYNC_HOST_WRITE) // the host flushes words that it does not write
        sync_record_barrier(scene, commands, (sync_barrier){.form = *form},
                            (sync_hazard){hazard.first, SYNC_HOST_READ});
    return submit(scene->raw, commands, out);
}

TEST_PARAMS(sync_device_reads)
{
    for (int i = 0; i < READS; i++)
        kt_param(params, "%s", SYNC_ACCESS[DEVICE_READS[i]].name);
}

// The host's access, and then a submit with the other.
static bool submit_after_host(const sync_scene *scene, sync_hazard hazard)
{
    pending work;
    VkCommandBuffer commands = kt_raw_begin(scene->raw, 0);
    if (!commands)
        return false;
    sync_record(scene, commands, hazard.second, 1);
    kt_raw_full_barrier(scene->raw, commands); // what it writes is for the host to see later
    sync_record(scene, NULL, hazard.first, 0);
    return submit(scene->raw, commands, &work) && wait_for(&work, BY_FENCE);
}

// Submitting work makes what the host wrote before visible to it: no barrier.
TEST_FAMILY_CASE(host_write_is_seen_by_the_next_submit)
{
    (void)param;
    const sync_hazard hazard = {SYNC_HOST_WRITE, DEVICE_READS[kt_param_index(t)]};
    sync_scene *scene = host_scene(t, kt_context(t));
    for (int i = 0; scene && i < ROUNDS; i++)
        if (!sync_reset(scene) || !submit_after_host(scene, hazard) ||
            !sync_check(scene, hazard, "after a submit"))
            return;
}

// Who has waited may overwrite what the device has read: no barrier.
TEST_FAMILY_CASE(host_may_overwrite_what_the_device_has_read)
{
    (void)param;
    const sync_hazard hazard = {DEVICE_READS[kt_param_index(t)], SYNC_HOST_WRITE};
    sync_scene *scene = host_scene(t, kt_context(t));
    for (int i = 0; scene && i < ROUNDS; i++) {
        pending work;
        if (!sync_reset(scene) || !submit_before_host(scene, hazard, NULL, &work) ||
            !wait_for(&work, BY_FENCE))
            return;
        sync_record(scene, NULL, hazard.second, 1);
        if (!sync_check(scene, hazard, "after a fence"))
            return;
    }
}

TEST_PARAMS(sync_written)
{
    for (int i = 0; i < WRITES; i++)
        kt_param(params, "%s", SYNC_ACCESS[DEVICE_WRITES[i]].name);
}

// What the host wrote before a submit is there first: the submit overwrites it.
TEST_FAMILY_CASE(host_write_comes_before_the_next_submit)
{
    (void)param;
    const sync_hazard hazard = {SYNC_HOST_WRITE, DEVICE_WRITES[kt_param_index(t)]};
    sync_scene *scene = host_scene(t, kt_context(t));
    for (int i = 0; scene && i < ROUNDS; i++)
        if (!sync_reset(scene) || !submit_after_host(scene, hazard) ||
            !sync_check(scene, hazard, "after a submit"))
            return;
}

TEST_PARAMS(sync_device_writes)
{
    for (int i = 0; i < WRITES * SYNC_BASIC_FORMS * HOST_WAITS; i++)
        kt_param(params, "%s-%s-%s",
                 SYNC_ACCESS[DEVICE_WRITES[i / (SYNC_BASIC_FORMS * HOST_WAITS)]].name,
                 SYNC_FORM[i / HOST_WAITS % SYNC_BASIC_FORMS], HOST_WAIT[i % HOST_WAITS]);
}

TEST_FAMILY_CASE(device_write_is_seen_by_the_host)
{
    (void)param;
    const size_t index = kt_param_index(t);
    const sync_access access = DEVICE_WRITES[index / (SYNC_BASIC_FORMS * HOST_WAITS)];
    const sync_form form = (sync_form)(index / HOST_WAITS % SYNC_BASIC_FORMS);
    const host_wait how = (host_wait)(index % HOST_WAITS);
    sync_scene *scene = host_scene(t, kt_context(t));
    if (!scene || !sync_form_needs(scene->raw, form) ||
        (how == BY_TIMELINE && !kt_raw_needs_timelines(scene->raw)))
        return;
    for (int i = 0; i < ROUNDS; i++) {
        pending work;
        if (!sync_reset(scene) ||
            !submit_before_host(scene, (sync_hazard){access, SYNC_HOST_READ}, &form, &work) ||
            !wait_for(&work, how) || !CHECK(sync_host_sees(scene, access)))
            return;
    }
}

TEST_PARAMS(sync_overwritten)
{
    for (int i = 0; i < WRITES * SYNC_BASIC_FORMS; i++)
        kt_param(params, "%s-%s", SYNC_ACCESS[DEVICE_WRITES[i / SYNC_BASIC_FORMS]].name,
                 SYNC_FORM[i % SYNC_BASIC_FORMS]);
}

// Behind a barrier to its writes and a wait, the host's words stay.
TEST_FAMILY_CASE(host_may_overwrite_what_the_device_wrote)
{
    (void)param;
    const sync_hazard hazard = {DEVICE_WRITES[kt_param_index(t) / SYNC_BASIC_FORMS],
                                SYNC_HOST_WRITE};
    const sync_form form = (sync_form)(kt_param_index(t) % SYNC_BASIC_FORMS);
    sync_scene *scene = host_scene(t, kt_context(t));
    if (!scene || !sync_form_needs(scene->raw, form))
        return;
    for (int i = 0; i < ROUNDS; i++) {
        pending work;
        if (!sync_reset(scene) || !submit_before_host(scene, hazard, &form, &work) ||
            !wait_for(&work, BY_FENCE))
            return;
        sync_record(scene, NULL, hazard.second, 1);
        if (!sync_check(scene, hazard, "after a fence"))
            return;
    }
}

TEST_PARAMS(sync_gated_reads)
{
    for (int i = 0; i < READS * SYNC_BASIC_FORMS; i++)
        kt_param(params, "%s-%s", SYNC_ACCESS[DEVICE_READS[i / SYNC_BASIC_FORMS]].name,
                 SYNC_FORM[i % SYNC_BASIC_FORMS]);
}

// What the host writes while submitted work waits for its signal needs a barrier, and is seen.
TEST_FAMILY_CASE(host_write_before_a_signal_is_seen)
{
    (void)param;
    const sync_hazard hazard = {SYNC_HOST_WRITE,
                                DEVICE_READS[kt_param_index(t) / SYNC_BASIC_FORMS]};
    const sync_form form = (sync_form)(kt_param_index(t) % SYNC_BASIC_FORMS);
    sync_scene *scene = host_scene(t, kt_context(t));
    if (!scene || !kt_raw_needs_timelines(scene->raw) || !sync_form_needs(scene->raw, form))
        return;
    for (int i = 0; i < ROUNDS; i++) {
        kt_raw *raw = scene->raw;
        VkSemaphore gate = kt_raw_timeline(raw, 0);
        VkCommandBuffer commands = sync_reset(scene) ? kt_raw_begin(raw, 0) : NULL;
        if (!commands)
            return;
        sync_record_barrier(scene, commands, (sync_barrier){.form = form}, hazard);
        sync_record(scene, commands, hazard.second, 1);
        kt_raw_end(raw, commands);
        if (!kt_raw_submit(raw, 0, &(kt_raw_batch){.commands = {commands}, .waits = {{gate, 1, 0}}},
                           VK_NULL_HANDLE))
            return;
        sync_record(scene, NULL, hazard.first, 0);
        if (!kt_raw_signal(raw, gate, 1) ||
            !CHECK_VK(raw->vkQueueWaitIdle(raw->queues[0].handle)) ||
            !sync_check(scene, hazard, "after a signal"))
            return;
    }
}

// The proxy says so where the host sees a write complete without a barrier to it.
TEST_FAMILY_CASE(write_without_a_barrier_to_the_host_is_noticed)
{
    (void)param;
    const kronos_proxy_api *proxy = proxied_api(t);
    const sync_access access = DEVICE_WRITES[kt_param_index(t)];
    sync_scene *scene = host_scene(t, proxied_context(t, "exits=all", NULL));
    if (!proxy || !scene || !sync_reset(scene))
        return;
    pending work;
    for (int i = 0; i < SYNC_BASIC_FORMS; i++) {
        const sync_form form = (sync_form)i;
        if (sync_form_is_2(form) && !scene->raw->synchronization2)
            continue;
        if (!submit_before_host(scene, (sync_hazard){access, SYNC_HOST_READ}, &form, &work) ||
            !wait_for(&work, BY_FENCE))
            return;
        CHECK_EQ_U64(proxy->violations(), 0);
    }
    if (!submit_before_host(scene, (sync_hazard){access, SYNC_HOST_READ}, NULL, &work) ||
        !wait_for(&work, BY_FENCE))
        return;
    CHECK(proxy->violations() > 0);
    proxy->reset_counts(); // provoked here, so no fault of the case
}

// The proxy holds work back until the host waits: who does not wait sees what was there before.
TEST_FAMILY_CASE(host_that_does_not_wait_sees_too_early)
{
    (void)param;
    const sync_form form = SYNC_MEMORY;
    const sync_access access = DEVICE_WRITES[kt_param_index(t)];
    sync_scene *scene = host_scene(t, proxied_context(t, "delay=4000000000;reorder=1", NULL));
    pending work;
    if (!scene || !sync_reset(scene) ||
        !submit_before_host(scene, (sync_hazard){access, SYNC_HOST_READ}, &form, &work))
        return;
    CHECK(!sync_host_sees(scene, access));
    if (wait_for(&work, BY_FENCE))
        CHECK(sync_host_sees(scene, access));
}
