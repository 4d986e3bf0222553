// Each call of a submit fails in turn, while three streams on one queue and on several go round in
// one context: the caller is told, its batch and no other is gone, no fence value is used, and what
// comes next works as if nothing had been.
#include "contract.h"

#include <string.h>

#include "proxied.h"

enum { STREAMS = 3, WORDS = 64, BYTES = 4 * WORDS, MAX_NTH = 60 };

typedef struct bench {
    kro_context *ctx;
    kro_buffer *buffers[STREAMS];
    uint32_t committed[STREAMS]; // the word that each buffer holds
    uint32_t next_word;
    uint64_t last[2]; // value by queue
    kro_status expected;
    const char *function;
    uint32_t refused;
} bench;

// What one round uses. Made anew each time, so that nothing is in stock.
typedef struct round {
    kro_stream *streams[STREAMS];
    kro_graph *graphs[STREAMS];
    uint32_t graph_words[STREAMS], read[STREAMS];
    kro_fence fences[STREAMS];
} round_state;

// Success, or what the failing call makes of it, and a sentence that names that call.
static bool succeeds(kt_test *t, bench *it, kro_status status)
{
    if (status >= 0)
        return true;
    it->refused++;
    CHECK_STATUS(status, it->expected);
    CHECK_CONTAINS(kro_error_detail(), it->function);
    return false;
}

// A fence that was given out is the next of its queue.
static void note_fence(kt_test *t, bench *it, kro_fence fence)
{
    if (!CHECK(fence.queue >= 1 && fence.queue <= 2))
        return;
    CHECK_EQ_U64(fence.value, it->last[fence.queue - 1] + 1);
    it->last[fence.queue - 1] = fence.value;
}

static kro_status capture(kro_stream *stream, kro_buffer *buffer, uint32_t word, kro_graph **out)
{
    kro_status status = kro_graph_begin(stream, NULL);
    if (status < 0)
        return status;
    (void)kro_fill(stream, buffer, 0, BYTES, word);
    return kro_graph_end(stream, out);
}

// One batch: a fill and a read. All of it happens, or nothing.
static void submit_batch(kt_test *t, bench *it, round_state *r, int s)
{
    const uint32_t word = it->next_word++;
    kro_fence fence = {7, 7};
    // What goes wrong while recording is told again by the submit.
    (void)kro_fill(r->streams[s], it->buffers[s], 0, BYTES, word);
    (void)kro_read(r->streams[s], it->buffers[s], BYTES - 4, &r->read[s], 4);
    r->read[s] = 0;
    r->fences[s] = (kro_fence){0};
    if (!succeeds(t, it, kro_submit(r->streams[s], &fence))) {
        CHECK_EQ_U64(fence.value, 0);
        return;
    }
    note_fence(t, it, fence);
    it->committed[s] = word;
    r->fences[s] = fence;
}

static void launch_graph(kt_test *t, bench *it, round_state *r, int s)
{
    kro_fence fence = {7, 7};
    if (!r->graphs[s])
        return;
    if (!succeeds(t, it, kro_graph_launch(r->graphs[s], r->streams[s], &fence))) {
        CHECK_EQ_U64(fence.value, 0);
        return;
    }
    note_fence(t, it, fence);
    it->committed[s] = r->graph_words[s];
}

// A wait that failed is made again, and delivers what was read.
static void wait_batch(kt_test *t, bench *it, const round_state *r, int s, uint32_t word)
{
    if (r->fences[s].value == 0)
        return;
    if (!succeeds(t, it, kro_wait(it->ctx, r->fences[s], UINT64_MAX)))
        CHECK_OK(kro_wait(it->ctx, r->fences[s], UINT64_MAX));
    CHECK_EQ_U64(r->read[s], word);
}

static void run_round(kt_test *t, bench *it)
{
    const uint32_t queues = kro_context_info(it->ctx)->queue_count;
    round_state r = {0};
    uint32_t words[STREAMS];
    for (int s = 0; s < STREAMS; s++) {
        const kro_stream_config config = {.queue = s == 2 ? queues - 1 : 0,
                                          .label = "one of three"};
        if (!CHECK_OK(kro_stream_create(it->ctx, &config, &r.streams[s])))
            return;
        r.graph_words[s] = it->next_word++;
        succeeds(t, it, capture(r.streams[s], it->buffers[s], r.graph_words[s], &r.graphs[s]));
    }
    for (int s = 0; s < STREAMS; s++) {
        launch_graph(t, it, &r, s);
        submit_batch(t, it, &r, s);
        words[s] = it->committed[s];
    }
    for (int s = 0; s < STREAMS; s++)
        wait_batch(t, it, &r, s, words[s]);
    for (int s = 0; s < STREAMS; s++) { // with what is in stock now
        submit_batch(t, it, &r, s);
        words[s] = it->committed[s];
        launch_graph(t, it, &r, s);
        wait_batch(t, it, &r, s, words[s]);
    }
    for (int s = 0; s < STREAMS; s++) {
        kro_graph_destroy(r.graphs[s]);
        kro_stream_destroy(r.streams[s]);
    }
}

// Blocking copies, of which each is made or told to have failed. They use values of their own.
static void copy_blocking(kt_test *t, bench *it)
{
    uint32_t words[WORDS], word = it->next_word++;
    for (int i = 0; i < WORDS; i++)
        words[i] = word;
    if (!succeeds(t, it, kro_buffer_write(it->buffers[0], 0, words, BYTES)))
        CHECK_OK(kro_buffer_write(it->buffers[0], 0, words, BYTES));
    it->committed[0] = word;
    memset(words, 0, sizeof words);
    if (succeeds(t, it, kro_buffer_read(it->buffers[0], 0, words, BYTES)))
        CHECK_EQ_U64(words[WORDS - 1], word);
}

