// Whether the cases about synchronisation can see: the reordering proxy runs work in any order that
// Vulkan allows, so what is rightly ordered stays right, and what lacks its order goes wrong.
//
// Drivers that run on a CPU never reorder by themselves: there, only this says that a right result
// is more than luck.
#include "hazards.h"
#include "placements.h"
#include "proxied.h"

// Orders that are tried of each pair. Two accesses without an order change places about every
// second time.
enum { ORDERS = 24, RIGHT_ORDERS = 6 };

// The proxy hides what has finished from everybody but those who wait.
static const char SPEC[] = "delay=4000000000;reorder=11";

TEST_PARAMS(sync_placements)
{
    for (int i = 0; i < SYNC_PLACEMENTS; i++)
        kt_param(params, "%s", SYNC_PLACEMENT[i].name);
}

static sync_scene *reordered_scene(kt_test *t)
{
    return sync_scene_create(kt_raw_create(t, proxied_context(t, SPEC, NULL), NULL), false);
}

// Whether a pair without its barrier goes wrong in some order.
static bool goes_wrong(sync_scene *scene, sync_placement placement, sync_hazard hazard)
{
    for (int i = 0; i < ORDERS; i++) {
        if (!sync_reset(scene) || !sync_run_placed(scene, placement, hazard, NULL))
            return false;
        if (!sync_holds(scene, hazard))
            return true;
    }
    return false;
}

TEST_FAMILY_CASE(accesses_without_a_barrier_change_places)
{
    (void)param;
    sync_scene *scene = reordered_scene(t);
    const sync_placement placement = (sync_placement)kt_param_index(t);
    for (uint32_t i = 0; scene && i < SYNC_HAZARDS; i++) {
        const sync_hazard hazard = sync_hazard_at(i);
        if (!goes_wrong(scene, placement, hazard))
            FAILF(t, "%s before %s: nothing goes wrong without a barrier",
                  SYNC_ACCESS[hazard.first].name, SYNC_ACCESS[hazard.second].name);
    }
}

TEST_FAMILY_CASE(accesses_with_a_barrier_keep_their_places)
{
    (void)param;
    sync_scene *scene = reordered_scene(t);
    const sync_placement placement = (sync_placement)kt_param_index(t);
    for (uint32_t i = 0; scene && i < SYNC_HAZARDS * SYNC_FORMS; i++) {
        const sync_hazard hazard = sync_hazard_at(i / SYNC_FORMS);
        const sync_form form = (sync_form)(i % SYNC_FORMS);
        if ((form == SYNC_MEMORY2 || form == SYNC_BUFFER2) && !scene->raw->synchronization2)
            continue;
        for (int k = 0; k < RIGHT_ORDERS; k++)
            if (!sync_reset(scene) || !sync_run_placed(scene, placement, hazard, &form) ||
                !sync_check(scene, hazard, SYNC_FORM[form]))
                return;
    }
}
