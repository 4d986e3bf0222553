// Objects are made and destroyed at every point of what other threads record, submit and wait for.
#include "explore.h"
#include "scenes.h"
#include "shared.h"

enum { THREADS = 3, ROUNDS = 3 };

// Makes everything anew, and destroys it while it is recorded, submitted or complete.
static void *make_and_destroy(void *user)
{
    const player *self = user;
    const stage *on = self->on;
    kt_test *t = self->t;
    const shared_things *things = self->shared;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        const float value = (float)(8 * self->index + round);
        const uint64_t point = on->number + self->index + round;
        kro_stream *stream = stage_stream(on, things->ctx, self->index);
        kro_pipeline *adder = stage_adder(on, things->ctx);
        kro_buffer *in = stage_floats(on, things->ctx, value);
        kro_buffer *out = stage_floats(on, things->ctx, 0);
        stage_add(self, stream, adder, in, in, out);
        if (point % 3 == 0) {
            kro_buffer_destroy(in);
            kro_pipeline_destroy(adder);
        }
        CHECK_OK(point % 2 ? kro_finish(stream) : kro_submit(stream, NULL));
        if (point % 3 == 1) {
            kro_buffer_destroy(in);
            kro_pipeline_destroy(adder);
        }
        check_buffer(on, out, 2 * value);
        if (point % 3 == 2) {
            kro_buffer_destroy(in);
            kro_pipeline_destroy(adder);
        }
        kro_buffer_destroy(out);
        kro_stream_destroy(stream);
    }
    return NULL;
}

void play_objects(const stage *on)
{
    play_shared(on, THREADS, make_and_destroy);
}

TEST_FAMILY_CASE(objects_come_and_go)
{
    explore(t, param, play_objects);
}

// One thread uses a buffer and says how far it is; the other one destroys it: while it is recorded,
// after the submit, or after more of the first one's work.
enum { RECORDED = 1, SUBMITTED, RECORDED_AGAIN, POINTS };

static void use_buffer(const player *self, shared_things *things)
{
    const stage *on = self->on;
    kt_test *t = self->t;
    const uint32_t last = 1 + (uint32_t)(on->number % (POINTS - 1));
    kro_stream *stream = stage_stream(on, things->ctx, 0);
    kro_buffer *out = stage_floats(on, things->ctx, 0), *again = stage_floats(on, things->ctx, 0);
    kro_buffer *victim = things->object;
    stage_add(self, stream, things->adder, victim, things->buffer, out);
    if (last == RECORDED)
        shared_go_on(things, last);
    CHECK_OK(kro_submit(stream, NULL));
    if (last == SUBMITTED)
        shared_go_on(things, last);
    if (last == RECORDED_AGAIN) {
        stage_add(self, stream, things->adder, victim, out, again);
        shared_go_on(things, last);
    }
    CHECK_OK(kro_finish(stream));
    check_buffer(on, out, 6);
    check_buffer(on, again, last == RECORDED_AGAIN ? 11 : 0);
    kro_buffer_destroy(out);
    kro_buffer_destroy(again);
    kro_stream_destroy(stream);
}

static void destroy_buffer(const player *self, shared_things *things)
{
    shared_await(things, RECORDED);
    kro_buffer_destroy(things->object);
    // What is made now may get the memory, if that was freed too early.
    kro_buffer *other = stage_floats(self->on, things->ctx, 100);
    check_buffer(self->on, other, 100);
    kro_buffer_destroy(other);
}

static void *use_or_destroy(void *user)
{
    const player *self = user;
    if (self->index == 0)
        use_buffer(self, self->shared);
    else
        destroy_buffer(self, self->shared);
    return NULL;
}

static void *use_and_destroy(void *user)
{
    player *self = user;
    shared_things *things = self->shared;
    things->object = stage_floats(self->on, things->ctx, 5);
    if (things->object)
        play_threads(self->on, 2, use_or_destroy, things);
    return NULL;
}

void play_destroyed_in_use(const stage *on)
{
    play_shared(on, 1, use_and_destroy);
}

TEST_FAMILY_CASE(another_thread_destroys_what_is_in_use)
{
    explore(t, param, play_destroyed_in_use);
}
