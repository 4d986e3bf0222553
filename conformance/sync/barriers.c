// A barrier orders two accesses to the same words, wherever in what is submitted it stands.
#include "hazards.h"
#include "placements.h"

enum { ROUNDS = 4 };

TEST_PARAMS(sync_barriers)
{
    for (uint32_t i = 0; i < SYNC_HAZARDS * SYNC_FORMS; i++) {
        const sync_hazard hazard = sync_hazard_at(i / SYNC_FORMS);
        kt_param(params, "%s-%s-%s", SYNC_ACCESS[hazard.first].name,
                 SYNC_ACCESS[hazard.second].name, SYNC_FORM[i % SYNC_FORMS]);
    }
}

static void check_placement(kt_test *t, sync_placement placement)
{
    const sync_form form = (sync_form)(kt_param_index(t) % SYNC_FORMS);
    const sync_hazard hazard = sync_hazard_at((uint32_t)kt_param_index(t) / SYNC_FORMS);
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    if (!raw || (sync_form_is_2(form) && !kt_raw_needs_synchronization2(raw)))
        return;
    sync_scene *scene = sync_scene_create(raw, NULL);
    for (int i = 0; scene && i < ROUNDS; i++)
        if (!sync_reset(scene) || !sync_run_placed(scene, placement, hazard, &form) ||
            !sync_check(scene, hazard, SYNC_PLACEMENT[placement].name))
            return;
}

TEST_FAMILY_CASE(barrier_orders_accesses_in_a_command_buffer)
{
    (void)param;
    check_placement(t, SYNC_IN_ONE);
}

TEST_FAMILY_CASE(barrier_at_the_end_orders_the_next_command_buffer)
{
    (void)param;
    check_placement(t, SYNC_ENDS_COMMANDS);
}

TEST_FAMILY_CASE(barrier_at_the_start_orders_the_command_buffer_before)
{
    (void)param;
    check_placement(t, SYNC_STARTS_COMMANDS);
}

TEST_FAMILY_CASE(barrier_alone_orders_the_command_buffers_around)
{
    (void)param;
    check_placement(t, SYNC_BETWEEN_COMMANDS);
}

TEST_FAMILY_CASE(barrier_at_the_start_orders_the_batch_before)
{
    (void)param;
    check_placement(t, SYNC_STARTS_BATCH);
}

TEST_FAMILY_CASE(barrier_at_the_end_orders_the_next_submit)
{
    (void)param;
    check_placement(t, SYNC_ENDS_SUBMIT);
}

TEST_FAMILY_CASE(barrier_at_the_start_orders_the_submit_before)
{
    (void)param;
    check_placement(t, SYNC_STARTS_SUBMIT);
}

TEST_FAMILY_CASE(barrier_alone_orders_the_submits_around)
{
    (void)param;
    check_placement(t, SYNC_BETWEEN_SUBMITS);
}

TEST_FAMILY_CASE(barrier_in_a_secondary_orders_the_ones_around)
{
    (void)param;
    check_placement(t, SYNC_SECONDARIES);
}
