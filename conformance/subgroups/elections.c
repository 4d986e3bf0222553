// Loops that a lane leaves when its subgroup says so: each round lets somebody go, so they end.
//
// Such a loop, of broadcasts and ballots, never ended on GPUOpen-Drivers/AMDVLK#138.
#include "subgroups/lanes.h"
#include "subgroups/run.h"

enum { LOCAL_SIZE = 77, GROUPS = 3, INVOCATIONS = GROUPS * LOCAL_SIZE, KINDS = 6 };

// Who leaves in a round.
typedef enum election {
    OF_FIRST_KIND, // those whose value is that of the first
    OF_ONE,        // the one who is elected
    ELECTIONS,
} election;

static const char *const NAMES[ELECTIONS] = {"value_of_the_first", "elected_one"};

TEST_PARAMS(subgroup_elections)
{
    for (int i = 0; i < ELECTIONS; i++)
        kt_param(params, "%s", NAMES[i]);
}

static uint32_t write_choice(subgroup_writer *w, election kind, uint32_t value)
{
    spirv *m = &w->m;
    if (kind == OF_ONE)
        return spirv_result(m, SpvOpGroupNonUniformElect, spirv_bool(m),
                            SPIRV_OPERANDS(spirv_constant(m, SpvScopeSubgroup)));
    return spirv_compare(
        m, SpvOpIEqual, value,
        SUBGROUP_INSTRUCTION(w, SpvOpGroupNonUniformBroadcastFirst, spirv_uint(m), value));
}

// Rows of all at the beginning; then, of each, the row of its last round, where the ballot is of
// those who leave then, and the first of all is the first of these. They are not written on the way
// out: of who is together there Vulkan says nothing.
static void write_loop(subgroup_writer *w, election kind)
{
    spirv *m = &w->m;
    const uint32_t header = spirv_new_id(m), body = spirv_new_id(m);
    const uint32_t next = spirv_new_id(m), end = spirv_new_id(m);
    const uint32_t value = subgroup_load(w, SUBGROUP_VALUES, w->invocation);
    subgroup_write_who(w, w->invocation, subgroup_ballot(w, subgroup_true(w)));
    SPIRV_CODE(m, SpvOpBranch, header);
    SPIRV_CODE(m, SpvOpLabel, header);
    SPIRV_CODE(m, SpvOpLoopMerge, end, next, SpvLoopControlMaskNone);
    SPIRV_CODE(m, SpvOpBranch, body);
    SPIRV_CODE(m, SpvOpLabel, body);
    const uint32_t is_chosen = write_choice(w, kind, value);
    subgroup_write_who(w, subgroup_index(w, w->invocation, 1, INVOCATIONS),
                       subgroup_ballot(w, is_chosen));
    SPIRV_CODE(m, SpvOpBranchConditional, is_chosen, end, next);
    SPIRV_CODE(m, SpvOpLabel, next);
    SPIRV_CODE(m, SpvOpBranch, header);
    SPIRV_CODE(m, SpvOpLabel, end);
}

static bool run(kt_test *t, election kind, const uint32_t values[INVOCATIONS], subgroup_who *rows)
{
    const subgroup_modes modes = {.execution_mode = 0};
    subgroup_writer *w = kt_alloc(t, sizeof *w);
    uint32_t *words = kt_alloc(t, SPIRV_MODULE_WORDS * sizeof *words);
    subgroup_writer_begin(w, subgroup_type_named("u32"), LOCAL_SIZE, GROUPS);
    write_loop(w, kind);
    const size_t count = subgroup_writer_end(w, &modes, words);
    return subgroup_run_kernel(t, &(subgroup_run){.label = NAMES[kind],
                                                  .words = words,
                                                  .word_count = count,
                                                  .groups = GROUPS,
                                                  .values = {values, INVOCATIONS * sizeof *values},
                                                  .who = rows,
                                                  .who_bytes = 2 * INVOCATIONS * sizeof *rows});
}

// Whoever leaves together had the same value, or was alone.
static bool check_company(kt_test *t, election kind, const lanes_map *map,
                          const subgroup_who *leaving, const uint32_t values[LOCAL_SIZE])
{
    for (uint32_t i = 0; i < LOCAL_SIZE; i++)
        for (uint32_t lane = 0; lane < map->size; lane++) {
            const uint32_t other = map->at[leaving[i].subgroup][lane];
            if (!lanes_in_ballot(&leaving[i], lane) || other == i ||
                (kind == OF_FIRST_KIND && values[other] == values[i]))
                continue;
            FAILF(t, "invocations %u and %u leave together, with values %u and %u", i, other,
                  values[i], values[other]);
            return false;
        }
    return true;
}

TEST_FAMILY_CASE(loops_end_when_everyone_was_chosen)
{
    (void)param;
    const election kind = (election)kt_param_index(t);
    uint32_t values[INVOCATIONS];
    const kro_device_info *device = kt_device(t);
    subgroup_who *rows = kt_alloc(t, 2 * INVOCATIONS * sizeof *rows);
    lanes_map *map = kt_alloc(t, sizeof *map);
    for (uint32_t i = 0; i < INVOCATIONS; i++)
        values[i] = (uint32_t)kt_random_below(t, KINDS);
    if (!device || !run(t, kind, values, rows))
        return;
    for (uint32_t group = 0; group < GROUPS; group++) {
        const subgroup_who *its = rows + group * LOCAL_SIZE, *leaving = its + INVOCATIONS;
        if (!lanes_read(t, map, its, LOCAL_SIZE, device->subgroup_size))
            return;
        for (uint32_t i = 0; i < LOCAL_SIZE; i++)
            if (!CHECK(!lanes_is_absent(&leaving[i])))
                return;
        if (!lanes_check(t, map, leaving, 1) ||
            !check_company(t, kind, map, leaving, values + group * LOCAL_SIZE))
            return;
    }
}
