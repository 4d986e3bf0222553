// kro_context_import: Kronos works on a device that an application has made, beside the
// application's own work.
#include "contract.h"

#include <string.h>

#include "own_device.h"
#include "proxied.h"

// Everything that a context does, and then the device is the application's again.
TEST(imported_devices_compute_and_stay)
{
    own_device *own = own_device_create(t, kt_context(t), NULL);
    for (int round = 0; own && round < 2; round++) {
        kro_context *ctx = own_device_import(own, NULL);
        contract_bench bench = contract_bench_create(t, ctx);
        if (!bench.ctx || !contract_check_usable(t, &bench))
            return;
        const kro_vk_handles *handles = kro_vk_context(ctx);
        CHECK(handles->instance == own->instance && handles->device == own->raw.device);
        CHECK(handles->physical_device == own->raw.physical &&
              kro_vk_queue(ctx, 0) == own->queues[0]);
        CHECK_EQ_STRING(kro_context_info(ctx)->uuid, kt_device(t)->uuid);
        CHECK_EQ_U64(kro_context_info(ctx)->queue_count, 1);
        contract_bench_release(t, &bench);
        kt_release(t, ctx);
        CHECK(own->raw.vkQueueWaitIdle(own->queues[0]) == VK_SUCCESS);
    }
}

// One buffer goes to and fro: a dispatch of Kronos', a raw one, Kronos' again. Nothing but the two
// kinds of semaphore orders them; a new stream for each round has no older work to look after, so
// that nothing but the semaphores makes anybody wait.
static void alternate(kt_test *t, own_device *own, kro_context *ctx, uint32_t rounds)
{
    const bool timelines = kro_context_info(ctx)->features.timeline_semaphores;
    VkSemaphore done = timelines ? kt_raw_timeline(&own->raw, 0) : kt_raw_semaphore(&own->raw);
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    kro_pipeline *affine = kt_pipeline_in(t, ctx, "affine_words", NULL);
    uint32_t actual[OWN_WORDS], expected[OWN_WORDS];
    kt_fill_u32s(t, expected, OWN_WORDS);
    kro_buffer *buffer =
        kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = OWN_BYTES, .data = expected});
    for (uint32_t round = 1; stream && affine && buffer && round <= rounds; round++) {
        const uint32_t push[] = {OWN_WORDS, 3, round};
        own_work work = {.buffer = buffer,
                         .factor = 5,
                         .addend = 7 * round,
                         .signal = done,
                         .queue = round % own->import.queue_count};
        kro_fence fence;
        CHECK_OK(kro_dispatch(stream, affine,
                              &(kro_dispatch_args){.buffers = {buffer},
                                                   .push = push,
                                                   .push_bytes = sizeof push,
                                                   .threads = {OWN_WORDS}}));
        CHECK_OK(kro_submit(stream, &fence));
        if (timelines) {
            CHECK_OK(kro_vk_fence(ctx, fence, &work.wait, &work.wait_value));
            work.signal_value = round;
        } else {
            CHECK_OK(kro_wait(ctx, fence, UINT64_MAX));
        }
        stream = kt_stream_in(t, ctx, NULL);
        if (!stream || !own_device_run(own, &work))
            return;
        CHECK_OK(kro_vk_stream_wait(stream, done, work.signal_value));
        for (int i = 0; i < OWN_WORDS; i++)
            expected[i] = (expected[i] * 3 + round) * 5 + 7 * round;
    }
    CHECK_OK(kro_read(stream, buffer, 0, actual, sizeof actual));
    CHECK_OK(kro_finish(stream));
    CHECK_U32S(actual, expected, OWN_WORDS);
}

TEST(raw_work_and_streams_wait_for_each_other)
{
    own_device *own = own_device_create(t, kt_context(t), &(own_config){.locks = true});
    kro_context *ctx = own ? own_device_import(own, NULL) : NULL;
    if (ctx)
        alternate(t, own, ctx, 20);
}

// A device without timelines waits for binary semaphores.
TEST(raw_work_and_streams_mix_without_timelines)
{
    static const VkPhysicalDeviceFeatures2 none = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2};
    own_device *own = own_device_create(t, kt_context(t), &(own_config){.features = &none});
    kro_context *ctx = own ? own_device_import(own, NULL) : NULL;
    if (ctx && CHECK(!kro_context_info(ctx)->features.timeline_semaphores))
        alternate(t, own, ctx, 20);
}

