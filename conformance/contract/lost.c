// A lost device: every call says so, every waiter wakes, destroy calls work, a new context may be
// made.
#include "contract.h"

#include <string.h>
#include <time.h>

#include "proxied.h"

static kro_status lose(const contract_bench *bench)
{
    kro_status status = kro_fill(bench->stream, bench->sum, 0, 4, 0);
    return status < 0 ? status : kro_submit(bench->stream, NULL);
}

// How many submissions a bench makes before its first user: uploads, where the host does not reach
// the device's memory.
static uint64_t count_uploads(kt_test *t, const char *spec)
{
    kro_context *ctx = proxied_context(t, spec, NULL);
    const kronos_proxy_api *proxy = proxied_api(t);
    if (!ctx)
        return 0;
    proxy->reset_counts();
    contract_bench bench = contract_bench_create(t, ctx);
    const uint64_t uploads = proxy->submissions();
    contract_bench_release(t, &bench);
    kt_release(t, ctx);
    return uploads;
}

// A bench whose device is lost at the n-th submission of its user, and is besides as `spec` says.
static contract_bench losing_bench_like(kt_test *t, const char *spec, uint64_t nth)
{
    const char *losing = contract_text(t, "%s%slose=%llu", spec, *spec ? ";" : "",
                                       (unsigned long long)(count_uploads(t, spec) + nth));
    return contract_bench_create(t, proxied_context(t, losing, NULL));
}

static contract_bench losing_bench(kt_test *t, uint64_t nth)
{
    return losing_bench_like(t, "", nth);
}

#define IS_LOST(call) CHECK_REFUSED(call, KRO_ERROR_DEVICE_LOST, "lost")

TEST(lost_device_is_reported_by_every_call)
{
    contract_bench bench = losing_bench(t, 2);
    if (!bench.ctx)
        return;
    uint32_t words[4] = {1, 2, 3, 4};
    kro_fence before = {0}, fence = {7, 7};
    CHECK_OK(kro_fill(bench.stream, bench.sum, 0, 4, 0));
    CHECK_OK(kro_read(bench.stream, bench.sum, 0, words, 4));
    CHECK_OK(kro_submit(bench.stream, &before));
    CHECK_REFUSED(lose(&bench), KRO_ERROR_DEVICE_LOST, "VK_ERROR_DEVICE_LOST");

    void *out = (void *)(uintptr_t)1;
    IS_LOST(kro_wait(bench.ctx, before, 0));
    IS_LOST(kro_wait(bench.ctx, before, UINT64_MAX));
    IS_LOST(kro_poll(bench.ctx, before));
    IS_LOST(kro_buffer_read(bench.sum, 0, words, 4));
    IS_LOST(kro_buffer_write(bench.sum, 0, words, 4));
    IS_LOST(
        kro_buffer_create(bench.ctx, &(kro_buffer_config){.size_bytes = 4}, (kro_buffer **)&out));
    CHECK(out == NULL);
    IS_LOST(kro_stream_create(bench.ctx, NULL, (kro_stream **)&out));
    const kro_pipeline_config config = {.spirv = words, .spirv_bytes = sizeof words};
    IS_LOST(kro_pipeline_create(bench.ctx, &config, (kro_pipeline **)&out));
    IS_LOST(lose(&bench));
    CHECK_OK(kro_fill(bench.stream, bench.sum, 0, 4, 0));
    CHECK_STATUS(kro_submit(bench.stream, &fence), KRO_ERROR_DEVICE_LOST);
    CHECK_EQ_U64(fence.queue, 0);
    CHECK_OK(kro_fill(bench.stream, bench.sum, 0, 4, 0));
    IS_LOST(kro_finish(bench.stream));
    IS_LOST(kro_finish(bench.stream)); // though nothing is recorded
    fence = (kro_fence){7, 7};
    IS_LOST(kro_submit(bench.stream, &fence));
    CHECK_EQ_U64(fence.queue, 0);
    CHECK_EQ_U64(words[0], 1); // the read before the loss was seen by nobody
    if (kro_buffer_get_info(bench.sum)->mappable)
        IS_LOST(kro_buffer_map(bench.sum, &out));
}

// The sentence says which device, and what is left to do.
TEST(lost_device_is_named)
{
    contract_bench bench = losing_bench(t, 1);
    if (!bench.ctx)
        return;
    CHECK_STATUS(lose(&bench), KRO_ERROR_DEVICE_LOST);
    CHECK_REFUSED(kro_wait(bench.ctx, (kro_fence){.queue = 1}, 0), KRO_ERROR_DEVICE_LOST,
                  kro_context_info(bench.ctx)->name, "new context");
}

