// Several streams: side by side where nothing orders them, in order where a wait does.
#include "kernel.h"
#include "proxied.h"

#include <stdio.h>
#include <string.h>

enum { COUNT = 2000, MAX_STREAMS = 4 };

// Streams of one context and the kernel that they run.
typedef struct bench {
    kro_context *ctx;
    kro_stream *streams[MAX_STREAMS];
    kro_pipeline *affine;
    uint32_t queues;
} bench;

// Streams of a context, taken turn about from its queues.
static void bench_init(kt_test *t, bench *b, kro_context *ctx)
{
    const kro_device_info *device = kro_context_info(ctx);
    b->ctx = ctx;
    b->queues = device ? device->queue_count : 1;
    for (uint32_t i = 0; i < MAX_STREAMS; i++)
        b->streams[i] = kt_stream_in(t, ctx, &(kro_stream_config){.queue = i % b->queues});
    b->affine = kt_pipeline_in(t, ctx, "affine_words", NULL);
}

static kro_buffer *bench_buffer(kt_test *t, const bench *b, const uint32_t words[COUNT])
{
    return kt_buffer_in(t, b->ctx, &(kro_buffer_config){.size_bytes = 4 * COUNT, .data = words});
}

// Records words = words * factor + addend on stream `s`, and does it to the model.
static void affine(kt_test *t, const bench *b, int s, kro_buffer *buffer, uint32_t words[COUNT],
                   uint32_t factor, uint32_t addend)
{
    const uint32_t push[] = {COUNT, factor, addend};
    CHECK_OK(kro_dispatch(
        b->streams[s], b->affine,
        &(kro_dispatch_args){
            .buffers = {buffer}, .push = push, .push_bytes = sizeof push, .threads = {COUNT}}));
    for (uint32_t i = 0; i < COUNT; i++)
        words[i] = words[i] * factor + addend;
}

// Submits stream `from` and makes `to` wait for it.
static void hand_over(kt_test *t, const bench *b, int from, int to)
{
    kro_fence fence = {0};
    CHECK_OK(kro_submit(b->streams[from], &fence));
    CHECK_OK(kro_stream_wait(b->streams[to], fence));
}

static void finish(kt_test *t, const bench *b)
{
    for (int s = 0; s < MAX_STREAMS; s++)
        CHECK_OK(kro_finish(b->streams[s]));
}

// Two streams change one buffer in turn, two hundred times.
static void two_streams_take_turns(kt_test *t, bench *b)
{
    uint32_t words[COUNT];
    kt_fill_u32s(t, words, COUNT);
    kro_buffer *buffer = bench_buffer(t, b, words);
    for (uint32_t i = 0; i < 200; i++) {
        affine(t, b, i % 2, buffer, words, 2 * i + 3, i);
        hand_over(t, b, i % 2, (i + 1) % 2);
    }
    finish(t, b);
    CHECK_U32S(kernel_read_all(t, buffer), words, COUNT);
}

// Four streams in a ring, with copies into other buffers on the way.
static void streams_in_a_ring_pass_work_on(kt_test *t, bench *b)
{
    uint32_t words[MAX_STREAMS][COUNT];
    kro_buffer *buffers[MAX_STREAMS];
    for (int s = 0; s < MAX_STREAMS; s++) {
        kt_fill_u32s(t, words[s], COUNT);
        buffers[s] = bench_buffer(t, b, words[s]);
    }
    for (uint32_t i = 0; i < 100; i++) {
        const int s = (int)(i % MAX_STREAMS), next = (s + 1) % MAX_STREAMS;
        affine(t, b, s, buffers[s], words[s], 5, i);
        CHECK_OK(kro_copy(b->streams[s], buffers[next], 0, buffers[s], 4, 2 * COUNT));
        memcpy(words[next], words[s] + 1, 2 * COUNT);
        hand_over(t, b, s, next);
    }
    finish(t, b);
    for (int s = 0; s < MAX_STREAMS; s++)
        CHECK_U32S(kernel_read_all(t, buffers[s]), words[s], COUNT);
}

// One stream writes, three read it side by side, and the writer waits for them before it goes on.
static void readers_run_beside_each_other_and_hold_the_writer(kt_test *t, bench *b)
{
    enum { ROUNDS = 30, READERS = MAX_STREAMS - 1 };
    uint32_t source[COUNT], (*words)[READERS][COUNT] = kt_alloc(t, ROUNDS * sizeof *words);
    kt_fill_u32s(t, source, COUNT);
    kro_buffer *from = bench_buffer(t, b, source), *to[ROUNDS][READERS];
    for (uint32_t i = 0; i < ROUNDS; i++) {
        kro_fence written = {0};
        affine(t, b, 0, from, source, 3, i);
        CHECK_OK(kro_submit(b->streams[0], &written));
        for (int r = 0; r < READERS; r++) {
            to[i][r] = bench_buffer(t, b, NULL);
            CHECK_OK(kro_stream_wait(b->streams[1 + r], written));
            CHECK_OK(kro_copy(b->streams[1 + r], to[i][r], 0, from, 0, 4 * COUNT));
            memcpy(words[i][r], source, sizeof source);
            affine(t, b, 1 + r, to[i][r], words[i][r], 7, (uint32_t)r);
            hand_over(t, b, 1 + r, 0);
        }
    }
    finish(t, b);
    for (uint32_t i = 0; i < ROUNDS; i++)
        for (int r = 0; r < READERS; r++)
            CHECK_U32S(kernel_read_all(t, to[i][r]), words[i][r], COUNT);
}

