// A barrier orders two accesses to the same words, wherever in what is submitted it stands.
#include "placements.h"

enum { ROUNDS = 4, MANY_ROUNDS = 40 };

TEST_PARAMS(sync_barriers)
{
    sync_param_forms(params, SYNC_MEMORY, SYNC_BASIC_FORMS);
}

static void check_placed(kt_test *t, sync_placement placement, sync_form form, sync_hazard hazard)
{
    const sync_barrier barrier = {.form = form};
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    if (!sync_form_needs(raw, form))
        return;
    sync_scene *scene = sync_scene_create(raw, NULL);
    for (int i = 0; scene && i < ROUNDS; i++)
        if (!sync_reset(scene) || !sync_run_placed(scene, placement, hazard, &barrier) ||
            !sync_check(scene, hazard, SYNC_PLACEMENT[placement].name))
            return;
}

static void check_placement(kt_test *t, sync_placement placement)
{
    check_placed(t, placement, sync_form_of(t, SYNC_MEMORY, SYNC_BASIC_FORMS),
                 sync_hazard_of(t, SYNC_BASIC_FORMS));
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

enum { WIDER_FORMS = SYNC_FORMS - SYNC_BASIC_FORMS };

TEST_PARAMS(sync_wider_barriers)
{
    sync_param_forms(params, SYNC_BASIC_FORMS, WIDER_FORMS);
}

// All commands and accesses, the words in pieces, and chains of two barriers.
TEST_FAMILY_CASE(barrier_of_another_scope_orders_accesses)
{
    (void)param;
    check_placed(t, SYNC_IN_ONE, sync_form_of(t, SYNC_BASIC_FORMS, WIDER_FORMS),
                 sync_hazard_of(t, WIDER_FORMS));
}

TEST_PARAMS(sync_barrier_placements)
{
    sync_param_placements(params);
}

// What goes wrong rarely takes many tries: every pair and form on one device.
TEST_FAMILY_CASE(barrier_orders_accesses_every_time)
{
    (void)param;
    const sync_placement placement = (sync_placement)kt_param_index(t);
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    sync_scene *scene = sync_scene_create(raw, NULL);
    for (uint32_t i = 0; scene && i < SYNC_HAZARDS * SYNC_FORMS; i++) {
        const sync_hazard hazard = sync_hazard_at(i / SYNC_FORMS);
        const sync_barrier barrier = {.form = (sync_form)(i % SYNC_FORMS)};
        if (sync_form_is_2(barrier.form) && !raw->synchronization2)
            continue;
        for (int k = 0; k < MANY_ROUNDS; k++)
            if (!sync_reset(scene) || !sync_run_placed(scene, placement, hazard, &barrier) ||
                !sync_check(scene, hazard, SYNC_FORM[barrier.form]))
                return;
    }
}
