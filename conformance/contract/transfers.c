// Asynchronous host access: kro_write has its copy when it returns, kro_read fills its destination
// exactly once, when somebody sees it complete.
#include "contract.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "proxied.h"

enum { READ_BYTES = 1 << 20 };

// A stream, and a buffer of READ_BYTES with random contents.
typedef struct source {
    kro_context *ctx; // NULL where something could not be made
    kro_stream *stream;
    kro_buffer *buffer;
    char *contents, *dst; // dst: poisoned
} source;

static source source_create(kt_test *t)
{
    source s = {.ctx = kt_context(t), .stream = kt_stream(t)};
    s.contents = kt_alloc(t, READ_BYTES);
    s.dst = kt_alloc(t, READ_BYTES);
    kt_fill_bytes(t, s.contents, READ_BYTES);
    kt_poison(s.dst, READ_BYTES);
    s.buffer = kt_buffer(t, READ_BYTES, s.contents);
    if (!s.stream || !s.buffer)
        s.ctx = NULL;
    return s;
}

static bool is_poison(kt_test *t, const char *dst)
{
    char *poison = kt_alloc(t, READ_BYTES);
    kt_poison(poison, READ_BYTES);
    return CHECK_BYTES(dst, poison, READ_BYTES);
}

TEST(write_source_is_free_at_once)
{
    kro_context *ctx = kt_context(t);
    kro_stream *stream = kt_stream(t);
    if (!ctx || !stream)
        return;
    const uint64_t staging = kt_device(t)->limits.staging_bytes;
    const uint64_t sizes[] = {1, 3, 4096, staging - 1, staging};
    for (int i = 0; i < 5; i++) {
        char *src = kt_alloc(t, sizes[i]), *expected = kt_alloc(t, sizes[i]);
        char *actual = kt_alloc(t, sizes[i]);
        kro_buffer *buffer = kt_buffer(t, sizes[i], NULL);
        kt_fill_bytes(t, src, sizes[i]);
        memcpy(expected, src, sizes[i]);
        CHECK_OK(kro_write(stream, buffer, 0, src, sizes[i]));
        memset(src, 0xee, sizes[i]);
        kt_release(t, src);
        CHECK_OK(kro_finish(stream));
        CHECK_OK(kro_buffer_read(buffer, 0, actual, sizes[i]));
        CHECK_BYTES(actual, expected, sizes[i]);
    }
}

TEST(writes_larger_than_staging_arrive_whole)
{
    kro_stream *stream = kt_stream(t);
    if (!stream)
        return;
    const uint64_t size = 3 * (uint64_t)kt_device(t)->limits.staging_bytes + 5;
    char *src = kt_alloc(t, size), *actual = kt_alloc(t, size);
    kro_buffer *buffer = kt_buffer(t, size + 3, NULL);
    kt_fill_bytes(t, src, size);
    CHECK_OK(kro_write(stream, buffer, 3, src, size));
    CHECK_OK(kro_read(stream, buffer, 3, actual, size));
    CHECK_OK(kro_finish(stream));
    CHECK_BYTES(actual, src, size);
}

TEST(read_is_delivered_by_wait_poll_and_finish)
{
    source s = source_create(t);
    if (!s.ctx)
        return;
    for (int how = 0; how < 3; how++) {
        kro_fence fence;
        kt_poison(s.dst, READ_BYTES);
        CHECK_OK(kro_read(s.stream, s.buffer, 0, s.dst, READ_BYTES));
        CHECK_OK(kro_submit(s.stream, &fence));
        is_poison(t, s.dst); // submitted, perhaps finished, seen by nobody
        if (how == 0)
            CHECK_OK(kro_wait(s.ctx, fence, UINT64_MAX));
        else if (how == 1)
            while (kro_poll(s.ctx, fence) == KRO_NOT_READY)
                continue;
        else
            CHECK_OK(kro_finish(s.stream));
        CHECK_BYTES(s.dst, s.contents, READ_BYTES);
    }
}

