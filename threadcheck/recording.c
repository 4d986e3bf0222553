// What recording shares with other threads: nothing, for each operation of a batch.
#include "explore.h"
#include "scenes.h"
#include "shared.h"

enum { FEW = 100, MANY = 1100 };

// Records a batch of `count` dispatches and submits it, the second time: the first one warms up.
static void record(const player *self, uint32_t count)
{
    kt_test *t = self->t;
    const shared_things *things = self->shared;
    kro_stream *stream = stage_stream(self->on, things->ctx, 0);
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < (round ? count : MANY); i++)
            stage_add(self, stream, things->adder, things->buffer, things->buffer, things->buffer);
        CHECK_OK(kro_finish(stream));
    }
    kro_stream_destroy(stream);
}

static void *record_few(void *user)
{
    record(user, FEW);
    return NULL;
}

static void *record_many(void *user)
{
    record(user, MANY);
    return NULL;
}

static void play_few(const stage *on)
{
    play_shared(on, 1, record_few);
}

static void play_many(const stage *on)
{
    play_shared(on, 1, record_many);
}

// A thousand more dispatches take no lock and change nothing that another thread looks at: so
// threads that record on streams of their own do not slow each other down, whatever the machine.
TEST_FAMILY_CASE(a_dispatch_changes_nothing_shared)
{
    const uint64_t seed = kt_random_u64(t);
    const ks_result few = explore_once(t, param, play_few, seed);
    const ks_result many = explore_once(t, param, play_many, seed);
    CHECK(many.steps > few.steps);
    CHECK(few.shared > 0);
    CHECK_EQ_U64(many.shared, few.shared);
}
