#include "shared.h"

void play_shared(const stage *on, uint32_t count, void *(*work)(void *player))
{
    kt_test *t = on->t;
    shared_things things = {.ctx = stage_context(on)};
    if (!things.ctx || !CHECK(kro__mutex_init(&things.lock)))
        return;
    if (CHECK(kro__condition_init(&things.moved))) {
        things.adder = stage_adder(on, things.ctx);
        things.buffer = stage_floats(on, things.ctx, 1);
        if (things.adder && things.buffer)
            play_threads(on, count, work, &things);
        kro_buffer_destroy(things.buffer);
        kro_pipeline_destroy(things.adder);
        kro__condition_finish(&things.moved);
    }
    kro__mutex_finish(&things.lock);
    kro_context_destroy(things.ctx);
}

void shared_await(shared_things *things, uint32_t act)
{
    kro__mutex_lock(&things->lock);
    while (things->act < act)
        kro__condition_wait(&things->moved, &things->lock);
    kro__mutex_unlock(&things->lock);
}

void shared_go_on(shared_things *things, uint32_t act)
{
    kro__mutex_lock(&things->lock);
    things->act = act;
    kro__condition_wake_all(&things->moved);
    kro__mutex_unlock(&things->lock);
}