// The buffers hold what was submitted, and nothing that was refused; every value has finished.
static void check_all(kt_test *t, bench *it)
{
    for (int s = 0; s < STREAMS; s++) {
        uint32_t words[WORDS];
        CHECK_OK(kro_buffer_read(it->buffers[s], 0, words, BYTES));
        CHECK_EQ_U64(words[0], it->committed[s]);
        CHECK_EQ_U64(words[WORDS - 1], it->committed[s]);
    }
    for (uint32_t q = 0; q < kro_context_info(it->ctx)->queue_count; q++) {
        kro_stream *stream;
        kro_fence fence = {0};
        if (!CHECK_OK(kro_stream_create(it->ctx, &(kro_stream_config){.queue = q}, &stream)))
            return;
        CHECK_OK(kro_fill(stream, it->buffers[1], 0, BYTES, it->committed[1]));
        CHECK_OK(kro_submit(stream, &fence));
        CHECK(fence.value > it->last[q]);
        it->last[q] = fence.value;
        CHECK_OK(kro_wait(it->ctx, fence, UINT64_MAX));
        kro_stream_destroy(stream);
    }
}

static const struct {
    const char *function, *result;
    kro_status status;
} calls[] = {
    {"vkQueueSubmit", "VK_ERROR_OUT_OF_HOST_MEMORY", KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkQueueSubmit", "VK_ERROR_OUT_OF_DEVICE_MEMORY", KRO_ERROR_OUT_OF_DEVICE_MEMORY},
    {"vkCreateCommandPool", "VK_ERROR_OUT_OF_DEVICE_MEMORY", KRO_ERROR_OUT_OF_DEVICE_MEMORY},
    {"vkAllocateCommandBuffers", "VK_ERROR_OUT_OF_HOST_MEMORY", KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkBeginCommandBuffer", "VK_ERROR_OUT_OF_DEVICE_MEMORY", KRO_ERROR_OUT_OF_DEVICE_MEMORY},
    {"vkEndCommandBuffer", "VK_ERROR_OUT_OF_HOST_MEMORY", KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkResetCommandPool", "VK_ERROR_OUT_OF_DEVICE_MEMORY", KRO_ERROR_OUT_OF_DEVICE_MEMORY},
    {"vkGetSemaphoreCounterValue", "VK_ERROR_OUT_OF_HOST_MEMORY", KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkWaitSemaphores", "VK_ERROR_OUT_OF_DEVICE_MEMORY", KRO_ERROR_OUT_OF_DEVICE_MEMORY},
    {"vkResetFences", "VK_ERROR_OUT_OF_DEVICE_MEMORY", KRO_ERROR_OUT_OF_DEVICE_MEMORY},
    {"vkGetFenceStatus", "VK_ERROR_OUT_OF_HOST_MEMORY", KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkWaitForFences", "VK_ERROR_OUT_OF_HOST_MEMORY", KRO_ERROR_OUT_OF_HOST_MEMORY},
};

static const struct {
    const char *name, *spec;
    uint32_t queue_count;
    const char *never; // a call that such a device has no use for
} variants[] = {
    {"one_queue", "", 1, "vkWaitForFences"},
    {"two_queues", "split_queues=2", 2, "vkWaitForFences"},
    {"vulkan_1_2", "api=1.2;hide=sync2;split_queues=2", 2, "vkWaitForFences"},
    {"vulkan_1_1", "api=1.1;split_queues=2", 2, "vkWaitForFences"},
    {"fences", "hide=timeline", 1, "vkWaitSemaphores"},
    {"fences_1_1", "api=1.1;hide=timeline", 1, "vkWaitSemaphores"},
};

TEST_PARAMS(submit_variants)
{
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
        kt_param(params, "%s", variants[i].name);
}

TEST_FAMILY_CASE(every_call_of_a_submit_may_fail)
{
    (void)param;
    const size_t variant = kt_param_index(t);
    const kronos_proxy_api *proxy = proxied_api(t);
    bench it = {
        .ctx = proxied_context(t, variants[variant].spec,
                               &(kro_context_config){.queues = variants[variant].queue_count,
                                                     .spin_ns = 1}), // few polls, to be counted
        .next_word = 1};
    for (int s = 0; s < STREAMS; s++)
        it.buffers[s] = kt_buffer_in(t, it.ctx, &(kro_buffer_config){.size_bytes = BYTES});
    if (!it.ctx || !it.buffers[STREAMS - 1])
        return;
    CHECK_EQ_U64(kro_context_info(it.ctx)->queue_count, variants[variant].queue_count);
    run_round(t, &it);
    CHECK_EQ_U64(it.refused, 0);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        it.expected = calls[i].status;
        it.function = calls[i].function;
        it.refused = 0;
        uint32_t nth = 1;
        for (; nth < MAX_NTH; nth++) {
            proxied_configure(
                t, contract_text(t, "fail=%s:%u:%s", calls[i].function, nth, calls[i].result));
            run_round(t, &it);
            copy_blocking(t, &it);
            bool reached = proxy->fail_reached();
            proxied_configure(t, "");
            check_all(t, &it);
            if (!reached)
                break;
        }
        CHECK(nth < MAX_NTH);
        LOGF(t, "%s: %u calls, %u refused", calls[i].function, nth - 1, it.refused);
        if (!strcmp(calls[i].function, "vkQueueSubmit"))
            CHECK(nth > 4 * STREAMS && it.refused == nth - 1);
        if (!strcmp(calls[i].function, variants[variant].never))
            CHECK_EQ_U64(nth, 1);
    }
    CHECK_EQ_U64(proxy->violations(), 0);
}
