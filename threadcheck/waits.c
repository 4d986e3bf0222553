// Streams of several threads wait for each other.
#include "explore.h"
#include "shared.h"

enum { THREADS = 3, ROUNDS = 3 };

// A ring: each thread waits for the fence of the one before it, adds 1, and hands its own fence on.
static void *pass_around(void *user)
{
    const player *self = user;
    const stage *on = self->on;
    kt_test *t = self->t;
    shared_things *things = self->shared;
    kro_stream *stream = stage_stream(on, things->ctx, self->index);
    kro_buffer *one = stage_floats(on, things->ctx, 1);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        const uint32_t turn = round * THREADS + self->index;
        shared_await(things, turn);
        CHECK_OK(kro_stream_wait(stream, things->fence));
        stage_add(self, stream, things->adder, things->buffer, one, things->buffer);
        CHECK_OK(kro_submit(stream, &things->fence));
        shared_go_on(things, turn + 1);
    }
    shared_await(things, THREADS * ROUNDS);
    CHECK_OK(kro_wait(things->ctx, things->fence, UINT64_MAX));
    check_buffer(on, things->buffer, 1 + THREADS * ROUNDS);
    kro_buffer_destroy(one);
    kro_stream_destroy(stream);
    return NULL;
}

static void play_ring(const stage *on)
{
    play_shared(on, THREADS, pass_around);
}

TEST_FAMILY_CASE(streams_wait_for_each_other)
{
    explore(t, param, play_ring);
}

// All wait for one fence, and each sees what it stands for.
static void *wait_for_the_first(void *user)
{
    const player *self = user;
    const stage *on = self->on;
    kt_test *t = self->t;
    shared_things *things = self->shared;
    if (self->index == 0) {
        kro_stream *stream = stage_stream(on, things->ctx, 0);
        float *floats = things->object = kt_alloc(t, SCENE_BYTES);
        stage_add(self, stream, things->adder, things->buffer, things->buffer, things->buffer);
        CHECK_OK(kro_read(stream, things->buffer, 0, floats, SCENE_BYTES));
        CHECK_OK(kro_submit(stream, &things->fence));
        shared_go_on(things, 1);
        CHECK_OK(kro_wait(things->ctx, things->fence, UINT64_MAX));
        check_floats(on, floats, 2);
        shared_await(things, THREADS);
        kro_stream_destroy(stream); // a read belongs to its stream
        return NULL;
    }
    shared_await(things, self->index);
    const kro_fence fence = things->fence;
    shared_go_on(things, self->index + 1);
    CHECK_OK(kro_wait(things->ctx, fence, UINT64_MAX));
    check_floats(on, things->object, 2);
    return NULL;
}

static void play_one_fence(const stage *on)
{
    play_shared(on, THREADS, wait_for_the_first);
}

TEST_FAMILY_CASE(several_threads_wait_for_one_fence)
{
    explore(t, param, play_one_fence);
}
