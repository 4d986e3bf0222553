// What the host says of litmus programs, held against what is known of them: if the search over
// executions were wrong, every verdict of the litmus tests would be.
#include "bench.h"
#include "model.h"
#include "mutants.h"
#include "test.h"

typedef struct known_row {
    const char *name, *text, *outcome;
    litmus_synchronisation by;
    litmus_scope scope, reach; // of the accesses and fences; how far apart the roles are
    bool allowed, race, x86_allowed;
} known_row;

// Verdicts of the Vulkan specification's own formal model for programs of its kind, and of x86's
// total store order.
static const known_row KNOWN[] = {
    {"mp", "x=1 F y=1 | r0=y F r1=x", "r0=1 r1=0", LITMUS_BY_FENCES, LITMUS_DEVICE, LITMUS_DEVICE,
     false, false, false},
    {"mp-one-fence", "x=1 F y=1 | r0=y r1=x", "r0=1 r1=0", LITMUS_BY_FENCES, LITMUS_DEVICE,
     LITMUS_DEVICE, true, false, false},
    {"mp-accesses", "x=1 F y=1 | r0=y F r1=x", "r0=1 r1=0", LITMUS_BY_ACCESSES, LITMUS_DEVICE,
     LITMUS_DEVICE, false, false, false},
    // Atomics that are not in each other's scope race.
    {"mp-not-in-scope", "x=1 F y=1 | r0=y F r1=x", "r0=1 r1=0", LITMUS_BY_ACCESSES,
     LITMUS_WORKGROUP, LITMUS_DEVICE, true, true, false},
    {"mp-plain", "p=1 F y=1 | r0=y ?r0 F r1=p", "r0=1 r1=0", LITMUS_BY_FENCES, LITMUS_DEVICE,
     LITMUS_DEVICE, false, false, false},
    {"mp-plain-no-condition", "p=1 F y=1 | r0=y F r1=p", "r0=1 r1=0", LITMUS_BY_FENCES,
     LITMUS_DEVICE, LITMUS_DEVICE, true, true, false},
    // There is no sequential consistency, whatever the fences.
    {"sb", "x=1 F r0=y | y=1 F r1=x", "r0=0 r1=0", LITMUS_BY_FENCES, LITMUS_DEVICE, LITMUS_DEVICE,
     true, false, true},
    {"r", "x=1 F y=1 | y=2 F r0=x", "r0=0 y=2", LITMUS_BY_FENCES, LITMUS_DEVICE, LITMUS_DEVICE,
     true, false, true},
    {"2-2w", "x=2 F y=1 | y=2 F x=1", "x=2 y=2", LITMUS_BY_FENCES, LITMUS_DEVICE, LITMUS_DEVICE,
     true, false, false},
    {"iriw", "x=1 | y=1 | r0=x F r1=y | r2=y F r3=x", "r0=1 r1=0 r2=1 r3=0", LITMUS_BY_FENCES,
     LITMUS_DEVICE, LITMUS_DEVICE, true, false, false},
    {"sb-updates", "x=1 F r0=y+0 | y:1 F r1=x", "r0=0 r1=0", LITMUS_BY_FENCES, LITMUS_DEVICE,
     LITMUS_DEVICE, false, false, false},
    {"lb", "r0=x F y=1 | r1=y F x=1", "r0=1 r1=1", LITMUS_BY_FENCES, LITMUS_DEVICE, LITMUS_DEVICE,
     false, false, false},
    {"lb-relaxed", "r0=x y=1 | r1=y x=1", "r0=1 r1=1", LITMUS_BY_FENCES, LITMUS_DEVICE,
     LITMUS_DEVICE, true, false, false},
    // Three roles: what the second saw and passed on, the third must see.
    {"wrc", "x=1 | r0=x F y=1 | r1=y F r2=x", "r0=1 r1=1 r2=0", LITMUS_BY_FENCES, LITMUS_DEVICE,
     LITMUS_DEVICE, false, false, false},
    // Read-modify-writes carry a release on; a store of another role between does not.
    {"release-sequence", "x=1 F y=1 | r0=y+1 | r1=y F r2=x", "r1=2 r2=0", LITMUS_BY_ACCESSES,
     LITMUS_DEVICE, LITMUS_DEVICE, false, false, false},
    {"broken-release-sequence", "x=1 F y=1 | y=2 | r1=y F r2=x", "r1=2 r2=0", LITMUS_BY_ACCESSES,
     LITMUS_DEVICE, LITMUS_DEVICE, true, false, true},
    {"barrier", "p=1 F | F r0=p", "r0=0", LITMUS_BY_BARRIERS, LITMUS_WORKGROUP, LITMUS_WORKGROUP,
     false, false, false},
    {"barrier-not-in-scope", "x=1 F | F r0=x", "r0=0", LITMUS_BY_BARRIERS, LITMUS_SUBGROUP,
     LITMUS_WORKGROUP, true, true, true},
    {"corr", "x=1 | r0=x r1=x", "r0=1 r1=0", LITMUS_BY_FENCES, LITMUS_DEVICE, LITMUS_DEVICE, false,
     false, false},
    {"corr4", "x=1 | x=2 | r0=x r1=x | r2=x r3=x", "r0=1 r1=2 r2=2 r3=1", LITMUS_BY_FENCES,
     LITMUS_DEVICE, LITMUS_DEVICE, false, false, false},
    {"atomicity", "r0=x+1 | r1=x+1", "r0=0 r1=0", LITMUS_BY_FENCES, LITMUS_DEVICE, LITMUS_DEVICE,
     false, false, false},
};

