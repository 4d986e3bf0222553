#include "trial.h"

#include <string.h>

// As the kernel writes it for each member.
typedef struct record {
    uint32_t outcome, spins, waits, seen;
} record;

// Push constants of shaders/progress.comp.
typedef struct progress_push {
    uint32_t workgroups, spin_limit;
} progress_push;

static const uint32_t ANY = UINT32_MAX;

enum {
    MAX_WORKGROUPS = 32768, // far more than devices run at once
    MAX_SUBGROUPS = 16,
    // Spins of a member, of 32 looks each. A processor may be busy with others' work for many
    // milliseconds, but not in the midst of a workgroup; elsewhere thousands may look at one word,
    // and a watchdog at them. All loops together must stay below the 65,535 rounds that lavapipe
    // gives them.
    CPU_SPINS = 32768,
    CPU_SPINS_INSIDE = 256,
    SPINS = 2048,
    SPINS_A_LINK = 4, // an H200 needs less than one
};

static uint32_t at_most(uint32_t value, uint32_t bound)
{
    return value < bound ? value : bound;
}

// How many invocations a workgroup has for the members of a level. Subgroups are full: where one is
// not, lavapipe's loops go on for the invocations that it does not have.
static uint32_t local_size(const kro_device_info *device, progress_level level)
{
    if (level != PROGRESS_SUBGROUPS)
        return device->subgroup_size;
    const uint32_t room =
        at_most(device->limits.max_group_invocations, device->limits.max_group_size[0]);
    return at_most(room / device->subgroup_size, MAX_SUBGROUPS) * device->subgroup_size;
}

static uint32_t spin_limit(const kro_device_info *device, progress_level level)
{
    if (device->type != KRO_DEVICE_TYPE_CPU)
        return SPINS;
    return level == PROGRESS_WORKGROUPS ? CPU_SPINS : CPU_SPINS_INSIDE;
}

bool progress_bench_make(progress_bench *bench, kt_test *t, progress_level level)
{
    const kro_device_info *device = kt_device(t);
    if (!device)
        return false;
    const uint32_t size = local_size(device, level);
    *bench = (progress_bench){
        .t = t,
        .level = level,
        .local_size = size,
        .max_members = level == PROGRESS_WORKGROUPS
                           ? at_most(device->limits.max_groups[0], MAX_WORKGROUPS)
                           : size,
        .spin_limit = spin_limit(device, level),
    };
    bench->words = kt_buffer(t, 4 * (PROGRESS_FLAGS + 2 * bench->max_members), NULL);
    bench->records = kt_buffer(t, sizeof(record) * bench->max_members, NULL);
    return !kt_has_failed(t);
}

void progress_bench_await(progress_bench *bench, uint32_t at_once)
{
    const kro_device_info *device = kt_device(bench->t);
    uint32_t many = 1;
    while (many < at_once)
        many *= 2;
    if (device && device->type != KRO_DEVICE_TYPE_CPU && bench->spin_limit < SPINS_A_LINK * many)
        bench->spin_limit = SPINS_A_LINK * many;
}

bool progress_bench_turn(progress_bench *bench, int pattern)
{
    kt_test *t = bench->t;
    const kro_constant constants[] = {
        {.id = 0, .value.u32 = bench->local_size},
        {.id = 1, .value.u32 = bench->level},
        {.id = 2, .value.u32 = (uint32_t)pattern},
    };
    if (bench->kernel)
        kt_release(t, bench->kernel);
    bench->pattern = pattern;
    bench->kernel =
        kt_pipeline_in(t, kt_context(t), "progress",
                       &(kro_pipeline_config){.constants = constants, .constant_count = 3});
    return !kt_has_failed(t);
}

// How many flags a member sees, and the value of the last, where all are seen.
static record expect(int pattern, uint32_t rank, uint32_t members)
{
    const bool first = rank == 0, last = rank == members - 1;
    switch (pattern) {
    case PROGRESS_TO_LOWER:
    case PROGRESS_ARRIVALS:
        return (record){.waits = !first, .seen = rank};
    case PROGRESS_TO_HIGHER:
        return (record){.waits = !last, .seen = members - 1 - rank};
    case PROGRESS_MET_TO_HIGHER:
        return (record){.waits = 1 + !last, .seen = last ? members : members - 1 - rank};
    case PROGRESS_EXCHANGE:
        if ((rank ^ 1) >= members)
            return (record){.waits = 1, .seen = members};
        return (record){.waits = 1 + PROGRESS_EXCHANGES, .seen = PROGRESS_EXCHANGES};
    case PROGRESS_MUTEX:
        return (record){.waits = PROGRESS_TURNS, .seen = 0};
    case PROGRESS_BARRIER:
        return (record){.waits = 1 + PROGRESS_ROUNDS, .seen = PROGRESS_ROUNDS * members};
    case PROGRESS_PIPELINE:
        return (record){.waits = 1 + (first ? 0 : PROGRESS_ITEMS) + (last ? 0 : PROGRESS_ITEMS - 1),
                        .seen = first && last ? members
                                : last        ? PROGRESS_ITEMS
                                              : ANY};
    case PROGRESS_IN_BETWEEN:
        return first ? (record){.waits = 2, .seen = ANY}
                     : (record){.waits = rank > 1, .seen = rank - 1};
    default:
        return (record){.waits = ANY, .seen = ANY};
    }
}

