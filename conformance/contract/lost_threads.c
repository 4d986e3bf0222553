// A device that is lost in the middle of work on several threads: whichever call finds out, every
// thread is told, everything can be destroyed, and a new context works at once.
#include "contract.h"

#include "proxied.h"

enum { THREADS = 4, ROUNDS = 2000, BYTES = 4096 };

typedef struct worker {
    kt_test *t;
    kro_context *ctx;
    kro_stream *stream; // its own; NULL: the default stream
    kro_buffer *buffer;
    kro_graph *graph;
    kro_status status; // the first that is no success
    kro_fence last;    // of a submit that succeeded
} worker;

// Batches, launches and blocking reads by turns, each waited for.
static kro_status run_round(worker *w, uint32_t round)
{
    kro_stream *stream = w->stream ? w->stream : kro_context_stream(w->ctx);
    uint32_t word;
    (void)kro_fill(stream, w->buffer, 0, BYTES, round);
    kro_fence fence = {0};
    kro_status status = w->graph && round % 2 ? kro_graph_launch(w->graph, stream, &fence)
                                              : kro_submit(stream, &fence);
    if (status < 0)
        return status;
    w->last = fence;
    status = kro_wait(w->ctx, fence, UINT64_MAX);
    return status >= 0 && round % 8 == 7 ? kro_buffer_read(w->buffer, 0, &word, 4) : status;
}

static void *work_until_lost(void *user)
{
    worker *w = user;
    kt_test *t = w->t;
    for (uint32_t round = 0; round < ROUNDS && w->status >= 0; round++)
        w->status = run_round(w, round);
    CHECK_STATUS(w->status, KRO_ERROR_DEVICE_LOST);
    // Nothing goes on, and no wait hangs.
    if (w->last.value > 0) {
        CHECK_STATUS(kro_wait(w->ctx, w->last, UINT64_MAX), KRO_ERROR_DEVICE_LOST);
        CHECK_STATUS(kro_poll(w->ctx, w->last), KRO_ERROR_DEVICE_LOST);
    }
    CHECK_STATUS(run_round(w, 0), KRO_ERROR_DEVICE_LOST);
    CHECK_CONTAINS(kro_error_detail(), "lost");
    return NULL;
}

static bool make_worker(worker *w, uint32_t index)
{
    const kro_buffer_config buffer = {.size_bytes = BYTES};
    const kro_stream_config stream = {.queue = index % kro_context_info(w->ctx)->queue_count};
    if (kro_buffer_create(w->ctx, &buffer, &w->buffer) < 0)
        return false;
    if (index == 0) // the default stream
        return true;
    return kro_stream_create(w->ctx, &stream, &w->stream) >= 0 &&
           kro_graph_begin(w->stream, NULL) >= 0 &&
           kro_fill(w->stream, w->buffer, 0, BYTES, index) >= 0 &&
           kro_graph_end(w->stream, &w->graph) >= 0;
}

// The workers' objects, in use or not, go with the last of them.
static void destroy_worker(worker *w)
{
    kro_graph_destroy(w->graph);
    kro_stream_destroy(w->stream);
    kro_buffer_destroy(w->buffer);
}

// Loses the device at the n-th call of a function.
static void lose_at(kt_test *t, const char *variant, const char *function, uint32_t nth)
{
    const kronos_proxy_api *proxy = proxied_api(t);
    const uint64_t objects = proxy->objects(NULL);
    kro_context *ctx =
        proxied_context(t, variant, &(kro_context_config){.queues = 2, .spin_ns = 1});
    pthread_t threads[THREADS];
    worker workers[THREADS];
    if (!ctx)
        return;
    bool made = true;
    for (uint32_t i = 0; i < THREADS; i++) {
        workers[i] = (worker){.t = t, .ctx = ctx};
        made = made && make_worker(&workers[i], i);
    }
    int started = 0;
    proxied_configure(t,
                      contract_text(t, "fail=%s:%u:VK_ERROR_DEVICE_LOST:unlisted", function, nth));
    while (CHECK(made) && started < THREADS &&
           CHECK(pthread_create(&threads[started], NULL, work_until_lost, &workers[started]) == 0))
        started++;
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    CHECK(proxy->fail_reached());
    proxied_configure(t, "");
    for (int i = 0; i < THREADS; i++)
        destroy_worker(&workers[i]);
    kt_release(t, ctx);
    CHECK_EQ_U64(proxy->objects(NULL), objects);
}

// The delay makes waits block: a CPU driver would have finished before, and on a GPU they would
// poll.
static const struct {
    const char *name, *spec;
    const char *functions[6]; // what finds out
} variants[] = {
    {"timelines",
     "split_queues=2;delay=1000",
     {"vkQueueSubmit", "vkWaitSemaphores", "vkGetSemaphoreCounterValue", "vkEndCommandBuffer"}},
    {"fences",
     "api=1.1;hide=timeline;delay=1000",
     {"vkQueueSubmit", "vkWaitForFences", "vkGetFenceStatus", "vkResetFences",
      "vkEndCommandBuffer"}},
};

TEST_PARAMS(lost_variants)
{
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
        kt_param(params, "%s", variants[i].name);
}

TEST_FAMILY_CASE(a_loss_that_any_call_finds_is_told_on_every_thread)
{
    (void)param;
    static const uint32_t nths[] = {1, 2, 17, 60};
    const size_t variant = kt_param_index(t);
    for (int f = 0; variants[variant].functions[f]; f++)
        for (size_t i = 0; i < sizeof nths / sizeof *nths; i++) {
            LOGF(t, "call %u of %s", nths[i], variants[variant].functions[f]);
            lose_at(t, variants[variant].spec, variants[variant].functions[f], nths[i]);
        }
    contract_bench again = contract_bench_create(t, proxied_context(t, "", NULL));
    contract_check_usable(t, &again);
}
