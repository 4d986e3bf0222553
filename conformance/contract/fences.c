// Fences are plain values of submitted work; an empty submit gives the last one; batches submit
// themselves when they are full.
#include "contract.h"

#include "proxied.h"

static bool same_fence(kro_fence a, kro_fence b)
{
    return a.queue == b.queue && a.value == b.value;
}

TEST(zero_fence_is_done)
{
    kro_context *ctx = kt_context(t);
    kro_stream *stream = kt_stream(t);
    const kro_fence done = {0};
    CHECK_OK(kro_wait(ctx, done, 0));
    CHECK_OK(kro_wait(ctx, done, UINT64_MAX));
    CHECK_OK(kro_poll(ctx, done));
    CHECK_OK(kro_stream_wait(stream, done));
    CHECK_OK(kro_finish(stream));
}

TEST(empty_submit_gives_the_last_fence)
{
    kro_stream *stream = kt_stream(t);
    kro_buffer *buffer = kt_buffer(t, 64, NULL);
    kro_fence none = {7, 7}, first, again;
    CHECK_OK(kro_submit(stream, &none));
    CHECK(same_fence(none, (kro_fence){0})); // nothing was ever submitted
    CHECK_OK(kro_fill(stream, buffer, 0, 64, 1));
    CHECK_OK(kro_submit(stream, &first));
    CHECK_EQ_U64(first.queue, 1);
    CHECK(first.value > 0);
    CHECK_OK(kro_submit(stream, &again));
    CHECK(same_fence(again, first));
    CHECK_OK(kro_finish(stream));
    CHECK_OK(kro_submit(stream, &again));
    CHECK(same_fence(again, first));
    CHECK_EQ_U64(kro_stream_get_info(stream)->submits, 1);
}

// Waiting for what is before it anyway does not cut a stream's batch.
TEST(own_fences_cost_nothing)
{
    kro_stream *stream = kt_stream(t);
    kro_buffer *buffer = kt_buffer(t, 64, NULL);
    kro_fence fence;
    CHECK_OK(kro_fill(stream, buffer, 0, 64, 1));
    CHECK_OK(kro_submit(stream, &fence));
    CHECK_OK(kro_fill(stream, buffer, 0, 64, 2));
    CHECK_OK(kro_stream_wait(stream, fence));
    CHECK_OK(kro_stream_wait(stream, (kro_fence){0}));
    CHECK_OK(kro_fill(stream, buffer, 0, 64, 3));
    CHECK_EQ_U64(kro_stream_get_info(stream)->submits, 1);
    CHECK_OK(kro_finish(stream));
    CHECK_EQ_U64(kro_stream_get_info(stream)->submits, 2);
}

// Operations that move nothing make no batch.
TEST(empty_operations_are_not_submitted)
{
    kro_stream *stream = kt_stream(t);
    kro_buffer *buffer = kt_buffer(t, 64, NULL);
    CHECK_OK(kro_fill(stream, buffer, 0, 0, 1));
    CHECK_OK(kro_barrier(stream));
    CHECK_OK(kro_finish(stream));
    CHECK_EQ_U64(kro_stream_get_info(stream)->submits, 0);
    CHECK_EQ_U64(kro_stream_get_info(stream)->nodes, 0);
}

TEST(fences_can_be_waited_for_in_any_order_and_again)
{
    enum { SUBMITS = 5 };
    kro_context *ctx = kt_context(t);
    kro_stream *streams[2] = {kt_stream(t), kt_stream(t)};
    kro_buffer *buffers[2] = {kt_buffer(t, 64, NULL), kt_buffer(t, 64, NULL)};
    kro_fence fences[SUBMITS];
    for (int i = 0; i < SUBMITS; i++) {
        CHECK_OK(kro_fill(streams[i % 2], buffers[i % 2], 0, 64, (uint32_t)i));
        CHECK_OK(kro_submit(streams[i % 2], &fences[i]));
        if (i > 0)
            CHECK_EQ_U64(fences[i].value, fences[i - 1].value + 1); // one timeline per queue
    }
    for (int i = SUBMITS - 1; i >= 0; i--)
        CHECK_OK(kro_wait(ctx, fences[i], UINT64_MAX));
    for (int i = 0; i < SUBMITS; i++) {
        CHECK_OK(kro_poll(ctx, fences[i]));
        CHECK_OK(kro_wait(ctx, fences[i], 0));
    }
}

TEST(fences_outlive_their_stream)
{
    kro_context *ctx = kt_context(t);
    kro_stream *stream = kt_stream(t);
    kro_buffer *buffer = kt_buffer(t, 64, NULL);
    kro_fence fence;
    CHECK_OK(kro_fill(stream, buffer, 0, 64, 0x01010101));
    CHECK_OK(kro_submit(stream, &fence));
    kt_release(t, stream);
    CHECK_OK(kro_wait(ctx, fence, UINT64_MAX));
    CHECK_OK(kro_poll(ctx, fence));
    uint32_t word = 0;
    CHECK_OK(kro_buffer_read(buffer, 0, &word, 4));
    CHECK_EQ_U64(word, 0x01010101);
}

