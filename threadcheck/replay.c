// A schedule is its seed: it can be played again, step for step.
#include "explore.h"
#include "scenes.h"

// On the bare device work completes when it does, and what threads see of that may differ.
TEST_PARAMS(replayed_stages)
{
    kt_param(params, "delayed");
    kt_param(params, "reordered");
    kt_param(params, "queues");
    kt_param(params, "fences");
}

TEST_FAMILY_CASE(a_seed_replays_its_schedule)
{
    enum { SEEDS = 8 };
    uint64_t hashes[SEEDS];
    uint32_t different = 0;
    for (int i = 0; i < SEEDS; i++) {
        const uint64_t seed = kt_random_u64(t);
        const ks_result first = explore_once(t, param, play_objects, seed);
        const ks_result again = explore_once(t, param, play_objects, seed);
        CHECK(first.threads > 2 && first.switches > 0);
        CHECK_EQ_U64(again.steps, first.steps);
        CHECK_EQ_U64(again.switches, first.switches);
        CHECK_EQ_U64(again.hash, first.hash);
        hashes[i] = first.hash;
        bool known = false;
        for (int j = 0; j < i; j++)
            known = known || hashes[j] == hashes[i];
        different += !known;
    }
    // A seed may draw an order that another one drew.
    CHECK(different > SEEDS / 2);
}