// Fills of a large buffer, one behind the other, keep any device busy if there are enough of them.
enum { BUSY_BYTES = 32 << 20, BUSY_NODES = 1 << 20 };
static const uint64_t busy_ns = 500000000;

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static kro_status submit_fills(kro_stream *stream, kro_buffer *buffer, uint32_t count,
                               kro_fence *fence)
{
    for (uint32_t i = 0; i < count; i++)
        (void)kro_fill(stream, buffer, 0, BUSY_BYTES, i);
    return kro_submit(stream, fence);
}

// How many of them take busy_ns here.
static uint32_t count_busy_fills(kt_test *t, kro_context *ctx)
{
    kro_stream *stream = kt_stream_in(t, ctx, &(kro_stream_config){.batch_nodes = BUSY_NODES});
    kro_buffer *buffer = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = BUSY_BYTES});
    for (uint32_t count = 4; count < BUSY_NODES / 20; count *= 2) {
        kro_fence fence;
        uint64_t start_ns = now_ns();
        if (!CHECK_OK(submit_fills(stream, buffer, count, &fence)) ||
            !CHECK_OK(kro_wait(ctx, fence, UINT64_MAX)))
            return 0;
        if (now_ns() - start_ns > busy_ns / 20)
            return 20 * count;
    }
    return BUSY_NODES - 1;
}

typedef struct waiter {
    kt_test *t;
    kro_context *ctx;
    kro_buffer *buffer;
    kro_stream *stream;
    kro_fence fence;
    int how;
} waiter;

static void *wait_until_lost(void *user)
{
    waiter *w = user;
    kt_test *t = w->t;
    uint32_t word;
    if (w->how == 0)
        CHECK_STATUS(kro_wait(w->ctx, w->fence, UINT64_MAX), KRO_ERROR_DEVICE_LOST);
    else if (w->how == 1)
        CHECK_STATUS(kro_buffer_read(w->buffer, 0, &word, 4), KRO_ERROR_DEVICE_LOST);
    else
        CHECK_STATUS(kro_finish(w->stream), KRO_ERROR_DEVICE_LOST);
    CHECK_CONTAINS(kro_error_detail(), "lost");
    return NULL;
}

TEST_PARAMS(waited_devices)
{
    kt_param(params, "timelines");
    kt_param(params, "fences");
}

// Threads that wait for unfinished work wake when another thread finds the device lost.
TEST_FAMILY_CASE(lost_device_wakes_every_waiter)
{
    enum { WAITERS = 3 };
    const char *spec = strcmp(param, "fences") == 0 ? "hide=timeline" : "";
    contract_bench bench = contract_bench_create(t, proxied_context(t, spec, NULL));
    if (!bench.ctx)
        return;
    const uint32_t count = count_busy_fills(t, bench.ctx);
    // The same device again, lost at its second submission.
    bench = losing_bench_like(t, spec, 2);
    kro_stream *stream =
        kt_stream_in(t, bench.ctx, &(kro_stream_config){.batch_nodes = BUSY_NODES});
    kro_buffer *buffer = kt_buffer_in(t, bench.ctx, &(kro_buffer_config){.size_bytes = BUSY_BYTES});
    kro_fence fence;
    if (!bench.ctx || !buffer || !CHECK_OK(submit_fills(stream, buffer, count, &fence)))
        return;
    pthread_t threads[WAITERS];
    waiter waiters[WAITERS];
    int started = 0;
    for (; started < WAITERS; started++) {
        waiters[started] = (waiter){t, bench.ctx, buffer, stream, fence, started};
        if (!CHECK(pthread_create(&threads[started], NULL, wait_until_lost, &waiters[started]) ==
                   0))
            break;
    }
    CHECK_STATUS(kro_wait(bench.ctx, fence, busy_ns / 20), KRO_TIMEOUT);
    CHECK_STATUS(lose(&bench), KRO_ERROR_DEVICE_LOST);
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

TEST(lost_device_leaves_nothing_and_a_new_context_works)
{
    const kronos_proxy_api *proxy = proxied_api(t);
    if (!proxy)
        return;
    const uint64_t objects = proxy->objects(NULL), bytes = proxy->memory_bytes();
    contract_bench bench = losing_bench(t, 2);
    kro_context *ctx = bench.ctx;
    if (!ctx)
        return;
    CHECK_OK(kro_fill(bench.stream, bench.sum, 0, 4, 0));
    CHECK_OK(kro_finish(bench.stream));
    CHECK_STATUS(lose(&bench), KRO_ERROR_DEVICE_LOST);
    CHECK_OK(kro_fill(bench.stream, bench.sum, 0, 4, 0));
    contract_bench_release(t, &bench); // recorded work uses its buffers

    contract_bench again = contract_bench_create(t, proxied_context(t, "", NULL));
    contract_check_usable(t, &again);
    contract_bench_release(t, &again);
    kt_release(t, again.ctx);
    kt_release(t, ctx);
    CHECK_EQ_U64(proxy->objects(NULL), objects);
    CHECK_EQ_U64(proxy->memory_bytes(), bytes);
}