static void check_batches(kt_test *t, kro_stream *stream, kro_buffer *buffer, uint32_t batch_nodes)
{
    const kro_stream_info *info = kro_stream_get_info(stream);
    if (!info)
        return;
    for (uint32_t i = 1; i <= 3 * batch_nodes + 1; i++) {
        CHECK_OK(kro_fill(stream, buffer, 0, 64, i));
        CHECK_EQ_U64(info->submits, i / batch_nodes);
        CHECK_EQ_U64(info->nodes, i / batch_nodes * batch_nodes);
    }
    CHECK_OK(kro_finish(stream));
    CHECK_EQ_U64(info->submits, 4);
    CHECK_EQ_U64(info->nodes, 3 * batch_nodes + 1);
    uint32_t word = 0;
    CHECK_OK(kro_buffer_read(buffer, 60, &word, 4));
    CHECK_EQ_U64(word, 3 * batch_nodes + 1);
}

TEST(full_batches_submit_themselves)
{
    kro_context *ctx = kt_context_with(t, &(kro_context_config){.batch_nodes = 5});
    kro_buffer *buffer = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = 64});
    check_batches(t, kt_stream_in(t, ctx, NULL), buffer, 5);
    check_batches(t, kt_stream_in(t, ctx, &(kro_stream_config){.batch_nodes = 3}), buffer, 3);
    check_batches(t, kt_stream_in(t, ctx, &(kro_stream_config){.batch_nodes = 2}), buffer, 2);
    if (ctx)
        check_batches(t, kro_context_stream(ctx), buffer, 5);
}

// Nothing but the number of operations decides, so that counts are the same in each run: on a
// driver without a watchdog, which the run's driver stands in for.
TEST(batches_are_submitted_at_the_default_size)
{
    enum { NODES = 2048 };
    kro_context *ctx = proxied_context(t, "driver_id=13", NULL);
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    kro_buffer *buffer = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = 4 * NODES});
    const kro_stream_info *info = kro_stream_get_info(stream);
    if (!info || !buffer)
        return;
    for (uint32_t i = 0; i < NODES - 1; i++)
        if (!CHECK_OK(kro_fill(stream, buffer, 4 * i, 4, i)))
            return;
    CHECK_EQ_U64(info->submits, 0);
    CHECK_OK(kro_fill(stream, buffer, 4 * (NODES - 1), 4, NODES - 1));
    CHECK_EQ_U64(info->submits, 1);
    CHECK_EQ_U64(info->nodes, NODES);
    uint32_t *words = kt_alloc(t, 4 * NODES), *expected = kt_alloc(t, 4 * NODES);
    for (uint32_t i = 0; i < NODES; i++)
        expected[i] = i;
    CHECK_OK(kro_finish(stream));
    CHECK_OK(kro_buffer_read(buffer, 0, words, 4 * NODES));
    CHECK_U32S(words, expected, NODES);
}

// A fill that the proxy holds back for a while.
typedef struct held_work {
    kro_context *ctx; // NULL where it could not be submitted
    kro_buffer *buffer;
    kro_fence fence;
} held_work;

static held_work submit_held(kt_test *t, uint32_t word)
{
    held_work held = {.ctx = proxied_context(t, "delay=20", NULL)};
    kro_stream *stream = kt_stream_in(t, held.ctx, NULL);
    held.buffer = kt_buffer_in(t, held.ctx, &(kro_buffer_config){.size_bytes = 64});
    if (!CHECK_OK(kro_fill(stream, held.buffer, 0, 64, word)) ||
        !CHECK_OK(kro_submit(stream, &held.fence)))
        held.ctx = NULL;
    return held;
}

// Work that has not finished: poll and wait say so, and the fence stays good.
TEST(unfinished_work_is_not_ready)
{
    const held_work held = submit_held(t, 0x0a0a0a0a);
    if (!held.ctx)
        return;
    for (int again = 0; again < 2; again++) {
        CHECK_STATUS(kro_poll(held.ctx, held.fence), KRO_NOT_READY);
        CHECK_STATUS(kro_wait(held.ctx, held.fence, 0), KRO_TIMEOUT);
    }
    CHECK_OK(kro_wait(held.ctx, held.fence, UINT64_MAX));
    CHECK_OK(kro_poll(held.ctx, held.fence));
    CHECK_OK(kro_wait(held.ctx, held.fence, 0));
    uint32_t word = 0;
    CHECK_OK(kro_buffer_read(held.buffer, 0, &word, 4));
    CHECK_EQ_U64(word, 0x0a0a0a0a);
}

// Polling alone gets there too.
TEST(polls_come_to_an_end)
{
    const held_work held = submit_held(t, 1);
    if (!held.ctx)
        return;
    uint32_t polls = 0;
    kro_status status;
    while ((status = kro_poll(held.ctx, held.fence)) == KRO_NOT_READY && polls < 10000000)
        polls++;
    CHECK_OK(status);
    CHECK(polls > 0);
}