TEST(verdicts_on_known_programs_are_right)
{
    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++) {
        const known_row *row = &KNOWN[i];
        const litmus_place place = {row->scope, LITMUS_BUFFER, false, true};
        litmus_program program;
        litmus_verdict vulkan, x86;
        if (!CHECK(litmus_parse(&program, row->name, row->text, row->outcome, row->by, &place)))
            continue;
        program.reach = row->reach;
        const uint32_t target = litmus_target(&program);
        litmus_judge(&program, LITMUS_VULKAN, &vulkan);
        litmus_judge(&program, LITMUS_X86, &x86);
        if (!CHECK(vulkan.allowed[target] == row->allowed) || !CHECK(vulkan.race == row->race) ||
            !CHECK(x86.allowed[target] == row->x86_allowed))
            LOGF(t, "in the verdict on %s", row->name);
    }
}

// Texts that are no programs are refused.
TEST(programs_that_are_none_are_refused)
{
    static const char *const TEXTS[] = {"",
                                        "x",
                                        "x=4",
                                        "z=1",
                                        "r0=",
                                        "r4=x",
                                        "r0=x=1",
                                        "?x",
                                        "x=1 | | y=1",
                                        "x=1y",
                                        "F",
                                        "x=1 x=1 x=1 x=1 x=1 x=1",
                                        "x=1|x=1|x=1|x=1|x=1"};
    const litmus_place place = {LITMUS_DEVICE, LITMUS_BUFFER, false, true};
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
        litmus_program program;
        if (!CHECK(!litmus_parse(&program, "none", TEXTS[i], "x=1", LITMUS_BY_ACCESSES, &place)))
            LOGF(t, "'%s' was taken for a program", TEXTS[i]);
    }
}

// Runs a program some thousand times, in any environment; false, and a failed case, where that is
// not possible.
static bool run_some(litmus_bench *bench, kt_test *t, const litmus_program *program,
                     litmus_tally *tally)
{
    enum { DISPATCHES = 8 };
    const litmus_environment environment =
        litmus_environment_draw(t, kt_device(t), program, (uint32_t)kt_random_below(t, 8));
    kro_pipeline *pipeline = litmus_bench_compile(bench, &program, 1, environment.local_size);
    *tally = (litmus_tally){.ns = 0};
    return pipeline &&
           litmus_bench_run(bench, pipeline, 0, program, &environment, DISPATCHES, tally) &&
           CHECK(tally->instances > 0);
}

