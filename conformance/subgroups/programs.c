// Random structured programs: which lanes are together at each of their marks.
//
// Whatever a device does, an invocation goes its own path, a ballot names invocations that make the
// same visit, and operations there are of those. Where a device promises more, everyone who makes
// the visit is named: VK_KHR_shader_subgroup_uniform_control_flow where the whole subgroup does and
// has not been parted, VK_KHR_shader_maximal_reconvergence wherever it be.
#include <string.h>

#include "subgroups/features.h"
#include "subgroups/lanes.h"
#include "subgroups/paths.h"
#include "subgroups/run.h"

enum { GROUPS = 2, MOST_INVOCATIONS = GROUPS * SUBGROUP_MAX_LANES };

// Numbers of SPIR-V that Debian 12's headers lack.
enum { EXECUTION_MODE_MAXIMALLY_RECONVERGES = 6023 };

// Who must be together.
typedef enum promise {
    PROMISE_NOTHING,
    PROMISE_UNIFORM, // whole subgroups that have not been parted
    PROMISE_MAXIMAL, // all who make a visit
} promise;

static const subgroup_modes MODES[] = {
    [PROMISE_NOTHING] = {{SpvCapabilityGroupNonUniformArithmetic}, {NULL}, 0},
    [PROMISE_UNIFORM] = {{SpvCapabilityGroupNonUniformArithmetic},
                         {"SPV_KHR_subgroup_uniform_control_flow"},
                         SpvExecutionModeSubgroupUniformControlFlowKHR},
    [PROMISE_MAXIMAL] = {{SpvCapabilityGroupNonUniformArithmetic},
                         {"SPV_KHR_maximal_reconvergence"},
                         EXECUTION_MODE_MAXIMALLY_RECONVERGES},
};

// One program and what came of it.
typedef struct programs_run {
    promise promised;
    paths_program program;
    uint32_t local_size, size; // of workgroups; of subgroups
    uint32_t in[SUBGROUP_IN_HEADER + SUBGROUP_IN_WORDS * MOST_INVOCATIONS];
    uint32_t values[MOST_INVOCATIONS];
    paths_path paths[MOST_INVOCATIONS];
    uint32_t rows;     // that there may be
    subgroup_who *who; // of each
    uint32_t *results; // PATHS_RESULTS of each
} programs_run;

static uint32_t invocations_of(const programs_run *run)
{
    return GROUPS * run->local_size;
}

static uint32_t row_of(const programs_run *run, uint32_t visit, uint32_t invocation)
{
    return visit * invocations_of(run) + invocation;
}

// Bits of conditions: at random, seldom, often, and the same for neighbours.
static void fill(kt_test *t, programs_run *run)
{
    for (uint32_t i = 0; i < SUBGROUP_IN_HEADER; i++)
        run->in[i] = kt_random_u32(t);
    for (uint32_t i = 0; i < invocations_of(run); i++) {
        uint32_t *words = run->in + SUBGROUP_IN_HEADER + SUBGROUP_IN_WORDS * i;
        words[0] = kt_random_u32(t);
        words[1] = kt_random_u32(t) & kt_random_u32(t) & kt_random_u32(t);
        words[2] = kt_random_u32(t) | kt_random_u32(t) | kt_random_u32(t);
        words[3] = i % 4 == 0 ? kt_random_u32(t) : words[3 - SUBGROUP_IN_WORDS];
        run->values[i] = kt_random_u32(t);
    }
}

// Whether the paths of all invocations are found, and are short enough.
static bool follow(programs_run *run)
{
    uint32_t most = 0;
    for (uint32_t i = 0; i < invocations_of(run); i++) {
        uint32_t words[PATHS_WORDS];
        memcpy(words, run->in, SUBGROUP_IN_HEADER * sizeof *words);
        memcpy(words + SUBGROUP_IN_HEADER, run->in + SUBGROUP_IN_HEADER + SUBGROUP_IN_WORDS * i,
               SUBGROUP_IN_WORDS * sizeof *words);
        paths_follow(&run->program, words, &run->paths[i]);
        if (run->paths[i].overflow)
            return false;
        most = run->paths[i].count > most ? run->paths[i].count : most;
    }
    run->rows = (most + 1) * invocations_of(run); // one more, which nobody writes
    return true;
}

static bool execute(kt_test *t, programs_run *run)
{
    uint32_t *words = kt_alloc(t, SPIRV_MODULE_WORDS * sizeof *words);
    const size_t count =
        paths_kernel(&run->program, &MODES[run->promised], run->local_size, GROUPS, words);
    const uint64_t result_bytes = run->rows * PATHS_RESULTS * sizeof *run->results;
    run->who = kt_alloc(t, run->rows * sizeof *run->who);
    run->results = kt_alloc(t, result_bytes);
    return subgroup_run_kernel(t, &(subgroup_run){.label = "random program",
                                                  .words = words,
                                                  .word_count = count,
                                                  .groups = GROUPS,
                                                  .in = {run->in, sizeof run->in},
                                                  .values = {run->values, sizeof run->values},
                                                  .who = run->who,
                                                  .who_bytes = run->rows * sizeof *run->who,
                                                  .results = run->results,
                                                  .result_bytes = result_bytes});
}

