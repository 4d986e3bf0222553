// What lets a wait end: which of those that run, or are still to run, a device keeps going. Vulkan
// promises next to nothing of that, so devices are classified, not judged. docs/conformance.md says
// how to read it.
#include <stdio.h>
#include <string.h>

#include "kernel.h"
#include "trial.h"

enum {
    TRIES = 3,           // of each pattern, of which most decide
    MUTEX_MEMBERS = 256, // a lock that more contend for takes long, and shows nothing else
    NEVER_MEMBERS = 4,   // that wait for what does not come
    NEVER_SPINS = 70000, // beyond 2^16, where lavapipe ends loops
};

static const char *const LEVELS[] = {"workgroups", "subgroups", "invocations"};

TEST_PARAMS(progress_levels)
{
    for (size_t i = 0; i < sizeof LEVELS / sizeof LEVELS[0]; i++)
        kt_param(params, "%s", LEVELS[i]);
}

static bool computes(kt_test *t)
{
    if (kt_device_computes(t))
        return true;
    SKIP(t, "the null driver computes nothing");
    return false;
}

// How many members were at work at the same time; the most of two tries, or of more where they
// differ.
static uint32_t measure_at_once(progress_bench *bench)
{
    uint32_t most = 1, last = 0;
    progress_trial trial;
    if (!progress_bench_turn(bench, PROGRESS_AT_ONCE))
        return 0;
    for (int i = 0; i < TRIES; i++) {
        if (!progress_try(bench, bench->max_members, &trial))
            return 0;
        most = trial.at_once > most ? trial.at_once : most;
        if (trial.at_once == last)
            break;
        last = trial.at_once;
    }
    return most;
}

// Members of a pattern: where they are to meet no more than run at once, otherwise so many that
// most wait for a place. On a busy machine fewer may have been seen at once than can be.
static uint32_t members_of(const progress_bench *bench, int pattern, uint32_t at_once)
{
    const uint64_t beyond = 4 * (uint64_t)at_once + 60;
    const uint32_t many = beyond < bench->max_members ? (uint32_t)beyond : bench->max_members;
    switch (pattern) {
    case PROGRESS_TO_LOWER:
    case PROGRESS_ARRIVALS:
    case PROGRESS_IN_BETWEEN:
    case PROGRESS_TO_HIGHER:
        return many;
    case PROGRESS_MUTEX:
        return many < MUTEX_MEMBERS ? many : MUTEX_MEMBERS;
    default:
        return at_once;
    }
}

// The outcome of most tries.
static progress_outcome decide(progress_bench *bench, int pattern, uint32_t at_once)
{
    const uint32_t members = members_of(bench, pattern, at_once);
    uint32_t counts[3] = {0};
    progress_trial trial, longest = {0};
    if (!progress_bench_turn(bench, pattern))
        return PROGRESS_NOT_MET;
    for (int i = 0; i < TRIES; i++) {
        if (!progress_try(bench, members, &trial))
            return PROGRESS_NOT_MET;
        counts[trial.outcome]++;
        if (trial.most_spins >= longest.most_spins)
            longest = trial;
        if (counts[trial.outcome] > TRIES / 2)
            break;
    }
    LOGF(bench->t,
         "%s: of %u tries %u saw every flag, %u gave up, %u did not meet; %u members, in one try "
         "%llu flags after at most %u spins",
         progress_pattern_name(pattern), counts[0] + counts[1] + counts[2], counts[PROGRESS_SEEN],
         counts[PROGRESS_GIVEN_UP], counts[PROGRESS_NOT_MET], trial.members,
         (unsigned long long)longest.flags_seen, longest.most_spins);
    return counts[PROGRESS_SEEN] > TRIES / 2       ? PROGRESS_SEEN
           : counts[PROGRESS_GIVEN_UP] > TRIES / 2 ? PROGRESS_GIVEN_UP
                                                   : PROGRESS_NOT_MET;
}

