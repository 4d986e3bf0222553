// Each planted fault is found, and the schedule that shows it is named.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "races.h"
#include "races.h"

#ifdef __SANITIZE_ADDRESS__
enum { ADDRESSES_CHECKED = true };
#else
enum { ADDRESSES_CHECKED = false };
#endif

typedef struct plant {
    const char *name, *stage;
    const char *says; // what the report holds
    bool races;       // ThreadSanitizer tells of it
} plant;

static const plant plants[] = {
    {"unlocked_graveyard", "delayed", "in schedule ", true},
    {"torn_buffer_ids", "delayed", "256 of 256 differ", false},
    {"buffer_freed_early", "reordered", "in schedule ", false},
    {"stream_of_two_threads", "reordered", "in schedule ", true},
    {"pool_of_two_threads", "delayed", "entered VkCommandPool", false},
    {"locks_in_two_orders", "reordered", "which thread 1 has since lock '&locks[self->index]'",
     false},
};

enum { PLANT_COUNT = sizeof plants / sizeof *plants, SCHEDULES = 400, SANITIZED_SCHEDULES = 10 };

TEST_PARAMS(planted_faults)
{
    for (int i = 0; i < PLANT_COUNT; i++)
        kt_param(params, "%s", plants[i].name);
}

static program_end run_planted(kt_test *t, const plant *of, const char *option)
{
    return program_shell(t,
                         "kronos-threadplants %s --schedules %d --seed %llu --filter "
                         "'threadplants/plants/%s/%s' 2>&1",
                         option, kt_finds_races() ? SANITIZED_SCHEDULES : SCHEDULES,
                         (unsigned long long)kt_seed(t) % 1000, of->name, of->stage);
}

static const plant *find_plant(const char *name)
{
    int i = 0;
    while (strcmp(plants[i].name, name) != 0)
        i++;
    return &plants[i];
}

TEST_FAMILY_CASE(a_planted_fault_is_found)
{
    const plant *of = find_plant(param);
    if (kt_finds_races() && !of->races) {
        SKIP(t, "a build without ThreadSanitizer: it is no race, and schedules take long here");
        return;
    }
    // What the sanitizer prints is too much for the log of a case.
    const program_end end = run_planted(t, of, kt_finds_races() ? "--here" : "");
    CHECK(end.code != 0);
    if (!ADDRESSES_CHECKED) // which may end the process first, in words of its own
        CHECK_CONTAINS(end.output, kt_finds_races() ? "WARNING: ThreadSanitizer" : of->says);
}

TEST(without_a_plant_nothing_is_found)
{
    const plant none = {.name = "nothing_planted"};
    const program_end end = program_shell(
        t, "kronos-threadplants --schedules %d --filter 'threadplants/plants/%s/delayed' 2>&1",
        kt_finds_races() ? 3 : 20, none.name);
    if (!CHECK_EQ_I64(end.code, 0))
        LOGF(t, "%s", end.output);
}

// The hash of the steps of the schedule that failed, as it was printed.
static const char *hash_of(kt_test *t, const program_end *end)
{
    const char *at = strstr(end->output, "hash ");
    char *hash = kt_alloc(t, 17);
    if (at)
        memcpy(hash, at + strlen("hash "), 16);
    return hash;
}

TEST(a_failing_schedule_is_repeated_alone)
{
    const plant *of = find_plant("torn_buffer_ids");
    if (kt_finds_races()) {
        SKIP(t, "a build without ThreadSanitizer: schedules take long here");
        return;
    }
    const program_end all = run_planted(t, of, "");
    char option[64] = "";
    const char *at = strstr(all.output, "--schedule ");
    if (!CHECK(at != NULL))
        return;
    snprintf(option, sizeof option, "%.*s", (int)strcspn(at, ")"), at);
    const program_end alone = run_planted(t, of, option);
    CHECK_EQ_I64(alone.code, 1);
    CHECK_CONTAINS(alone.output, "schedules 2, "); // number 0, and this one
    CHECK_EQ_STRING(hash_of(t, &alone), hash_of(t, &all));
}