// The member whose flag one waits for last in a chain; itself where there is none.
static uint32_t before_in_chain(int pattern, uint32_t rank, uint32_t members)
{
    switch (pattern) {
    case PROGRESS_TO_LOWER:
    case PROGRESS_ARRIVALS:
        return rank > 0 ? rank - 1 : rank;
    case PROGRESS_IN_BETWEEN:
        return rank > 1 ? rank - 1 : rank;
    case PROGRESS_TO_HIGHER:
    case PROGRESS_MET_TO_HIGHER:
        return rank < members - 1 ? rank + 1 : rank;
    default:
        return rank;
    }
}

// Whether a member's record can be so by itself.
static void check_record(const progress_bench *bench, uint32_t rank, uint32_t members,
                         const record *found)
{
    kt_test *t = bench->t;
    if (found->outcome == PROGRESS_CUT)
        FAILF(t,
              "member %u of %u left a loop after %u of %u spins, with neither its flag seen nor a "
              "reason to give up",
              rank, members, found->spins, bench->spin_limit);
    else if (found->outcome < PROGRESS_SAW || found->outcome > PROGRESS_CUT)
        FAILF(t, "member %u of %u left no record", rank, members);
    else if (found->spins > bench->spin_limit)
        FAILF(t, "member %u of %u spun %u times, was to give up after %u", rank, members,
              found->spins, bench->spin_limit);
    else if ((found->outcome == PROGRESS_GAVE_UP || found->outcome == PROGRESS_UNMET) &&
             found->spins != bench->spin_limit)
        FAILF(t, "member %u of %u gave up after %u spins, was to after %u", rank, members,
              found->spins, bench->spin_limit);
    if (found->outcome != PROGRESS_SAW)
        return;
    const record want = expect(bench->pattern, rank, members);
    if ((want.waits != ANY && found->waits != want.waits) ||
        (want.seen != ANY && found->seen != want.seen))
        FAILF(t,
              "member %u of %u says that it saw %u flags, the last with value %u, where %u can be "
              "seen and the last is %u",
              rank, members, found->waits, found->seen, want.waits, want.seen);
}

// Reads all records; the outcome of the whole is that of its unluckiest member.
static void judge(const progress_bench *bench, const uint32_t *words, const record *records,
                  progress_trial *trial)
{
    kt_test *t = bench->t;
    uint32_t counts[PROGRESS_CUT + 1] = {0};
    for (uint32_t i = 0; i < trial->members && !kt_has_failed(t); i++) {
        check_record(bench, i, trial->members, &records[i]);
        if (kt_has_failed(t))
            return;
        const uint32_t before = before_in_chain(bench->pattern, i, trial->members);
        if (records[i].outcome == PROGRESS_SAW && records[before].outcome != PROGRESS_SAW)
            FAILF(t, "member %u of %u saw the flag of member %u, which set none", i, trial->members,
                  before);
        counts[records[i].outcome]++;
        trial->flags_seen += records[i].waits;
        if (records[i].outcome == PROGRESS_SAW && records[i].spins > trial->most_spins)
            trial->most_spins = records[i].spins;
    }
    trial->outcome = counts[PROGRESS_UNMET]     ? PROGRESS_NOT_MET
                     : counts[PROGRESS_GAVE_UP] ? PROGRESS_GIVEN_UP
                                                : PROGRESS_SEEN;
    trial->at_once = words[PROGRESS_MOST];
    if (counts[PROGRESS_LEFT] && trial->outcome == PROGRESS_SEEN &&
        bench->pattern != PROGRESS_AT_ONCE)
        FAILF(t, "%u members left because another one gave up, but none did",
              counts[PROGRESS_LEFT]);
    if (words[PROGRESS_INTRUSIONS])
        FAILF(t, "%u times a member that held the lock was not alone", words[PROGRESS_INTRUSIONS]);
    if (bench->pattern == PROGRESS_MUTEX && words[PROGRESS_LOCK] != 2 * trial->flags_seen)
        FAILF(t, "the lock was taken %llu times and has counted %u",
              (unsigned long long)trial->flags_seen, words[PROGRESS_LOCK] / 2);
}

bool progress_try(progress_bench *bench, uint32_t workgroups, progress_trial *trial)
{
    kt_test *t = bench->t;
    kro_stream *stream = kro_context_stream(kt_context(t));
    const uint32_t groups = bench->level == PROGRESS_WORKGROUPS ? workgroups : 1;
    const uint32_t slots = bench->level == PROGRESS_WORKGROUPS ? groups : bench->max_members;
    const progress_push push = {groups, bench->spin_limit};
    uint32_t words[PROGRESS_FLAGS] = {0};
    record *records = kt_alloc(t, slots * sizeof *records);
    *trial = (progress_trial){.outcome = PROGRESS_NOT_MET};
    CHECK_OK(kro_fill(stream, bench->words, 0, 4 * (PROGRESS_FLAGS + 2 * (uint64_t)slots), 0));
    CHECK_OK(kro_fill(stream, bench->records, 0, slots * sizeof *records, 0));
    CHECK_OK(kro_dispatch(stream, bench->kernel,
                          &(kro_dispatch_args){.buffers = {bench->words, bench->records},
                                               .push = &push,
                                               .push_bytes = sizeof push,
                                               .groups = {groups}}));
    CHECK_OK(kro_buffer_read(bench->words, 0, words, sizeof words));
    CHECK_OK(kro_buffer_read(bench->records, 0, records, slots * sizeof *records));
    trial->members = words[PROGRESS_MEMBERS];
    if (CHECK(trial->members > 0 && trial->members <= slots) &&
        CHECK(bench->level != PROGRESS_WORKGROUPS || trial->members == groups))
        judge(bench, words, records, trial);
    kt_release(t, records);
    return !kt_has_failed(t);
}