static litmus_bench *open_bench(kt_test *t)
{
    if (kt_device_computes(t))
        return litmus_bench_create(t, kt_context(t));
    SKIP(t, "the null driver computes nothing");
    return NULL;
}

// Programs of which every instance has one and the same outcome, in each device that is right: what
// the kernels run and what the device counts is what the text says. The first two are mutants.
TEST(outcomes_that_must_appear_are_counted)
{
    static const struct {
        const char *text, *outcome;
        litmus_synchronisation by;
        litmus_scope scope;
        litmus_storage storage;
    } CERTAIN[] = {
        {"x=2 x=1", "x=1", LITMUS_BY_FENCES, LITMUS_QUEUE_FAMILY, LITMUS_BUFFER},
        {"x=1 r0=x", "r0=1", LITMUS_BY_FENCES, LITMUS_SUBGROUP, LITMUS_BUFFER},
        {"r0=x+1 r1=x:2", "r0=0 r1=1 x=2", LITMUS_BY_FENCES, LITMUS_WORKGROUP, LITMUS_SHARED},
        {"p=1 F | F r0=p", "r0=1", LITMUS_BY_BARRIERS, LITMUS_WORKGROUP, LITMUS_SHARED},
        {"p=1 F | F r0=p", "r0=1", LITMUS_BY_BARRIERS, LITMUS_WORKGROUP, LITMUS_BUFFER},
        {"r0=y x=1 ?r0 x=2", "r0=0 x=1", LITMUS_BY_FENCES, LITMUS_QUEUE_FAMILY, LITMUS_BUFFER},
    };
    litmus_bench *bench = open_bench(t);
    for (size_t i = 0; i < sizeof CERTAIN / sizeof CERTAIN[0] && bench; i++) {
        const litmus_place place = {CERTAIN[i].scope, CERTAIN[i].storage, false, true};
        litmus_program program;
        litmus_tally tally;
        if (!CHECK(litmus_parse(&program, "certain", CERTAIN[i].text, CERTAIN[i].outcome,
                                CERTAIN[i].by, &place)) ||
            !run_some(bench, t, &program, &tally))
            return;
        if (!CHECK_EQ_U64(tally.counts[litmus_target(&program)], tally.instances))
            LOGF(t, "%s", CERTAIN[i].text);
    }
}

// What a driver does that runs one program as another one is found; what it does rightly is not.
TEST(outcomes_that_are_forbidden_are_found)
{
    static const struct {
        const char *asked, *run, *outcome;
    } FAULTS[] = {
        {"x=1 x=2", "x=2 x=1", "x=1"},
        {"r0=x x=1", "x=1 r0=x", "r0=1"},
        {"r0=x+1 r1=x+1", "r0=x x=1 r1=x+1", "r1=1 x=2"}, // as it should be
        {"r0=x+1 r1=x+1", "r0=x r1=x x=1", "r1=0 x=1"},   // in two steps
    };
    const litmus_place place = {LITMUS_QUEUE_FAMILY, LITMUS_BUFFER, false, true};
    litmus_bench *bench = open_bench(t);
    for (size_t i = 0; i < sizeof FAULTS / sizeof FAULTS[0] && bench; i++) {
        litmus_program asked, run;
        litmus_verdict verdict;
        litmus_tally tally;
        if (!CHECK(litmus_parse(&asked, "asked", FAULTS[i].asked, FAULTS[i].outcome,
                                LITMUS_BY_FENCES, &place)) ||
            !CHECK(litmus_parse(&run, "run", FAULTS[i].run, FAULTS[i].outcome, LITMUS_BY_FENCES,
                                &place)))
            return;
        litmus_judge(&asked, LITMUS_VULKAN, &verdict);
        const uint32_t target = litmus_target(&asked);
        if (!run_some(bench, t, &asked, &tally))
            return;
        CHECK_EQ_U64(litmus_forbidden(&verdict, tally.counts, 0), LITMUS_OUTCOMES);
        if (!run_some(bench, t, &run, &tally))
            return;
        if (!CHECK_EQ_U64(litmus_forbidden(&verdict, tally.counts, 0),
                          verdict.allowed[target] ? LITMUS_OUTCOMES : target))
            LOGF(t, "%s run as %s", FAULTS[i].asked, FAULTS[i].run);
    }
}