TEST(read_is_delivered_once)
{
    source s = source_create(t);
    if (!s.ctx)
        return;
    kro_fence fence;
    CHECK_OK(kro_read(s.stream, s.buffer, 0, s.dst, READ_BYTES));
    CHECK_OK(kro_submit(s.stream, &fence));
    CHECK_OK(kro_wait(s.ctx, fence, UINT64_MAX));
    kt_poison(s.dst, READ_BYTES);
    CHECK_OK(kro_wait(s.ctx, fence, UINT64_MAX));
    CHECK_OK(kro_poll(s.ctx, fence));
    CHECK_OK(kro_finish(s.stream));
    is_poison(t, s.dst);
}

// Several reads of one buffer between changes: each shows the bytes of its place in the stream.
TEST(reads_see_their_place_in_the_stream)
{
    enum { STEPS = 20 };
    kro_stream *stream = kt_stream(t);
    kro_buffer *buffer = kt_buffer(t, 256, NULL);
    uint32_t words[STEPS] = {0}, expected[STEPS];
    for (uint32_t i = 0; i < STEPS; i++) {
        expected[i] = 0x01010101 * (i + 1);
        CHECK_OK(kro_fill(stream, buffer, 0, 256, expected[i]));
        CHECK_OK(kro_read(stream, buffer, 4 * i, &words[i], 4));
    }
    CHECK_OK(kro_finish(stream));
    CHECK_U32S(words, expected, STEPS);
}

TEST(destroyed_streams_write_no_host_memory)
{
    source s = source_create(t);
    if (!s.ctx)
        return;
    kro_fence fence;
    CHECK_OK(kro_read(s.stream, s.buffer, 0, s.dst, READ_BYTES));
    CHECK_OK(kro_submit(s.stream, &fence));
    CHECK_OK(kro_read(s.stream, s.buffer, 0, s.dst, READ_BYTES)); // recorded only
    kt_release(t, s.stream);
    CHECK_OK(kro_wait(s.ctx, fence, UINT64_MAX));
    CHECK_OK(kro_poll(s.ctx, fence));
    CHECK_OK(kro_finish(kro_context_stream(s.ctx)));
    is_poison(t, s.dst);
}

// Threads see one read complete at the same time: none returns before the bytes are there.
typedef struct race {
    kt_test *t;
    kro_context *ctx;
    kro_fence fence;
    const uint32_t *dst;
    bool polls;
    pthread_barrier_t *start;
} race;

enum { RACE_WORDS = 8 << 20, RACE_BYTES = 4 * RACE_WORDS };
static const uint32_t race_word = 0x600df00d;

static void *wait_and_look(void *user)
{
    race *r = user;
    kt_test *t = r->t;
    pthread_barrier_wait(r->start);
    if (r->polls)
        while (kro_poll(r->ctx, r->fence) == KRO_NOT_READY)
            continue;
    else
        CHECK_OK(kro_wait(r->ctx, r->fence, UINT64_MAX));
    // The last byte arrives last.
    CHECK_EQ_U64(r->dst[RACE_WORDS - 1], race_word);
    CHECK_EQ_U64(r->dst[0], race_word);
    return NULL;
}

static void start_race(kt_test *t, kro_context *ctx, kro_fence fence, const uint32_t *dst)
{
    enum { THREADS = 3 };
    pthread_barrier_t start;
    race races[THREADS];
    pthread_t threads[THREADS];
    pthread_barrier_init(&start, NULL, THREADS);
    for (int i = 0; i < THREADS; i++) {
        races[i] = (race){t, ctx, fence, dst, i == 2, &start};
        if (pthread_create(&threads[i], NULL, wait_and_look, &races[i]) != 0)
            abort(); // the others would wait for ever
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&start);
}

TEST(every_waiter_returns_to_filled_memory)
{
    kro_context *ctx = kt_context(t);
    kro_stream *stream = kt_stream(t);
    kro_buffer *buffer = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = RACE_BYTES});
    uint32_t *dst = kt_alloc(t, RACE_BYTES);
    if (!stream || !buffer)
        return;
    CHECK_OK(kro_fill(stream, buffer, 0, RACE_BYTES, race_word));
    CHECK_OK(kro_finish(stream));
    for (int round = 0; round < 4; round++) {
        kro_fence fence;
        memset(dst, 0, RACE_BYTES);
        CHECK_OK(kro_read(stream, buffer, 0, dst, RACE_BYTES));
        CHECK_OK(kro_submit(stream, &fence));
        // Mostly complete by now, so that the threads meet in the delivery.
        nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
        start_race(t, ctx, fence, dst);
    }
}