TEST_FAMILY_CASE(forward_progress_is_classified)
{
    progress_bench bench;
    progress_outcome outcomes[PROGRESS_PATTERNS];
    (void)param;
    if (!computes(t) || !progress_bench_make(&bench, t, (progress_level)kt_param_index(t)))
        return;
    const uint32_t at_once = measure_at_once(&bench);
    LOGF(t, "%u had begun and not ended at the same time", at_once);
    progress_bench_await(&bench, at_once);
    for (int i = 0; i < PROGRESS_PATTERNS && !kt_has_failed(t); i++)
        outcomes[i] = decide(&bench, i, at_once);
    if (kt_has_failed(t))
        return;
    // Counts differ from run to run and stand in the log; what should stay is certified.
    kt_certify_text(t, "progress", "%s", progress_model_name(progress_classify(outcomes)));
    kt_certify_text(t, "at_once", "%s", at_once > 1 ? "several" : "one");
    kt_certify_u64(t, "spin_limit", bench.spin_limit);
    for (int i = 0; i < PROGRESS_PATTERNS; i++)
        kt_certify_text(t, progress_pattern_name(i), "%s", progress_outcome_name(outcomes[i]));
    if (!progress_is_coherent(outcomes))
        FAILF(t, "all waited for higher numbers and saw every flag, but somebody starved where "
                 "less is needed: see the certificate");
}

// A loop that waits for what does not come ends when it may, not before: what gives up too early
// looks as if it had seen its flag to whoever asks only whether the dispatch ended.
TEST(waits_end_only_for_a_reason)
{
    progress_bench bench;
    progress_trial trial;
    if (!computes(t) || !progress_bench_make(&bench, t, PROGRESS_WORKGROUPS))
        return;
    bench.spin_limit = NEVER_SPINS;
    if (progress_bench_turn(&bench, PROGRESS_NEVER) &&
        progress_try(&bench, NEVER_MEMBERS, &trial)) {
        CHECK_EQ_U64(trial.outcome, PROGRESS_GIVEN_UP);
        CHECK_EQ_U64(trial.flags_seen, 0);
    }
}

// The decision itself: a device that keeps exactly what a model promises is of that class, and none
// is of a class whose promise it broke.
TEST(progress_models_are_told_apart)
{
    for (int m = 0; m < PROGRESS_MODELS; m++) {
        progress_outcome outcomes[PROGRESS_PATTERNS];
        for (int i = 0; i < PROGRESS_PATTERNS; i++)
            outcomes[i] =
                progress_promises((progress_model)m, i) ? PROGRESS_SEEN : PROGRESS_GIVEN_UP;
        CHECK_EQ_STRING(progress_model_name(progress_classify(outcomes)),
                        progress_model_name((progress_model)m));
        CHECK(progress_is_coherent(outcomes));
        for (int i = 0; i < PROGRESS_PATTERNS; i++) {
            // Who promises more promises all of it, and what did not meet breaks nothing.
            CHECK(!progress_promises(PROGRESS_HSA, i) || progress_promises(PROGRESS_HSA_OBE, i));
            CHECK(!progress_promises(PROGRESS_OBE, i) || progress_promises(PROGRESS_HSA_OBE, i));
            CHECK(!progress_promises(PROGRESS_HSA_OBE, i) || progress_promises(PROGRESS_LOBE, i));
            CHECK(progress_promises(PROGRESS_FAIR, i));
            if (!progress_promises((progress_model)m, i))
                continue;
            outcomes[i] = PROGRESS_GIVEN_UP;
            CHECK(progress_classify(outcomes) != (progress_model)m);
            CHECK(m != PROGRESS_FAIR || i == PROGRESS_TO_HIGHER || !progress_is_coherent(outcomes));
            outcomes[i] = PROGRESS_NOT_MET;
            CHECK(progress_classify(outcomes) >= (progress_model)m);
            outcomes[i] = PROGRESS_SEEN;
        }
    }
}
