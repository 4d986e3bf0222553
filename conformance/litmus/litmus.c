// Vulkan's memory model, tried: outcomes that it forbids must not appear. docs/litmus.md says what
// that proves and how to read what is reported.
#include "campaign.h"

typedef struct shape_row {
    const char *name, *text, *outcome;
} shape_row;

// Vulkan has no sequential consistency. Store buffering (sb), r and 2-2w are forbidden only where
// both roles meet in read-modify-writes of y, and independent reads of independent writes (iriw)
// only where all but the first access of y are; the plain forms are among their mutants.
static const shape_row SYNCHRONISED[] = {
    {"mp", "x=1 F y=1 | r0=y F r1=x", "r0=1 r1=0"},
    {"sb", "x=1 F r0=y+0 | y:1 F r1=x", "r0=0 r1=0"},
    {"lb", "r0=x F y=1 | r1=y F x=1", "r0=1 r1=1"},
    {"s", "x=2 F y=1 | r0=y F x=1", "r0=1 x=2"},
    {"r", "x=1 F y:1 | y:2 F r0=x", "r0=0 y=2"},
    {"2-2w", "x=2 F y:1 | y:2 F x=1", "x=2 y=2"},
    {"iriw", "x=1 | y:1 | r0=x F r1=y+0 | r2=y+0 F r3=x", "r0=1 r1=0 r2=1 r3=0"},
    {"mp-plain", "p=1 F y=1 | r0=y ?r0 F r1=p", "r0=1 r1=0"},
    {"s-plain", "p=2 F y=1 | r0=y ?r0 F p=1", "r0=1 x=2"},
    {"lb-plain", "r0=p F y=1 | r1=y ?r1 F p=1", "r0=1 r1=1"},
};

// Roles that all pass one control barrier.
static const shape_row AROUND_A_BARRIER[] = {
    {"store-load", "x=1 F | F r0=x", "r0=0"},       {"load-store", "r0=x F | F x=1", "r0=1"},
    {"store-store", "x=1 F | F x=2", "x=1"},        {"store-load-plain", "p=1 F | F r0=p", "r0=0"},
    {"load-store-plain", "r0=p F | F p=1", "r0=1"}, {"store-store-plain", "p=1 F | F p=2", "x=1"},
    {"sb", "x=1 F r0=y | y=1 F r1=x", "r0=0 r1=0"},
};

static const shape_row OF_ONE_LOCATION[] = {
    {"corr", "x=1 | r0=x r1=x", "r0=1 r1=0"},
    {"corr4", "x=1 | x=2 | r0=x r1=x | r2=x r3=x", "r0=1 r1=2 r2=2 r3=1"},
    {"corw1", "r0=x x=1", "r0=1"},
    {"corw2", "x=2 | r0=x x=1", "r0=2 x=2"},
    {"cowr", "x=1 r0=x | x=2", "r0=2 x=1"},
    {"coww", "x=1 x=2", "x=1"},
};