enum { FLIGHTS = 8, FLIGHT_WORDS = 200000, FLIGHT_BYTES = 4 * FLIGHT_WORDS };

// Staging memory of writes that the device has not seen yet is not given to the next ones. The
// proxy holds the work back until somebody waits for it, or asks very often.
TEST(writes_in_flight_keep_their_bytes)
{
    kro_context *ctx = proxied_context(t, "delay=1000", NULL);
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    const kro_buffer_config config = {.size_bytes = FLIGHT_BYTES};
    kro_buffer *buffers[FLIGHTS];
    uint32_t *words = kt_alloc(t, FLIGHT_BYTES), *expected = kt_alloc(t, FLIGHT_BYTES);
    if (!ctx || !stream)
        return;
    for (uint32_t i = 0; i < FLIGHTS; i++) {
        buffers[i] = kt_buffer_in(t, ctx, &config);
        for (int k = 0; k < FLIGHT_WORDS; k++)
            words[k] = i + 1;
        CHECK_OK(kro_write(stream, buffers[i], 0, words, FLIGHT_BYTES));
        CHECK_OK(kro_submit(stream, NULL));
    }
    CHECK_OK(kro_finish(stream));
    for (uint32_t i = 0; i < FLIGHTS; i++) {
        for (int k = 0; k < FLIGHT_WORDS; k++)
            expected[k] = i + 1;
        CHECK_OK(kro_buffer_read(buffers[i], 0, words, FLIGHT_BYTES));
        CHECK_U32S(words, expected, FLIGHT_WORDS);
    }
}

// Nor is that of reads which have finished and which nobody has waited for.
TEST(reads_not_yet_delivered_keep_their_bytes)
{
    kro_stream *stream = kt_stream(t);
    kro_buffer *buffer = kt_buffer(t, FLIGHT_BYTES, NULL);
    uint32_t *words[FLIGHTS], *expected = kt_alloc(t, FLIGHT_BYTES);
    for (uint32_t i = 0; i < FLIGHTS; i++) {
        words[i] = kt_alloc(t, FLIGHT_BYTES);
        CHECK_OK(kro_fill(stream, buffer, 0, FLIGHT_BYTES, i + 1));
        CHECK_OK(kro_read(stream, buffer, 0, words[i], FLIGHT_BYTES));
        CHECK_OK(kro_submit(stream, NULL));
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL); // let it finish
    }
    CHECK_OK(kro_finish(stream));
    for (uint32_t i = 0; i < FLIGHTS; i++) {
        for (int k = 0; k < FLIGHT_WORDS; k++)
            expected[k] = i + 1;
        CHECK_U32S(words[i], expected, FLIGHT_WORDS);
    }
}

// With `data` a buffer is complete when create returns, and no stream knows of it.
TEST(initial_contents_touch_no_stream)
{
    kro_context *ctx = kt_context_with(t, NULL);
    if (!ctx)
        return;
    kro_stream *stream = kro_context_stream(ctx);
    kro_buffer *other = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = 64});
    CHECK_OK(kro_fill(stream, other, 0, 64, 1));
    char *data = kt_alloc(t, READ_BYTES), *copy = kt_alloc(t, READ_BYTES);
    char *actual = kt_alloc(t, READ_BYTES);
    for (int memory = KRO_MEMORY_DEVICE; memory <= KRO_MEMORY_READBACK; memory++) {
        kt_fill_bytes(t, data, READ_BYTES);
        memcpy(copy, data, READ_BYTES);
        kro_buffer *buffer =
            kt_buffer_in(t, ctx,
                         &(kro_buffer_config){
                             .size_bytes = READ_BYTES, .data = data, .memory = (kro_memory)memory});
        memset(data, 0xee, READ_BYTES);
        CHECK_EQ_U64(kro_stream_get_info(stream)->submits, (uint64_t)memory);
        CHECK_OK(kro_buffer_read(buffer, 0, actual, READ_BYTES)); // submits the open batch
        CHECK_EQ_U64(kro_stream_get_info(stream)->submits, (uint64_t)memory + 1);
        CHECK_BYTES(actual, copy, READ_BYTES);
        CHECK_OK(kro_fill(stream, other, 0, 64, 1));
    }
}