// Each invocation made its visits in their order, and no more.
static bool check_paths(kt_test *t, const programs_run *run)
{
    for (uint32_t i = 0; i < invocations_of(run); i++) {
        const paths_path *path = &run->paths[i];
        for (uint32_t k = 0; k < path->count; k++) {
            const uint32_t row = row_of(run, k, i), made = run->results[PATHS_RESULTS * row];
            if (!lanes_is_absent(&run->who[row]) && made == path->visits[k])
                continue;
            FAILF(t, "invocation %u made visit %u to mark %u, 0x%03x, not to mark %u, 0x%03x", i, k,
                  paths_mark_of(made), made & 0xfff, paths_mark_of(path->visits[k]),
                  path->visits[k] & 0xfff);
            return false;
        }
        if (!lanes_is_absent(&run->who[row_of(run, path->count, i)])) {
            FAILF(t, "invocation %u made more than %u visits", i, path->count);
            return false;
        }
    }
    return true;
}

// The visits of a workgroup to one mark in one round: row k is invocation k's, poison where it
// makes no such visit.
typedef struct meeting {
    paths_visit visit;
    subgroup_who rows[SUBGROUP_MAX_LANES];
    uint32_t sums[SUBGROUP_MAX_LANES];
} meeting;

static void gather(const programs_run *run, uint32_t group, paths_visit visit, meeting *met)
{
    met->visit = visit;
    kt_poison(met->rows, sizeof met->rows);
    for (uint32_t i = 0; i < run->local_size; i++) {
        const uint32_t invocation = group * run->local_size + i;
        const paths_path *path = &run->paths[invocation];
        for (uint32_t k = 0; k < path->count; k++) {
            if (path->visits[k] != visit)
                continue;
            const uint32_t row = row_of(run, k, invocation);
            met->rows[i] = run->who[row];
            met->sums[i] = run->results[PATHS_RESULTS * row + 1];
        }
    }
}

// Sums are of the lanes that the ballot names.
static bool check_sums(kt_test *t, const programs_run *run, const lanes_map *map, uint32_t group,
                       const meeting *met)
{
    for (uint32_t i = 0; i < run->local_size; i++) {
        const subgroup_who *row = &met->rows[i];
        if (lanes_is_absent(row))
            continue;
        uint32_t expected = 0;
        for (uint32_t lane = 0; lane <= row->lane; lane++)
            if (lanes_in_ballot(row, lane))
                expected += run->values[group * run->local_size + map->at[row->subgroup][lane]];
        if (expected != met->sums[i]) {
            FAILF(t, "invocation %u of group %u adds up 0x%08x at mark %u, 0x%03x, not 0x%08x", i,
                  group, met->sums[i], paths_mark_of(met->visit), met->visit & 0xfff, expected);
            return false;
        }
    }
    return true;
}

// Whether those of a subgroup who are here must be together.
static bool must_meet(const programs_run *run, const lanes_map *map, const meeting *met,
                      uint32_t subgroup)
{
    if (run->promised != PROMISE_UNIFORM)
        return run->promised == PROMISE_MAXIMAL;
    for (uint32_t lane = 0; lane < map->size; lane++) {
        const uint32_t invocation = map->at[subgroup][lane];
        if (invocation != LANES_NOBODY && lanes_is_absent(&met->rows[invocation]))
            return false;
    }
    return run->program.statements[paths_mark_of(met->visit)].is_plain;
}

static bool check_promise(kt_test *t, const programs_run *run, const lanes_map *map,
                          const meeting *met)
{
    for (uint32_t i = 0; i < run->local_size; i++) {
        const subgroup_who *row = &met->rows[i];
        if (lanes_is_absent(row) || !must_meet(run, map, met, row->subgroup))
            continue;
        for (uint32_t lane = 0; lane < map->size; lane++) {
            const uint32_t other = map->at[row->subgroup][lane];
            if (other == LANES_NOBODY || lanes_is_absent(&met->rows[other]) ||
                lanes_in_ballot(row, lane))
                continue;
            FAILF(t,
                  "lane %u of subgroup %u is not with lane %u at mark %u, 0x%03x, where both are: "
                  "0x%08x%08x",
                  lane, row->subgroup, row->lane, paths_mark_of(met->visit), met->visit & 0xfff,
                  row->ballot[1], row->ballot[0]);
            return false;
        }
    }
    return true;
}

