// One context, whose streams belong to a thread each; the default stream belongs to all.
#include "explore.h"

#include <string.h>

#include "shared.h"

enum { THREADS = 3, ROUNDS = 3 };

// Sums in buffers of its own, on a stream of its own.
static void *compute_on_own_stream(void *user)
{
    const player *self = user;
    const stage *on = self->on;
    kt_test *t = self->t;
    const shared_things *things = self->shared;
    kro_stream *stream = stage_stream(on, things->ctx, self->index);
    kro_buffer *in = stage_floats(on, things->ctx, 1), *out = stage_floats(on, things->ctx, 0);
    for (int round = 0; round < ROUNDS; round++) {
        kro_fence fence = {0};
        // out = out + in
        stage_add(self, stream, things->adder, out, in, out);
        if (round == 1 && CHECK_OK(kro_submit(stream, &fence)))
            CHECK_OK(kro_wait(things->ctx, fence, UINT64_MAX));
        else
            CHECK_OK(kro_submit(stream, &fence));
        const kro_status status = kro_poll(things->ctx, fence);
        CHECK(status == KRO_OK || status == KRO_NOT_READY);
    }
    check_buffer(on, out, ROUNDS);
    kro_buffer_destroy(in);
    kro_buffer_destroy(out);
    kro_stream_destroy(stream);
    return NULL;
}

static void play_own_streams(const stage *on)
{
    play_shared(on, THREADS, compute_on_own_stream);
}

TEST_FAMILY_CASE(each_thread_has_a_stream)
{
    explore(t, param, play_own_streams);
}

// The same on the stream that all share: a batch may hold operations of several threads, and
// whoever submits submits all of them.
static void *compute_on_default_stream(void *user)
{
    const player *self = user;
    const stage *on = self->on;
    kt_test *t = self->t;
    const shared_things *things = self->shared;
    kro_stream *stream = kro_context_stream(things->ctx);
    kro_buffer *in = stage_floats(on, things->ctx, 1), *out = stage_floats(on, things->ctx, 0);
    for (int round = 0; round < ROUNDS; round++) {
        stage_add(self, stream, things->adder, out, in, out);
        if (round % 2)
            CHECK_OK(kro_finish(stream));
    }
    check_buffer(on, out, ROUNDS);
    kro_buffer_destroy(in);
    kro_buffer_destroy(out);
    return NULL;
}

static void play_default_stream(const stage *on)
{
    play_shared(on, THREADS, compute_on_default_stream);
}

TEST_FAMILY_CASE(all_threads_share_the_default_stream)
{
    explore(t, param, play_default_stream);
}

// Reads back while others submit: a read is there when a wait for its fence returns, whoever waited
// first.
static void *read_beside_submits(void *user)
{
    const player *self = user;
    const stage *on = self->on;
    kt_test *t = self->t;
    const shared_things *things = self->shared;
    kro_stream *stream = stage_stream(on, things->ctx, 0);
    kro_buffer *buffer = stage_floats(on, things->ctx, 0);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        float value = (float)(10 * self->index + round), floats[SCENE_WORDS] = {0};
        uint32_t word;
        kro_fence fence = {0};
        memcpy(&word, &value, sizeof word);
        CHECK_OK(kro_fill(stream, buffer, 0, SCENE_BYTES, word));
        CHECK_OK(kro_read(stream, buffer, 0, floats, sizeof floats));
        CHECK_OK(kro_submit(stream, &fence));
        CHECK_OK(kro_wait(things->ctx, fence, UINT64_MAX));
        check_floats(on, floats, value);
    }
    kro_buffer_destroy(buffer);
    kro_stream_destroy(stream);
    return NULL;
}

static void play_reads(const stage *on)
{
    play_shared(on, THREADS, read_beside_submits);
}

TEST_FAMILY_CASE(reads_arrive_beside_submits)
{
    explore(t, param, play_reads);
}
