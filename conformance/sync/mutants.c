// Whether the cases about synchronisation can see: the reordering proxy runs work in any order that
// Vulkan allows, so what is rightly ordered stays right, and what lacks its order goes wrong.
//
// Drivers that run on a CPU never reorder by themselves: there, only this says that a right result
// is more than luck.
#include "hazards.h"
#include "links.h"
#include "placements.h"
#include "proxied.h"

// Orders that are tried of each pair. Two accesses without an order change places about every
// second time.
enum { ORDERS = 24, RIGHT_ORDERS = 6 };

// The proxy hides what has finished from everybody but those who wait, and has two queues for one.
static const char SPEC[] = "delay=4000000000;split_queues=2;reorder=11";

static sync_scene *reordered_scene(kt_test *t)
{
    kro_context *ctx = proxied_context(t, SPEC, NULL);
    return sync_scene_create(kt_raw_create(t, ctx, &(kt_raw_config){.queue_count = 2}), NULL);
}

// Runs a pair in some place or by some link; `barrier` NULL: without what orders it there.
typedef bool run_pair(const sync_scene *scene, uint32_t where, sync_hazard hazard,
                      const sync_barrier *barrier);

static bool run_placed(const sync_scene *scene, uint32_t where, sync_hazard hazard,
                       const sync_barrier *barrier)
{
    return sync_run_placed(scene, (sync_placement)where, hazard, barrier);
}

static bool run_linked(const sync_scene *scene, uint32_t where, sync_hazard hazard,
                       const sync_barrier *barrier)
{
    return sync_run_linked(scene, where, hazard, barrier != NULL);
}

// Whether a pair goes wrong in some order.
static bool goes_wrong(sync_scene *scene, run_pair *run, uint32_t where, sync_hazard hazard,
                       const sync_barrier *barrier)
{
    for (int i = 0; i < ORDERS; i++) {
        if (!sync_reset(scene) || !run(scene, where, hazard, barrier))
            return false;
        if (!sync_holds(scene, hazard))
            return true;
    }
    return false;
}

static void check_mutants(kt_test *t, run_pair *run)
{
    sync_scene *scene = reordered_scene(t);
    for (uint32_t i = 0; scene && i < SYNC_HAZARDS; i++) {
        const sync_hazard hazard = sync_hazard_at(i);
        if (!goes_wrong(scene, run, (uint32_t)kt_param_index(t), hazard, NULL))
            FAILF(t, "%s before %s: nothing goes wrong without their order",
                  SYNC_ACCESS[hazard.first].name, SYNC_ACCESS[hazard.second].name);
    }
}

static void check_right(kt_test *t, run_pair *run, uint32_t form_count)
{
    sync_scene *scene = reordered_scene(t);
    for (uint32_t i = 0; scene && i < SYNC_HAZARDS * form_count; i++) {
        const sync_hazard hazard = sync_hazard_at(i / form_count);
        const sync_barrier barrier = {.form = (sync_form)(i % form_count)};
        if (sync_form_is_2(barrier.form) && !scene->raw->synchronization2)
            continue;
        for (int k = 0; k < RIGHT_ORDERS; k++)
            if (!sync_reset(scene) || !run(scene, (uint32_t)kt_param_index(t), hazard, &barrier) ||
                !sync_check(scene, hazard, SYNC_FORM[barrier.form]))
                return;
    }
}

TEST_PARAMS(sync_placements)
{
    sync_param_placements(params);
}

TEST_FAMILY_CASE(accesses_without_a_barrier_change_places)
{
    (void)param;
    check_mutants(t, run_placed);
}

TEST_FAMILY_CASE(accesses_with_a_barrier_keep_their_places)
{
    (void)param;
    check_right(t, run_placed, SYNC_FORMS);
}

static const char *const FAULT[SYNC_FAULTS] = {[SYNC_OTHER_FIRST_STAGE] = "other_first_stage",
                                               [SYNC_OTHER_SECOND_STAGE] = "other_second_stage",
                                               [SYNC_NO_FIRST_ACCESS] = "no_first_access",
                                               [SYNC_NO_SECOND_ACCESS] = "no_second_access",
                                               [SYNC_OTHER_BUFFER] = "other_buffer"};

TEST_PARAMS(sync_faults)
{
    for (int i = SYNC_RIGHT + 1; i < SYNC_FAULTS; i++)
        kt_param(params, "%s", FAULT[i]);
}

// A barrier that is there, but not the one that is needed.
TEST_FAMILY_CASE(accesses_around_a_wrong_barrier_change_places)
{
    (void)param;
    enum { COUNT = SYNC_BASIC_FORMS };
    sync_scene *scene = reordered_scene(t);
    const sync_fault fault = (sync_fault)(1 + kt_param_index(t));
    for (uint32_t i = 0; scene && i < SYNC_HAZARDS * COUNT; i++) {
        const sync_hazard hazard = sync_hazard_at(i / COUNT);
        const sync_barrier barrier = {(sync_form)(i % COUNT), fault};
        const bool is_order = fault <= SYNC_OTHER_SECOND_STAGE;
        if ((sync_form_is_2(barrier.form) && !scene->raw->synchronization2) ||
            (!is_order && !SYNC_ACCESS[hazard.first].writes))
            continue; // after a read, order is all that is needed
        if (!goes_wrong(scene, run_placed, SYNC_IN_ONE, hazard, &barrier))
            FAILF(t, "%s before %s, %s: nothing goes wrong with a wrong barrier",
                  SYNC_ACCESS[hazard.first].name, SYNC_ACCESS[hazard.second].name,
                  SYNC_FORM[barrier.form]);
    }
}

TEST_PARAMS(sync_links)
{
    sync_param_links(params);
}

TEST_FAMILY_CASE(accesses_without_a_semaphore_change_places)
{
    (void)param;
    check_mutants(t, run_linked);
}

TEST_FAMILY_CASE(accesses_with_a_semaphore_keep_their_places)
{
    (void)param;
    check_right(t, run_linked, 1);
}