static const shape_row READ_MODIFY_WRITES[] = {
    {"add", "r0=x+1 | r1=x+1", "r0=0 r1=0"},
    {"exchange", "r0=x:1 | r1=x:2", "r0=0 r1=0"},
    {"exchange-store", "r0=x:2 | x=1", "r0=0 x=2"},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

// Where programs run: how far their roles are apart, and where their locations are.
typedef struct place_row {
    const char *name;
    litmus_scope scope;
    litmus_storage storage;
} place_row;

static const place_row ACROSS[] = {
    {"device.buffer", LITMUS_DEVICE, LITMUS_BUFFER},
    {"workgroup.shared", LITMUS_WORKGROUP, LITMUS_SHARED},
    {"workgroup.buffer", LITMUS_WORKGROUP, LITMUS_BUFFER},
    {"queue-family.buffer", LITMUS_QUEUE_FAMILY, LITMUS_BUFFER},
    {"subgroup.buffer", LITMUS_SUBGROUP, LITMUS_BUFFER},
    {"subgroup.shared", LITMUS_SUBGROUP, LITMUS_SHARED},
};

static const place_row WITHIN_GROUPS[] = {
    {"workgroup.shared", LITMUS_WORKGROUP, LITMUS_SHARED},
    {"workgroup.buffer", LITMUS_WORKGROUP, LITMUS_BUFFER},
    {"subgroup.buffer", LITMUS_SUBGROUP, LITMUS_BUFFER},
    {"subgroup.shared", LITMUS_SUBGROUP, LITMUS_SHARED},
};

// What one synchronisation is tried with.
typedef struct subject_row {
    litmus_synchronisation by;
    const shape_row *shapes;
    size_t shape_count;
    const place_row *places;
    size_t place_count, few_places; // all, and the first ones, for a short run
    bool without_model;             // kernels do not declare the Vulkan memory model
} subject_row;

static const subject_row FENCES = {
    LITMUS_BY_FENCES, SYNCHRONISED, COUNT(SYNCHRONISED), ACROSS, COUNT(ACROSS), 2, false};
static const subject_row ACCESSES = {
    LITMUS_BY_ACCESSES, SYNCHRONISED, COUNT(SYNCHRONISED), ACROSS, COUNT(ACROSS), 2, false};
static const subject_row BARRIERS = {LITMUS_BY_BARRIERS,
                                     AROUND_A_BARRIER,
                                     COUNT(AROUND_A_BARRIER),
                                     WITHIN_GROUPS,
                                     COUNT(WITHIN_GROUPS),
                                     1,
                                     false};
static const subject_row COHERENCE = {
    LITMUS_BY_FENCES, OF_ONE_LOCATION, COUNT(OF_ONE_LOCATION), ACROSS, COUNT(ACROSS), 2, false};
static const subject_row ATOMICITY = {LITMUS_BY_FENCES,
                                      READ_MODIFY_WRITES,
                                      COUNT(READ_MODIFY_WRITES),
                                      ACROSS,
                                      COUNT(ACROSS),
                                      2,
                                      false};
// Queue families are no scope of the older model; its fences over subgroups are left out.
static const subject_row WITHOUT_MODEL = {
    LITMUS_BY_FENCES, SYNCHRONISED, COUNT(SYNCHRONISED), ACROSS, 3, 2, true};

// How thoroughly it is tried. A short run has values of 32 bits in few places.
typedef struct test_extent {
    bool few;
    litmus_effort effort;
} test_extent;

static const test_extent SHORT = {true, {2, 2, 8}};
static const test_extent WIDE = {false, {4, 2, 8}};
static const test_extent LONG = {false, {24, 32, 1024}};

static void enumerate(kt_params *params, const subject_row *subject, bool few)
{
    for (size_t s = 0; s < subject->shape_count; s++) {
        for (size_t p = 0; p < (few ? subject->few_places : subject->place_count); p++) {
            kt_param(params, "%s.%s.32", subject->shapes[s].name, subject->places[p].name);
            if (!few)
                kt_param(params, "%s.%s.64", subject->shapes[s].name, subject->places[p].name);
        }
    }
}

// Names what the device lacks for a program and skips the case; false then.
static bool supported(kt_test *t, const litmus_program *program)
{
    const kro_device_info *device = kt_device(t);
    if (!device)
        return false;
    if (!kt_device_computes(t)) {
        SKIP(t, "the null driver computes nothing");
        return false;
    }
    const kro_features *has = &device->features;
    const bool shared = program->storage == LITMUS_SHARED;
    const bool atomics = shared ? has->shared_int64_atomics : has->int64_atomics;
    if (program->wide && !(has->int64 && atomics)) {
        SKIP(t, "%s", shared ? "shared_int64_atomics" : "int64_atomics");
        return false;
    }
    return true;
}

static void run(kt_test *t, const char *param, const subject_row *subject,
                const test_extent *extent)
{
    const size_t widths = extent->few ? 1 : 2, index = kt_param_index(t);
    const size_t places = extent->few ? subject->few_places : subject->place_count;
    const shape_row *shape = &subject->shapes[index / widths / places];
    const place_row *place = &subject->places[index / widths % places];
    const litmus_place where = {place->scope, place->storage, index % widths == 1,
                                !subject->without_model};
    litmus_campaign *campaign = kt_alloc(t, sizeof *campaign);
    if (!CHECK(litmus_parse(&campaign->program, param, shape->text, shape->outcome, subject->by,
                            &where)) ||
        !supported(t, &campaign->program))
        return;
    litmus_campaign_run(campaign, t, kt_context(t), &extent->effort);
    litmus_campaign_report(campaign, t);
}

// What a test says must be so, on the host: its outcome is forbidden, by an axiom, and no device
// that runs one access after the other shows it; the outcomes of its mutants are allowed.
static void check_test(kt_test *t, const litmus_program *test)
{
    litmus_verdict verdict;
    litmus_mutant mutants[LITMUS_MUTANTS];
    char why[LITMUS_TEXT_BYTES];
    const uint32_t target = litmus_target(test);
    litmus_judge(test, LITMUS_VULKAN, &verdict);
    CHECK(!verdict.race && !verdict.allowed[target]);
    litmus_judge(test, LITMUS_TURNS, &verdict);
    CHECK(!verdict.allowed[target]);
    CHECK(*litmus_explain(test, target, why, sizeof why) != '\0');
    const uint32_t count = litmus_mutants_make(test, mutants);
    CHECK(count > 0 && count < LITMUS_MUTANTS); // all of them had room
    for (uint32_t m = 0; m < count; m++) {
        // To take turns shows what is reversed, and is nothing that an x86 cannot do.
        CHECK(mutants[m].turns_do || mutants[m].class != LITMUS_REVERSAL);
        CHECK(mutants[m].x86_allows || !mutants[m].turns_do);
    }
}

TEST(tests_are_forbidden_and_mutants_allowed)
{
    static const subject_row *const SUBJECTS[] = {&FENCES,    &ACCESSES,  &BARRIERS,
                                                  &COHERENCE, &ATOMICITY, &WITHOUT_MODEL};
    for (size_t i = 0; i < COUNT(SUBJECTS); i++) {
        const subject_row *subject = SUBJECTS[i];
        for (size_t k = 0; k < subject->shape_count * subject->place_count; k++) {
            const shape_row *shape = &subject->shapes[k / subject->place_count];
            const place_row *place = &subject->places[k % subject->place_count];
            if (place->storage == LITMUS_SHARED && place->scope == LITMUS_SUBGROUP)
                continue; // no verdict depends on the storage
            const litmus_place where = {place->scope, place->storage, false,
                                        !subject->without_model};
            litmus_program test;
            if (CHECK(litmus_parse(&test, shape->name, shape->text, shape->outcome, subject->by,
                                   &where)))
                check_test(t, &test);
            if (kt_has_failed(t)) {
                LOGF(t, "%s in %s", shape->text, place->name);
                return;
            }
        }
    }
}

TEST_PARAMS(litmus_fences)
{
    enumerate(params, &FENCES, true);
}

TEST_PARAMS(litmus_fences_everywhere)
{
    enumerate(params, &FENCES, false);
}

TEST_PARAMS(litmus_accesses)
{
    enumerate(params, &ACCESSES, true);
}

TEST_PARAMS(litmus_accesses_everywhere)
{
    enumerate(params, &ACCESSES, false);
}

TEST_PARAMS(litmus_barriers)
{
    enumerate(params, &BARRIERS, true);
}

TEST_PARAMS(litmus_barriers_everywhere)
{
    enumerate(params, &BARRIERS, false);
}

TEST_PARAMS(litmus_coherence)
{
    enumerate(params, &COHERENCE, true);
}

TEST_PARAMS(litmus_coherence_everywhere)
{
    enumerate(params, &COHERENCE, false);
}

TEST_PARAMS(litmus_atomicity)
{
    enumerate(params, &ATOMICITY, true);
}

TEST_PARAMS(litmus_atomicity_everywhere)
{
    enumerate(params, &ATOMICITY, false);
}

TEST_PARAMS(litmus_without_model)
{
    enumerate(params, &WITHOUT_MODEL, true);
}

TEST_PARAMS(litmus_without_model_everywhere)
{
    enumerate(params, &WITHOUT_MODEL, false);
}

// A fence between two accesses of each role.
TEST_FAMILY_CASE(fences_order_accesses)
{
    run(t, param, &FENCES, &SHORT);
}

TEST_FAMILY_CASE(fences_order_accesses_everywhere)
{
    run(t, param, &FENCES, &WIDE);
}

TEST_FAMILY_CASE(fences_order_accesses_in_a_long_search)
{
    run(t, param, &FENCES, &LONG);
}

// The access before acquires, the one behind it releases.
TEST_FAMILY_CASE(accesses_that_acquire_and_release_order_others)
{
    run(t, param, &ACCESSES, &SHORT);
}

TEST_FAMILY_CASE(accesses_that_acquire_and_release_order_others_everywhere)
{
    run(t, param, &ACCESSES, &WIDE);
}

TEST_FAMILY_CASE(accesses_that_acquire_and_release_order_others_in_a_long_search)
{
    run(t, param, &ACCESSES, &LONG);
}

// A control barrier that all roles pass.
TEST_FAMILY_CASE(control_barriers_order_accesses)
{
    run(t, param, &BARRIERS, &SHORT);
}

TEST_FAMILY_CASE(control_barriers_order_accesses_everywhere)
{
    run(t, param, &BARRIERS, &WIDE);
}

TEST_FAMILY_CASE(control_barriers_order_accesses_in_a_long_search)
{
    run(t, param, &BARRIERS, &LONG);
}

// No fence at all: accesses of one location have an order of their own.
TEST_FAMILY_CASE(accesses_of_one_location_are_coherent)
{
    run(t, param, &COHERENCE, &SHORT);
}

TEST_FAMILY_CASE(accesses_of_one_location_are_coherent_everywhere)
{
    run(t, param, &COHERENCE, &WIDE);
}

TEST_FAMILY_CASE(accesses_of_one_location_are_coherent_in_a_long_search)
{
    run(t, param, &COHERENCE, &LONG);
}

// Nothing comes between the read and the write of an atomic instruction.
TEST_FAMILY_CASE(read_modify_writes_are_atomic)
{
    run(t, param, &ATOMICITY, &SHORT);
}

TEST_FAMILY_CASE(read_modify_writes_are_atomic_everywhere)
{
    run(t, param, &ATOMICITY, &WIDE);
}

TEST_FAMILY_CASE(read_modify_writes_are_atomic_in_a_long_search)
{
    run(t, param, &ATOMICITY, &LONG);
}

// The fences of kernels that do not declare the Vulkan memory model, memoryBarrierBuffer() and
// memoryBarrierShared().
TEST_FAMILY_CASE(fences_order_accesses_without_the_memory_model)
{
    run(t, param, &WITHOUT_MODEL, &SHORT);
}

TEST_FAMILY_CASE(fences_order_accesses_without_the_memory_model_everywhere)
{
    run(t, param, &WITHOUT_MODEL, &WIDE);
}

TEST_FAMILY_CASE(fences_order_accesses_without_the_memory_model_in_a_long_search)
{
    run(t, param, &WITHOUT_MODEL, &LONG);
}