static uint32_t common_factor(uint32_t a, uint32_t b)
{
    while (b) {
        const uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

// Every instance has each role once, all its locations are in the buffers, nobody else's are there.
static void check_environment(kt_test *t, const kro_device_info *device,
                              const litmus_program *program, const litmus_environment *e)
{
    const litmus_push *push = &e->push;
    const litmus_scale *scale = litmus_device_scale(device);
    const bool shared = program->storage == LITMUS_SHARED;
    const uint32_t shared_values = LITMUS_SHARED_BYTES / (program->wide ? 8 : 4);
    CHECK(e->local_size > 0 && e->local_size <= device->limits.max_group_invocations);
    CHECK_EQ_U64(push->instances, (uint64_t)push->testing_groups * e->local_size);
    CHECK(push->testing_groups > 0 && push->instances <= scale->max_instances);
    CHECK(push->testing_groups <= e->groups && e->groups <= LITMUS_MAX_GROUPS);
    CHECK((uint64_t)push->instances * push->spacing <= scale->max_values);
    CHECK(!shared || e->local_size * push->spacing <= shared_values);
    CHECK(push->gap > 0 && push->gap < push->spacing);
    CHECK(push->turn_width > 0 && push->meeting_divisor > 0 && push->meeting_size > 0);
    CHECK(push->meeting_counters > 0 && push->meeting_counters <= LITMUS_MAX_GROUPS);
    // Permutations are of a subgroup's lanes, a workgroup's invocations or all.
    const uint32_t within = program->reach == LITMUS_SUBGROUP    ? device->max_subgroup_size
                            : program->reach == LITMUS_WORKGROUP ? e->local_size
                                                                 : push->instances;
    CHECK(program->reach != LITMUS_SUBGROUP || e->local_size % within == 0);
    for (uint32_t r = 0; r < LITMUS_ROLES; r++)
        CHECK_EQ_U64(common_factor(push->multipliers[r], within), 1);
    CHECK_EQ_U64(common_factor(push->location_multiplier, shared ? e->local_size : push->instances),
                 1);
}

TEST(environments_suit_devices_of_all_kinds)
{
    static const kro_device_type TYPES[] = {KRO_DEVICE_TYPE_CPU, KRO_DEVICE_TYPE_INTEGRATED,
                                            KRO_DEVICE_TYPE_DISCRETE};
    enum { ROUNDS = 4000 };
    for (uint32_t i = 0; i < ROUNDS && !kt_has_failed(t); i++) {
        const uint32_t most = 128u << kt_random_below(t, 4);
        const kro_device_info device = {
            .type = TYPES[kt_random_below(t, 3)],
            .max_subgroup_size = 1u << kt_random_below(t, 8),
            .limits = {.max_group_invocations = most, .max_group_size = {most, 1, 1}},
        };
        const litmus_place place = {(litmus_scope)kt_random_below(t, LITMUS_DEVICE + 1),
                                    (litmus_storage)kt_random_below(t, 2),
                                    kt_random_below(t, 2) == 0, true};
        litmus_program program;
        if (!CHECK(litmus_parse(&program, "any", "x=1 | r0=x", "r0=1", LITMUS_BY_FENCES, &place)))
            return;
        const uint32_t number = (uint32_t)kt_random_below(t, 24);
        const litmus_environment e = litmus_environment_draw(t, &device, &program, number);
        check_environment(t, &device, &program, &e);
        char text[LITMUS_TEXT_BYTES];
        litmus_environment_text(&e, text, sizeof text);
        if (kt_has_failed(t))
            LOGF(t, "%s scope, subgroups of %u: %s", litmus_scope_name(place.scope),
                 device.max_subgroup_size, text);
    }
}
