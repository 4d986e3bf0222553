// Random programs: whatever order a driver is free to choose, every byte is as in program order.
#include <stdio.h>

#include "proxied.h"
#include "random_run.h"

enum { CASES = 40, PROGRAMS_PER_CASE = 25, DIFFERENCE_BYTES = 96 }; // 1,000 programs

static uint64_t seed_of(kt_test *t, uint32_t program)
{
    return kt_param_index(t) * PROGRAMS_PER_CASE + program + 1;
}

TEST_PARAMS(random_program_seeds)
{
    for (uint32_t i = 0; i < CASES; i++)
        kt_param(params, "seeds-%u-%u", i * PROGRAMS_PER_CASE + 1, (i + 1) * PROGRAMS_PER_CASE);
}

static void run_programs(kt_test *t, kro_context *ctx, random_options options)
{
    if (!ctx)
        return;
    random_program *program = kt_alloc(t, sizeof *program);
    random_kernels kernels = random_kernels_create(t, ctx);
    for (uint32_t i = 0; i < PROGRAMS_PER_CASE; i++) {
        char difference[DIFFERENCE_BYTES] = "";
        random_program_make(program, seed_of(t, i));
        if (!random_run(t, &kernels, program, options, difference))
            FAILF(t, "%s", difference);
    }
}

TEST_FAMILY_CASE(random_programs_are_right)
{
    (void)param;
    run_programs(t, kt_context(t), (random_options){0});
}

TEST_FAMILY_CASE(random_programs_are_right_in_plain_mode)
{
    (void)param;
    run_programs(t, kt_context_with(t, &(kro_context_config){.plain = true}), (random_options){0});
}

TEST_FAMILY_CASE(random_programs_are_right_on_four_queues)
{
    (void)param;
    run_programs(t, kt_context_with(t, &(kro_context_config){.queues = 4}), (random_options){0});
}

TEST_FAMILY_CASE(random_programs_are_right_with_a_thread_for_each_stream)
{
    (void)param;
    run_programs(t, kt_context_with(t, &(kro_context_config){.queues = 4}),
                 (random_options){.threads = true});
}

static void run_reordered(kt_test *t, const char *more, random_options options)
{
    char spec[128];
    snprintf(spec, sizeof spec, "exits;reorder=%llu%s", (unsigned long long)seed_of(t, 0), more);
    run_programs(t, proxied_context(t, spec, &(kro_context_config){.queues = 4}), options);
}

TEST_FAMILY_CASE(random_programs_are_right_when_work_is_reordered)
{
    (void)param;
    run_reordered(t, "", (random_options){0});
}

TEST_FAMILY_CASE(random_programs_are_right_when_reordered_on_four_queues)
{
    (void)param;
    run_reordered(t, ";split_queues=4", (random_options){0});
}

TEST_FAMILY_CASE(random_programs_are_right_when_reordered_without_timelines)
{
    (void)param;
    run_reordered(t, ";hide=timeline", (random_options){0});
}

TEST_FAMILY_CASE(random_programs_are_right_when_reordered_in_noncoherent_memory)
{
    (void)param;
    run_reordered(t, ";noncoherent", (random_options){0});
}

TEST_FAMILY_CASE(random_programs_race_with_nothing)
{
    (void)param;
    kro_context_config config = {.driver = kt_null_driver(t), .queues = 4};
    run_programs(t, kt_context_with(t, &config),
                 (random_options){.threads = true, .compare_nothing = true});
}

// One program on a device of its own, where one barrier may be missing.
typedef struct trial {
    bool right;
    uint64_t levels, entries, exits; // barriers that were submitted
    uint64_t violations;
} trial;

static trial run_trial(kt_test *t, const random_program *program, const char *spec)
{
    trial result = {.right = true};
    char difference[DIFFERENCE_BYTES] = "";
    const kronos_proxy_api *proxy = proxied_api(t);
    kro_context *ctx = proxied_context(t, spec, NULL);
    if (!ctx)
        return result;
    proxy->reset_counts();
    random_kernels kernels = random_kernels_create(t, ctx);
    result.right = random_run(t, &kernels, program, (random_options){0}, difference);
    result.levels = proxy->barriers(KRONOS_PROXY_BARRIER_LEVEL);
    result.entries = proxy->barriers(KRONOS_PROXY_BARRIER_ENTRY);
    result.exits = proxy->barriers(KRONOS_PROXY_BARRIER_EXIT);
    result.violations = proxy->violations();
    kt_release(t, kernels.affine);
    kt_release(t, kernels.xor_reversed);
    kt_release(t, kernels.add_scaled);
    kt_release(t, kernels.add_atomic);
    kt_release(t, ctx);
    return result;
}

enum { TRIAL_SEEDS = 12 };

// How many of a program's barriers of one kind are noticed when they are missing, each in turn.
static uint64_t count_noticed(kt_test *t, const random_program *program, const char *kind,
                              uint64_t count)
{
    uint64_t noticed = 0;
    for (uint64_t n = 1; n <= count; n++) {
        for (uint32_t seed = 1; seed <= TRIAL_SEEDS; seed++) {
            char spec[64];
            snprintf(spec, sizeof spec, "reorder=%u;drop=%s:%llu", seed, kind,
                     (unsigned long long)n);
            if (run_trial(t, program, spec).right)
                continue;
            noticed++;
            break;
        }
    }
    return noticed;
}

// A barrier whose loss only changes bytes that are overwritten before anybody looks goes unnoticed,
// so not every one can be; most must.
TEST_FAMILY_CASE(a_missing_barrier_is_noticed)
{
    (void)param;
    enum { PROGRAMS = 2 };
    uint64_t levels = 0, entries = 0, noticed_levels = 0, noticed_entries = 0;
    random_program *program = kt_alloc(t, sizeof *program);
    for (uint32_t i = 0; i < PROGRAMS; i++) {
        random_program_make(program, seed_of(t, i));
        trial whole = run_trial(t, program, "reorder=1");
        CHECK(whole.right);
        levels += whole.levels;
        entries += whole.entries;
        noticed_levels += count_noticed(t, program, "level", whole.levels);
        noticed_entries += count_noticed(t, program, "entry", whole.entries);
    }
    LOGF(t, "noticed %llu of %llu level barriers, %llu of %llu entry barriers",
         (unsigned long long)noticed_levels, (unsigned long long)levels,
         (unsigned long long)noticed_entries, (unsigned long long)entries);
    CHECK(noticed_levels * 2 > levels || levels == 0);
    CHECK(noticed_entries * 2 > entries || entries == 0);
}
