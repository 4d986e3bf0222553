// Memory of the program's own, mapped memory, and copies that threads share.
#include "explore.h"

#include <stdlib.h>
#include <string.h>

#include "copier.h"
#include "scenes.h"
#include "shared.h"

enum { THREADS = 3, ROUNDS = 3, MOST_ALIGNMENT = 1 << 16 };

// Has its memory written in place, and takes it back.
static void *register_and_unregister(void *user)
{
    static _Alignas(MOST_ALIGNMENT) uint8_t memory[THREADS][MOST_ALIGNMENT];
    const player *self = user;
    const stage *on = self->on;
    kt_test *t = self->t;
    const shared_things *things = self->shared;
    float *floats = (float *)(void *)memory[self->index];
    const kro_host_config config = {
        .memory = floats, .size_bytes = kro_context_info(things->ctx)->limits.host_alignment};
    kro_stream *stream = stage_stream(on, things->ctx, self->index);
    for (int round = 0; round < ROUNDS; round++) {
        kro_buffer *mine = NULL;
        if (!CHECK_OK(kro_host_register(things->ctx, &config, &mine)))
            break;
        CHECK_OK(kro_fill(stream, mine, 0, SCENE_BYTES, 0));
        stage_add(self, stream, things->adder, things->buffer, things->buffer, mine);
        CHECK_OK(kro_finish(stream));
        check_floats(on, floats, 2);
        // A batch that another thread has open may use it, for all that Kronos knows.
        while (kro_host_unregister(mine) == KRO_ERROR_INVALID_ARGUMENT)
            kro__cpu_relax();
    }
    kro_stream_destroy(stream);
    return NULL;
}

static void play_registered(const stage *on)
{
    kro_context *ctx = stage_context(on);
    const uint64_t alignment = ctx ? kro_context_info(ctx)->limits.host_alignment : 0;
    kro_context_destroy(ctx);
    if (alignment == 0 || alignment > MOST_ALIGNMENT)
        SKIP(on->t, "the device cannot use host memory in place (limits.host_alignment)");
    else
        play_shared(on, THREADS, register_and_unregister);
}

TEST_FAMILY_CASE(registered_memory_comes_and_goes)
{
    explore(t, param, play_registered);
}

// Maps what it has submitted work on; others destroy and make buffers meanwhile.
static void *map_and_unmap(void *user)
{
    const player *self = user;
    const stage *on = self->on;
    kt_test *t = self->t;
    const shared_things *things = self->shared;
    const kro_buffer_config config = {.size_bytes = SCENE_BYTES, .memory = KRO_MEMORY_READBACK};
    kro_stream *stream = stage_stream(on, things->ctx, self->index);
    for (int round = 0; round < ROUNDS; round++) {
        kro_buffer *out = NULL;
        void *mapped = NULL;
        if (!CHECK_OK(kro_buffer_create(things->ctx, &config, &out)))
            break;
        stage_add(self, stream, things->adder, things->buffer, things->buffer, out);
        CHECK_OK(kro_submit(stream, NULL));
        if (CHECK_OK(kro_buffer_map(out, &mapped))) {
            check_floats(on, mapped, 2);
            CHECK_OK(kro_buffer_unmap(out));
        }
        kro_buffer_destroy(out);
    }
    kro_stream_destroy(stream);
    return NULL;
}

static void play_mapped(const stage *on)
{
    play_shared(on, THREADS, map_and_unmap);
}

TEST_FAMILY_CASE(mapped_memory_is_waited_for)
{
    explore(t, param, play_mapped);
}

// Writes and reads so much that the context's helpers copy, too.
static void *transfer_much(void *user)
{
    enum { BYTES = KRO__COPIER_LEAST_BYTES + 4096 };
    const player *self = user;
    const stage *on = self->on;
    kt_test *t = self->t;
    const shared_things *things = self->shared;
    kro_buffer *buffer = NULL;
    uint8_t *sent = malloc(BYTES), *received = calloc(1, BYTES);
    if (CHECK(sent && received) &&
        CHECK_OK(
            kro_buffer_create(things->ctx, &(kro_buffer_config){.size_bytes = BYTES}, &buffer))) {
        memset(sent, 1 + (int)self->index, BYTES);
        CHECK_OK(kro_buffer_write(buffer, 0, sent, BYTES));
        CHECK_OK(kro_buffer_read(buffer, 0, received, BYTES));
        if (on->computes)
            CHECK(memcmp(sent, received, BYTES) == 0);
    }
    kro_buffer_destroy(buffer);
    free(sent);
    free(received);
    return NULL;
}

static void play_transfers(const stage *on)
{
    stage helped = *on;
    helped.config.copy_threads = 3;
    play_shared(&helped, 2, transfer_much);
}

TEST_FAMILY_CASE(threads_share_large_transfers)
{
    explore(t, param, play_transfers);
}