static bool check_group(kt_test *t, const programs_run *run, uint32_t group)
{
    lanes_map *map = kt_alloc(t, sizeof *map);
    meeting *met = kt_alloc(t, sizeof *met);
    // All begin together.
    bool right = lanes_read(t, map, run->who + group * run->local_size, run->local_size, run->size);
    for (uint32_t i = 0; i < run->local_size && right; i++) {
        const paths_path *path = &run->paths[group * run->local_size + i];
        for (uint32_t k = 0; k < path->count && right; k++) {
            gather(run, group, path->visits[k], met);
            // Once is enough: with the first invocation that is here.
            bool is_first = true;
            for (uint32_t other = 0; other < i; other++)
                is_first &= lanes_is_absent(&met->rows[other]);
            if (!is_first)
                continue;
            right = lanes_check(t, map, met->rows, 1) && check_sums(t, run, map, group, met) &&
                    check_promise(t, run, map, met);
            if (!right)
                FAILF(t, "that was at mark %u, 0x%03x", paths_mark_of(met->visit),
                      met->visit & 0xfff);
        }
    }
    return right;
}

// Runs a program and checks what came of it.
static void check_run(kt_test *t, programs_run *run)
{
    if (!execute(t, run))
        return;
    bool right = check_paths(t, run);
    for (uint32_t group = 0; group < GROUPS && right; group++)
        right = check_group(t, run, group);
    if (!right)
        paths_log(t, &run->program);
}

static programs_run *make_run(kt_test *t, promise promised, uint32_t local_size)
{
    const kro_device_info *device = kt_device(t);
    programs_run *run = kt_alloc(t, sizeof *run);
    if (!device)
        return NULL;
    run->promised = promised;
    run->size = device->subgroup_size;
    run->local_size = local_size;
    fill(t, run);
    return run;
}

// Loops that test behind their rounds are in programs for more than paths: see
// lanes_that_left_a_loop_keep_their_values. Of who is together in a block that leads out of a loop,
// maximal reconvergence alone says something: there compilers may wait until the others leave.
static void check_program(kt_test *t, promise promised)
{
    static const uint32_t LOCAL_SIZES[] = {32, 64, 77, 128};
    programs_run *run = make_run(t, promised, LOCAL_SIZES[kt_random_below(t, 4)]);
    const paths_options options = {.with_do = promised != PROMISE_NOTHING,
                                   .with_exits = promised == PROMISE_MAXIMAL};
    if (!run)
        return;
    do
        paths_generate(t, options, &run->program);
    while (!follow(run));
    check_run(t, run);
}

static void number_params(kt_params *params, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        kt_param(params, "%u", i);
}

TEST_PARAMS(subgroup_programs)
{
    number_params(params, 8);
}

TEST_PARAMS(more_subgroup_programs)
{
    number_params(params, 60);
}

TEST_FAMILY_CASE(programs_keep_to_their_paths)
{
    (void)param;
    check_program(t, PROMISE_NOTHING);
}

TEST_FAMILY_CASE(more_programs_keep_to_their_paths)
{
    (void)param;
    check_program(t, PROMISE_NOTHING);
}

static const char *const TWO_LOOPS[] = {"one_behind_the_other", "one_in_the_other"};

TEST_PARAMS(subgroup_two_loops)
{
    for (size_t i = 0; i < sizeof TWO_LOOPS / sizeof TWO_LOOPS[0]; i++)
        kt_param(params, "%s", TWO_LOOPS[i]);
}

// The number of the next visit is changed in both loops: others go on when a lane has left.
TEST_FAMILY_CASE(lanes_that_left_a_loop_keep_their_values)
{
    (void)param;
    programs_run *run = make_run(t, PROMISE_NOTHING, SUBGROUP_MAX_LANES);
    if (!run)
        return;
    paths_two_loops(kt_param_index(t) == 1, &run->program);
    if (CHECK(follow(run)))
        check_run(t, run);
}

static void check_uniform(kt_test *t)
{
    if (subgroup_features_of(t).uniform_control_flow)
        check_program(t, PROMISE_UNIFORM);
    else
        SKIP(t, "shaderSubgroupUniformControlFlow");
}

TEST_FAMILY_CASE(subgroups_meet_after_uniform_control_flow)
{
    (void)param;
    check_uniform(t);
}

TEST_FAMILY_CASE(subgroups_meet_after_uniform_control_flow_of_more_programs)
{
    (void)param;
    check_uniform(t);
}

static void check_maximal(kt_test *t)
{
    if (subgroup_features_of(t).maximal_reconvergence)
        check_program(t, PROMISE_MAXIMAL);
    else
        SKIP(t, "shaderMaximalReconvergence");
}

TEST_FAMILY_CASE(lanes_meet_wherever_they_can)
{
    (void)param;
    check_maximal(t);
}

TEST_FAMILY_CASE(lanes_meet_wherever_they_can_in_more_programs)
{
    (void)param;
    check_maximal(t);
}
