// A semaphore orders two accesses, on one queue and between two, and makes what the first wrote
// visible to the second: no barrier is needed.
#include "links.h"

enum { ROUNDS = 4, MANY_ROUNDS = 40 };

TEST_PARAMS(sync_linked_accesses)
{
    for (uint32_t i = 0; i < SYNC_HAZARDS * SYNC_LINKS; i++) {
        const sync_hazard hazard = sync_hazard_at(i % SYNC_HAZARDS);
        kt_param(params, "%s-%s-%s", SYNC_LINK[i / SYNC_HAZARDS].name,
                 SYNC_ACCESS[hazard.first].name, SYNC_ACCESS[hazard.second].name);
    }
}

TEST_FAMILY_CASE(semaphore_orders_accesses)
{
    (void)param;
    const uint32_t link = (uint32_t)kt_param_index(t) / SYNC_HAZARDS;
    const sync_hazard hazard = sync_hazard_at((uint32_t)kt_param_index(t) % SYNC_HAZARDS);
    kt_raw *raw = kt_raw_create(t, kt_context(t), &(kt_raw_config){.queue_count = 2});
    if (!sync_link_needs(raw, link))
        return;
    sync_scene *scene = sync_scene_create(raw, NULL);
    for (int i = 0; scene && i < ROUNDS; i++)
        if (!sync_reset(scene) || !sync_run_linked(scene, link, hazard, true) ||
            !sync_check(scene, hazard, SYNC_LINK[link].name))
            return;
}

TEST_PARAMS(sync_semaphore_links)
{
    sync_param_links(params);
}

// What goes wrong rarely takes many tries: every pair on one device.
TEST_FAMILY_CASE(semaphore_orders_accesses_every_time)
{
    (void)param;
    const uint32_t link = (uint32_t)kt_param_index(t);
    kt_raw *raw = kt_raw_create(t, kt_context(t), &(kt_raw_config){.queue_count = 2});
    if (!sync_link_needs(raw, link))
        return;
    sync_scene *scene = sync_scene_create(raw, NULL);
    for (uint32_t i = 0; scene && i < SYNC_HAZARDS * MANY_ROUNDS; i++) {
        const sync_hazard hazard = sync_hazard_at(i % SYNC_HAZARDS);
        if (!sync_reset(scene) || !sync_run_linked(scene, link, hazard, true) ||
            !sync_check(scene, hazard, SYNC_LINK[link].name))
            return;
    }
}