// Wherever a semaphore is all that orders two operations, the proxy would bring them out of order.
TEST(raw_work_and_streams_wait_for_each_other_when_reordered)
{
    const uint32_t seed = kt_random_u32(t);
    for (uint32_t i = 0; i < 4; i++) {
        kro_context *proxied =
            proxied_context(t, contract_text(t, "reorder=%u;exits;split_queues=2", seed + i), NULL);
        if (proxied && !kro_context_info(proxied)->features.timeline_semaphores) {
            SKIP(t, "timeline semaphores");
            return;
        }
        own_device *own =
            own_device_create(t, proxied, &(own_config){.queue_count = 2, .locks = true});
        kro_context *ctx = own ? own_device_import(own, NULL) : NULL;
        if (!ctx)
            return;
        alternate(t, own, ctx, 8);
        CHECK_EQ_U64(proxied_api(t)->violations(), 0);
    }
}

TEST(a_binary_semaphore_is_used_up_by_the_next_work)
{
    own_device *own = own_device_create(t, kt_context(t), NULL);
    kro_context *ctx = own ? own_device_import(own, NULL) : NULL;
    if (!ctx)
        return;
    const uint32_t ones[OWN_WORDS] = {1, 1};
    uint32_t actual[OWN_WORDS];
    VkSemaphore done = kt_raw_semaphore(&own->raw);
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    kro_buffer *buffer =
        kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = OWN_BYTES, .data = ones});
    for (uint32_t round = 0; round < 3; round++) {
        const own_work work = {.buffer = buffer, .factor = 2, .signal = done};
        if (!own_device_run(own, &work))
            return;
        CHECK_OK(kro_vk_stream_wait(stream, done, 0));
        // A batch that an error drops leaves the wait to the one after it.
        CHECK_STATUS(kro_fill(stream, buffer, 2, 4, 0), KRO_ERROR_INVALID_ARGUMENT);
        CHECK_STATUS(kro_finish(stream), KRO_ERROR_INVALID_ARGUMENT);
        CHECK_OK(kro_read(stream, buffer, 0, actual, sizeof actual));
        CHECK_OK(kro_finish(stream));
        CHECK_EQ_U64(actual[0], 2u << round);
        CHECK_OK(kro_fill(stream, buffer, 4, 4, 0)); // would wait for ever for what is used up
        CHECK_OK(kro_finish(stream));
    }
}

// NULL, and a skipped or failed case, where there is no imported device with timelines.
static kro_context *import_with_timelines(kt_test *t, own_device **own)
{
    *own = own_device_create(t, kt_context(t), NULL);
    kro_context *ctx = *own ? own_device_import(*own, NULL) : NULL;
    if (!ctx || kro_context_info(ctx)->features.timeline_semaphores)
        return ctx;
    SKIP(t, "timeline semaphores");
    return NULL;
}

// What was recorded before does not wait, what comes after does.
TEST(a_stream_waits_from_there_on)
{
    const uint64_t patience_ns = UINT64_C(20000000000), moment_ns = 50000000;
    own_device *own = NULL;
    kro_context *ctx = import_with_timelines(t, &own);
    if (!ctx)
        return;
    VkSemaphore opened = kt_raw_timeline(&own->raw, 0);
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    kro_buffer *buffer = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = OWN_BYTES});
    kro_fence before, after;
    CHECK_OK(kro_fill(stream, buffer, 0, OWN_BYTES, 1));
    CHECK_OK(kro_vk_stream_wait(stream, opened, 1));
    CHECK_OK(kro_vk_stream_wait(stream, opened, 2)); // the higher value counts
    CHECK_OK(kro_submit(stream, &before));
    CHECK_OK(kro_wait(ctx, before, patience_ns));
    CHECK_OK(kro_fill(stream, buffer, 0, OWN_BYTES, 2));
    CHECK_OK(kro_submit(stream, &after));
    kt_raw_signal(&own->raw, opened, 1);
    CHECK_STATUS(kro_wait(ctx, after, moment_ns), KRO_TIMEOUT);
    kt_raw_signal(&own->raw, opened, 2);
    CHECK_OK(kro_wait(ctx, after, patience_ns));
}