// Streams that share nothing need no waits, however their submits are interleaved.
static void streams_that_share_nothing_need_no_waits(kt_test *t, bench *b)
{
    uint32_t words[MAX_STREAMS][COUNT];
    kro_buffer *buffers[MAX_STREAMS];
    for (int s = 0; s < MAX_STREAMS; s++) {
        kt_fill_u32s(t, words[s], COUNT);
        buffers[s] = bench_buffer(t, b, words[s]);
    }
    for (uint32_t i = 0; i < 400; i++) {
        const int s = (int)kt_random_below(t, MAX_STREAMS);
        affine(t, b, s, buffers[s], words[s], 2 * i + 1, i);
        if (kt_random_below(t, 3) == 0)
            CHECK_OK(kro_submit(b->streams[s], NULL));
    }
    finish(t, b);
    for (int s = 0; s < MAX_STREAMS; s++)
        CHECK_U32S(kernel_read_all(t, buffers[s]), words[s], COUNT);
}

// A fence that has passed means that its bytes are there, whichever fence one asks for first.
static void passed_fences_mean_delivered_bytes(kt_test *t, bench *b)
{
    enum { SUBMITS = 60 };
    uint32_t words[COUNT], (*read)[COUNT] = kt_alloc(t, SUBMITS * sizeof *read);
    uint32_t(*expected)[COUNT] = kt_alloc(t, SUBMITS * sizeof *expected);
    kro_fence fences[SUBMITS];
    kt_fill_u32s(t, words, COUNT);
    kro_buffer *buffer = bench_buffer(t, b, words);
    for (uint32_t i = 0; i < SUBMITS; i++) {
        const int s = (int)(i % MAX_STREAMS);
        affine(t, b, s, buffer, words, 3, i);
        CHECK_OK(kro_read(b->streams[s], buffer, 0, read[i], sizeof read[i]));
        memcpy(expected[i], words, sizeof words);
        CHECK_OK(kro_submit(b->streams[s], &fences[i]));
        CHECK_OK(kro_stream_wait(b->streams[(s + 1) % MAX_STREAMS], fences[i]));
    }
    for (uint32_t k = 0; k < SUBMITS; k++) {
        const uint32_t i = k * 37 % SUBMITS;
        if (k % 2)
            CHECK_OK(kro_wait(b->ctx, fences[i], UINT64_MAX));
        else
            while (kro_poll(b->ctx, fences[i]) == KRO_NOT_READY)
                continue;
        CHECK_U32S(read[i], expected[i], COUNT);
    }
    finish(t, b);
}

// A stream that ends leaves its submitted work running; other streams go on behind its fence.
static void work_outlives_its_stream(kt_test *t, bench *b)
{
    uint32_t words[COUNT];
    kt_fill_u32s(t, words, COUNT);
    kro_buffer *buffer = bench_buffer(t, b, words);
    kro_stream *lasting = b->streams[1];
    kro_fence last = {0};
    for (uint32_t i = 0; i < 50; i++) {
        b->streams[1] = kt_stream_in(t, b->ctx, &(kro_stream_config){.queue = 1 % b->queues});
        CHECK_OK(kro_stream_wait(b->streams[1], last));
        affine(t, b, 1, buffer, words, 5, i);
        hand_over(t, b, 1, 0);
        kt_release(t, b->streams[1]);
        affine(t, b, 0, buffer, words, 7, i);
        CHECK_OK(kro_submit(b->streams[0], &last));
    }
    b->streams[1] = lasting;
    finish(t, b);
    CHECK_U32S(kernel_read_all(t, buffer), words, COUNT);
}

static const struct {
    const char *name;
    void (*run)(kt_test *t, bench *b);
} SCENARIOS[] = {
    {"two_streams_take_turns", two_streams_take_turns},
    {"streams_in_a_ring_pass_work_on", streams_in_a_ring_pass_work_on},
    {"readers_run_beside_each_other_and_hold_the_writer",
     readers_run_beside_each_other_and_hold_the_writer},
    {"streams_that_share_nothing_need_no_waits", streams_that_share_nothing_need_no_waits},
    {"passed_fences_mean_delivered_bytes", passed_fences_mean_delivered_bytes},
    {"work_outlives_its_stream", work_outlives_its_stream},
};

TEST_PARAMS(stream_scenarios)
{
    for (size_t i = 0; i < sizeof SCENARIOS / sizeof SCENARIOS[0]; i++)
        kt_param(params, "%s", SCENARIOS[i].name);
}

static void run_scenario(kt_test *t, kro_context *ctx)
{
    bench b;
    bench_init(t, &b, ctx);
    SCENARIOS[kt_param_index(t)].run(t, &b);
}

TEST_FAMILY_CASE(on_one_queue)
{
    (void)param;
    run_scenario(t, kt_context(t));
}

TEST_FAMILY_CASE(on_several_queues)
{
    (void)param;
    kro_context *ctx = kt_context_with(t, &(kro_context_config){.queues = MAX_STREAMS});
    const kro_device_info *device = kro_context_info(ctx);
    if (device && device->queue_count < 2)
        SKIP(t, "queue_count is 1, needs 2");
    else
        run_scenario(t, ctx);
}

// Work of four queues in any order that Vulkan allows: where a wait is missing, bytes differ.
TEST_FAMILY_CASE(on_reordered_queues)
{
    (void)param;
    char spec[64];
    snprintf(spec, sizeof spec, "split_queues=%d;delay=5;reorder=%u", MAX_STREAMS,
             kt_random_u32(t));
    run_scenario(t, proxied_context(t, spec, &(kro_context_config){.queues = MAX_STREAMS}));
}