// A launch is the stream's work like any other; while it captures, a stream cannot wait.
TEST(graphs_wait_where_their_stream_does)
{
    const uint64_t moment_ns = 50000000;
    own_device *own = NULL;
    kro_context *ctx = import_with_timelines(t, &own);
    if (!ctx)
        return;
    VkSemaphore opened = kt_raw_timeline(&own->raw, 0);
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    kro_buffer *buffer = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = OWN_BYTES});
    kro_graph *graph = NULL;
    kro_fence fence;
    CHECK_OK(kro_graph_begin(stream, NULL));
    CHECK_REFUSED(kro_vk_stream_wait(stream, opened, 1), KRO_ERROR_INVALID_ARGUMENT, "graph");
    CHECK_REFUSED(kro_graph_end(stream, &graph), KRO_ERROR_INVALID_ARGUMENT, "graph");

    CHECK_OK(kro_graph_begin(stream, NULL));
    CHECK_OK(kro_fill(stream, buffer, 0, OWN_BYTES, 1));
    if (!CHECK_OK(kro_graph_end(stream, &graph)))
        return;
    CHECK_OK(kro_vk_stream_wait(stream, opened, 1));
    CHECK_OK(kro_graph_launch(graph, stream, &fence));
    CHECK_STATUS(kro_wait(ctx, fence, moment_ns), KRO_TIMEOUT);
    kt_raw_signal(&own->raw, opened, 1);
    CHECK_OK(kro_wait(ctx, fence, UINT64_MAX));
    CHECK_OK(kro_graph_launch(graph, stream, &fence)); // waits for nothing any more
    CHECK_OK(kro_wait(ctx, fence, UINT64_MAX));
    kro_graph_destroy(graph);
}

TEST(many_semaphores_may_be_waited_for)
{
    enum { COUNT = 24 };
    own_device *own = own_device_create(t, kt_context(t), NULL);
    kro_context *ctx = own ? own_device_import(own, NULL) : NULL;
    if (!ctx)
        return;
    uint32_t ones[OWN_WORDS] = {1}, actual[COUNT] = {0};
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    kro_buffer *buffers[COUNT];
    for (uint32_t i = 0; i < COUNT; i++) {
        VkSemaphore done = kt_raw_semaphore(&own->raw);
        buffers[i] =
            kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = OWN_BYTES, .data = ones});
        const own_work work = {.buffer = buffers[i], .factor = 1, .addend = i, .signal = done};
        if (!buffers[i] || !own_device_run(own, &work))
            return;
        CHECK_OK(kro_vk_stream_wait(stream, done, 0));
    }
    for (uint32_t i = 0; i < COUNT; i++)
        CHECK_OK(kro_read(stream, buffers[i], 0, &actual[i], 4));
    CHECK_OK(kro_finish(stream));
    for (uint32_t i = 0; i < COUNT; i++)
        CHECK_EQ_U64(actual[i], 1 + i);
}

TEST(fences_without_timelines_cannot_be_handed_out)
{
    static const VkPhysicalDeviceFeatures2 none = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2};
    own_device *own = own_device_create(t, kt_context(t), &(own_config){.features = &none});
    kro_context *ctx = own ? own_device_import(own, NULL) : NULL;
    if (!ctx)
        return;
    VkSemaphore semaphore = kt_raw_semaphore(&own->raw), out = semaphore;
    uint64_t value = 7;
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    CHECK_REFUSED(kro_vk_fence(ctx, (kro_fence){0}, &out, &value), KRO_ERROR_UNSUPPORTED,
                  "timeline", "kro_wait");
    CHECK(out == VK_NULL_HANDLE && value == 0);
    CHECK_REFUSED(kro_vk_stream_wait(stream, semaphore, 1), KRO_ERROR_UNSUPPORTED, "timeline",
                  "binary");
    CHECK_REFUSED(kro_submit(stream, NULL), KRO_ERROR_UNSUPPORTED, "timeline");
    CHECK_OK(kro_finish(stream));
}

TEST(waits_that_cannot_be_are_refused)
{
    kro_context *ctx = kt_context(t);
    VkSemaphore semaphore;
    uint64_t value;
    kro_stream *stream = kt_stream(t);
    kro_buffer *buffer = kt_buffer(t, 64, NULL);
    const bool timelines = kt_device(t)->features.timeline_semaphores;
    CHECK_REFUSED(kro_vk_fence(NULL, (kro_fence){0}, &semaphore, &value),
                  KRO_ERROR_INVALID_ARGUMENT, "kro_vk_fence", "NULL");
    CHECK_REFUSED(kro_vk_fence(ctx, (kro_fence){0}, NULL, &value), KRO_ERROR_INVALID_ARGUMENT,
                  "semaphore");
    CHECK_REFUSED(kro_vk_fence(ctx, (kro_fence){.queue = 99, .value = 1}, &semaphore, &value),
                  KRO_ERROR_INVALID_ARGUMENT, "not of this context");
    CHECK_REFUSED(
        kro_vk_fence(ctx, (kro_fence){.queue = 1, .value = UINT64_MAX}, &semaphore, &value),
        KRO_ERROR_INVALID_ARGUMENT, "not of this context");
    CHECK_REFUSED(kro_vk_stream_wait(NULL, VK_NULL_HANDLE, 0), KRO_ERROR_INVALID_ARGUMENT,
                  "stream");
    CHECK_OK(kro_fill(stream, buffer, 0, 64, 1));
    CHECK_REFUSED(kro_vk_stream_wait(stream, VK_NULL_HANDLE, 0), KRO_ERROR_INVALID_ARGUMENT,
                  "semaphore");
    CHECK_REFUSED(kro_finish(stream), KRO_ERROR_INVALID_ARGUMENT, "semaphore");
    if (timelines && CHECK_OK(kro_vk_fence(ctx, (kro_fence){0}, &semaphore, &value)))
        CHECK(semaphore != VK_NULL_HANDLE && value == 0);
}

// Exactly once around each submit, also of transfers, and nowhere else.
TEST(each_submit_takes_the_applications_lock_once)
{
    kro_context *proxied = proxied_context(t, "", NULL);
    const kronos_proxy_api *proxy = proxied_api(t);
    own_device *own = own_device_create(t, proxied, &(own_config){.locks = true});
    kro_context *ctx = own ? own_device_import(own, NULL) : NULL;
    if (!ctx)
        return;
    proxy->reset_counts();
    contract_bench bench = contract_bench_create(t, ctx);
    CHECK(bench.ctx && contract_check_usable(t, &bench));
    contract_bench_release(t, &bench);
    kt_release(t, ctx);
    CHECK(proxy->submissions() > 0);
    CHECK_EQ_U64(atomic_load(&own->lock_count), proxy->submissions());
    CHECK_EQ_U64(proxy->calls("vkDeviceWaitIdle"), 0); // another queue may be in use
    CHECK_EQ_U64(proxy->calls("vkDestroyDevice"), 0);
    CHECK_EQ_U64(proxy->calls("vkDestroyInstance"), 0);
}

// The first batch is long: it still runs when the loss is told, and when the context goes, which
// must wait for it.
TEST(a_lost_imported_device_is_seen)
{
    enum { FILLS = 8, SIZE = 64 << 20 };
    kro_context *proxied = proxied_context(t, "lose=2", NULL);
    own_device *own = own_device_create(t, proxied, &(own_config){.locks = true});
    kro_context *ctx = own ? own_device_import(own, NULL) : NULL;
    if (!ctx)
        return;
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    kro_buffer *buffer = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = SIZE});
    kro_fence fence;
    for (uint32_t i = 0; i < FILLS; i++)
        CHECK_OK(kro_fill(stream, buffer, 0, SIZE, i));
    CHECK_OK(kro_submit(stream, &fence));
    CHECK_OK(kro_fill(stream, buffer, 0, SIZE, FILLS));
    CHECK_REFUSED(kro_submit(stream, NULL), KRO_ERROR_DEVICE_LOST, "VK_ERROR_DEVICE_LOST");
    CHECK_REFUSED(kro_wait(ctx, fence, UINT64_MAX), KRO_ERROR_DEVICE_LOST, "lost");
    CHECK_EQ_U64(atomic_load(&own->lock_count), 2);
    if (CHECK(pthread_mutex_trylock(&own->lock) == 0)) // nobody kept it
        pthread_mutex_unlock(&own->lock);
}
