// Graphs that cannot be launched: something they name is gone, they were never whole, or a call
// failed. They say so, and nothing is left behind.
#include "graph_bench.h"

#include <string.h>

#include "proxied.h"

TEST(graph_updates_are_checked)
{
    graph_bench b = graph_bench_create(t, kt_context_with(t, NULL));
    const uint32_t push[3] = {GRAPH_WORDS, 2, 1};
    if (!b.ctx)
        return;
    kro_graph *graph = graph_capture_step(t, &b);
    kro_dispatch_args args = graph_affine_args(b.a, push);
    CHECK_REFUSED(kro_graph_update(graph, 2, &args), KRO_ERROR_INVALID_ARGUMENT, "node 2", "'step'",
                  "2 nodes");
    CHECK_REFUSED(kro_graph_update(graph, 1, &args), KRO_ERROR_INVALID_ARGUMENT, "node 1", "copy");
    args.push_bytes = 8;
    CHECK_REFUSED(kro_graph_update(graph, 0, &args), KRO_ERROR_INVALID_ARGUMENT, "'affine'",
                  "8 bytes", "12");
    args = graph_affine_args(NULL, push);
    CHECK_REFUSED(kro_graph_update(graph, 0, &args), KRO_ERROR_INVALID_ARGUMENT, "'affine'",
                  "binding 0");
    // The graph is as it was.
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL));
    CHECK_EQ_U64(graph_first_word(t, &b, b.b), 3);
    CHECK_EQ_U64(kro_graph_get_info(graph)->recordings, 1);
}

// A launch says which node names what was destroyed; a dispatch can be given something else.
TEST(graph_launch_without_its_buffer_is_refused)
{
    graph_bench b = graph_bench_create(t, kt_context_with(t, NULL));
    const uint32_t push[3] = {GRAPH_WORDS, 3, 0};
    if (!b.ctx)
        return;
    CHECK_OK(kro_graph_begin(b.stream, &(kro_graph_config){.label = "step"}));
    CHECK_OK(graph_affine(&b, b.c, 1, 1));
    CHECK_OK(graph_affine(&b, b.a, 2, 1));
    kro_graph *graph = graph_end(t, &b);
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL));
    kt_release(t, b.a); // in flight
    CHECK_REFUSED(kro_graph_launch(graph, b.stream, NULL), KRO_ERROR_INVALID_ARGUMENT, "node 1",
                  "'step'", "'alpha'", "destroyed", "kro_graph_update");
    CHECK_REFUSED(kro_graph_write_dot(graph, "unused.dot"), KRO_ERROR_INVALID_ARGUMENT, "'alpha'");
    CHECK_OK(kro_finish(b.stream)); // the stream is as it was
    const kro_dispatch_args args = graph_affine_args(b.b, push);
    CHECK_OK(kro_graph_update(graph, 1, &args));
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL));
    CHECK_EQ_U64(graph_first_word(t, &b, b.b), 3);
    CHECK_EQ_U64(graph_first_word(t, &b, b.c), 3);
}

TEST(graph_launch_without_its_pipeline_is_refused)
{
    graph_bench b = graph_bench_create(t, kt_context_with(t, NULL));
    const uint32_t push[3] = {GRAPH_WORDS, 3, 0};
    if (!b.ctx)
        return;
    kro_graph *graph = graph_capture_step(t, &b);
    kt_release(t, b.affine);
    CHECK_REFUSED(kro_graph_launch(graph, b.stream, NULL), KRO_ERROR_INVALID_ARGUMENT, "node 0",
                  "pipeline 'affine'", "destroyed");
    const kro_dispatch_args args = graph_affine_args(b.b, push);
    CHECK_REFUSED(kro_graph_update(graph, 0, &args), KRO_ERROR_INVALID_ARGUMENT, "node 0",
                  "pipeline", "capture anew");
    CHECK_EQ_U64(graph_first_word(t, &b, b.a), 1);
}

// Memory that the caller takes back is gone from graphs, too, and at once.
TEST(graph_launch_without_registered_memory_is_refused)
{
    graph_bench b = graph_bench_create(t, kt_context_with(t, NULL));
    if (!b.ctx)
        return;
    const uint64_t alignment = kro_context_info(b.ctx)->limits.host_alignment;
    if (alignment == 0) {
        SKIP(t, "the device cannot use host memory in place (limits.host_alignment)");
        return;
    }
    uint8_t *around = kt_alloc(t, 2 * alignment);
    uint8_t *memory = around + (alignment - (uintptr_t)around % alignment) % alignment;
    const kro_host_config config = {.memory = memory, .size_bytes = alignment, .label = "mine"};
    kro_buffer *mine = NULL;
    kro_status status = kro_host_register(b.ctx, &config, &mine);
    if (status == KRO_ERROR_UNSUPPORTED) {
        SKIP(t, "%s", kro_error_detail());
        return;
    }
    CHECK_OK(status);
    CHECK_OK(kro_graph_begin(b.stream, &(kro_graph_config){.label = "step"}));
    CHECK_OK(kro_fill(b.stream, mine, 0, 4, 9));
    kro_graph *graph = graph_end(t, &b);
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL));
    CHECK_OK(kro_finish(b.stream));
    CHECK_OK(kro_host_unregister(mine));
    CHECK_BYTES(memory, &(uint32_t){9}, 4);
    CHECK_REFUSED(kro_graph_launch(graph, b.stream, NULL), KRO_ERROR_INVALID_ARGUMENT, "node 0",
                  "'mine'", "destroyed");
}

TEST(graph_end_without_a_captured_buffer_is_refused)
{
    graph_bench b = graph_bench_create(t, kt_context_with(t, NULL));
    kro_graph *graph = NULL;
    if (!b.ctx)
        return;
    CHECK_OK(kro_graph_begin(b.stream, NULL));
    CHECK_OK(graph_affine(&b, b.a, 2, 1));
    kt_release(t, b.a);
    CHECK_REFUSED(kro_graph_end(b.stream, &graph), KRO_ERROR_INVALID_ARGUMENT, "'alpha'",
                  "destroyed");
    CHECK(graph == NULL);
    CHECK_OK(graph_affine(&b, b.b, 2, 1));
    CHECK_EQ_U64(graph_first_word(t, &b, b.b), 3);
}

TEST(graph_launch_of_a_mapped_buffer_is_refused)
{
    graph_bench b = graph_bench_create(t, kt_context_with(t, NULL));
    kro_buffer *upload =
        kt_buffer_in(t, b.ctx,
                     &(kro_buffer_config){
                         .size_bytes = GRAPH_BYTES, .memory = KRO_MEMORY_UPLOAD, .label = "table"});
    void *mapped = NULL;
    if (!b.ctx || !upload)
        return;
    CHECK_OK(kro_graph_begin(b.stream, NULL));
    CHECK_OK(kro_copy(b.stream, b.a, 0, upload, 0, 4));
    kro_graph *graph = graph_end(t, &b);
    CHECK_OK(kro_buffer_map(upload, &mapped));
    CHECK_REFUSED(kro_graph_launch(graph, b.stream, NULL), KRO_ERROR_INVALID_ARGUMENT, "'table'",
                  "mapped", "'capturing'");
    if (mapped)
        memcpy(mapped, &(uint32_t){77}, 4);
    CHECK_OK(kro_buffer_unmap(upload));
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL));
    CHECK_EQ_U64(graph_first_word(t, &b, b.a), 77);
}

// What a graph cannot hold is refused; the first such call, or wrong one, comes back from the end.
TEST(graph_capture_refuses_what_it_cannot_hold)
{
    graph_bench b = graph_bench_create(t, kt_context_with(t, NULL));
    kro_graph *graph = NULL, *other = NULL;
    uint32_t word = 0;
    if (!b.ctx)
        return;
    CHECK_REFUSED(kro_graph_begin(kro_context_stream(b.ctx), NULL), KRO_ERROR_INVALID_ARGUMENT,
                  "default stream", "kro_stream_create");
    CHECK_REFUSED(kro_graph_end(b.stream, &graph), KRO_ERROR_INVALID_ARGUMENT, "'capturing'",
                  "kro_graph_begin");
    other = graph_capture_step(t, &b);
    // These change nothing.
    CHECK_OK(kro_fill(b.stream, b.c, 0, 4, 9));
    CHECK_OK(kro_graph_begin(b.stream, NULL));
    CHECK_REFUSED(kro_graph_begin(b.stream, NULL), KRO_ERROR_INVALID_ARGUMENT, "'capturing'");
    CHECK_REFUSED(kro_submit(b.stream, NULL), KRO_ERROR_INVALID_ARGUMENT, "kro_graph_end");
    CHECK_REFUSED(kro_finish(b.stream), KRO_ERROR_INVALID_ARGUMENT, "kro_graph_end");
    CHECK_REFUSED(kro_graph_launch(other, b.stream, NULL), KRO_ERROR_INVALID_ARGUMENT,
                  "kro_graph_end");
    CHECK_OK(kro_fill(b.stream, b.a, 0, 4, 5));
    graph = graph_end(t, &b);
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL));
    CHECK_EQ_U64(graph_first_word(t, &b, b.a), 5);
    CHECK_EQ_U64(graph_first_word(t, &b, b.c), 9);
    // These spoil the graph.
    for (int i = 0; i < 5; i++) {
        CHECK_OK(kro_graph_begin(b.stream, NULL));
        CHECK_OK(kro_fill(b.stream, b.a, 0, 4, 6));
        kro_status status = i == 0   ? kro_write(b.stream, b.a, 0, &word, 4)
                            : i == 1 ? kro_read(b.stream, b.a, 0, &word, 4)
                            : i == 2 ? kro_stream_wait(b.stream, (kro_fence){1, 1})
                            : i == 3 ? kro_fill(b.stream, b.a, 1, 4, 6)
                                     : kro_dispatch(b.stream, NULL, NULL);
        CHECK_STATUS(status, KRO_ERROR_INVALID_ARGUMENT);
        const char *said = contract_text(t, "%s", kro_error_detail());
        (void)kro_copy(b.stream, b.a, 0, b.b, 0, 4);
        CHECK_REFUSED(kro_graph_end(b.stream, &graph), KRO_ERROR_INVALID_ARGUMENT, said);
        CHECK(graph == NULL);
    }
    CHECK_EQ_U64(graph_first_word(t, &b, b.a), 5); // the stream works on
    // A kept error comes back from the begin, as from any recording call.
    CHECK_STATUS(kro_fill(b.stream, b.a, 1, 4, 6), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_REFUSED(kro_graph_begin(b.stream, NULL), KRO_ERROR_INVALID_ARGUMENT, "multiples of 4");
    CHECK_STATUS(kro_submit(b.stream, NULL), KRO_ERROR_INVALID_ARGUMENT);
}

// Destroyed in flight, or while it is captured; objects outlive what runs, and no more.
TEST(graph_destroyed_in_flight_runs_on)
{
    graph_bench b =
        graph_bench_create(t, proxied_context(t, "delay=4000000000;exits;reorder=3", NULL));
    const kronos_proxy_api *proxy = proxied_api(t);
    if (!b.ctx)
        return;
    const uint64_t objects = proxy->objects("VkCommandPool");
    kro_graph *graph = NULL;
    CHECK_OK(kro_graph_begin(b.stream, NULL));
    CHECK_OK(graph_affine(&b, b.a, 2, 1));
    CHECK_OK(kro_graph_end(b.stream, &graph));
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL));
    kro_graph_destroy(graph);
    CHECK(proxy->objects("VkCommandPool") > objects);
    CHECK_EQ_U64(graph_first_word(t, &b, b.a), 3);
    CHECK_EQ_U64(proxy->objects("VkCommandPool"), objects);
    // A stream takes along what it captures.
    kro_stream *stream = kt_stream_in(t, b.ctx, NULL);
    CHECK_OK(kro_graph_begin(stream, NULL));
    CHECK_OK(kro_fill(stream, b.a, 0, 4, 5));
    kt_release(t, stream);
    CHECK_EQ_U64(graph_first_word(t, &b, b.a), 3);
    // And a context takes along what nobody destroyed.
    CHECK_OK(kro_graph_begin(b.stream, NULL));
    CHECK_OK(kro_fill(b.stream, b.a, 0, 4, 5));
    CHECK_OK(kro_graph_end(b.stream, &graph));
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL));
    CHECK_EQ_U64(proxy->violations(), 0);
}

// A launch that fails leaves the graph to be launched again.
TEST(graph_survives_a_failed_launch)
{
    graph_bench b = graph_bench_create(t, proxied_context(t, "", NULL));
    const uint32_t push[3] = {GRAPH_WORDS, 2, 1};
    if (!b.ctx)
        return;
    kro_graph *graph = graph_capture_step(t, &b);
    kro_fence fence = {1, 1};
    proxied_configure(t, "fail=vkQueueSubmit:1:VK_ERROR_OUT_OF_HOST_MEMORY");
    CHECK_STATUS(kro_graph_launch(graph, b.stream, &fence), KRO_ERROR_OUT_OF_HOST_MEMORY);
    CHECK_EQ_U64(fence.queue, 0);
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL));
    const kro_dispatch_args args = graph_affine_args(b.a, push);
    CHECK_OK(kro_graph_update(graph, 0, &args));
    proxied_configure(t, "fail=vkEndCommandBuffer:1:VK_ERROR_OUT_OF_HOST_MEMORY");
    CHECK_STATUS(kro_graph_launch(graph, b.stream, NULL), KRO_ERROR_OUT_OF_HOST_MEMORY);
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL));
    CHECK_EQ_U64(graph_first_word(t, &b, b.b), 7);
    CHECK_EQ_U64(kro_graph_get_info(graph)->launches, 2);
}

TEST(graph_of_a_lost_device_is_lost)
{
    graph_bench b = graph_bench_create(t, proxied_context(t, "", NULL));
    kro_graph *graph = NULL;
    if (!b.ctx)
        return;
    kro_graph *step = graph_capture_step(t, &b);
    CHECK_OK(kro_graph_launch(step, b.stream, NULL));
    CHECK_OK(kro_graph_begin(b.stream, NULL));
    CHECK_OK(kro_fill(b.stream, b.c, 0, 4, 1));
    proxied_configure(t, "fail=vkQueueSubmit:1:VK_ERROR_DEVICE_LOST");
    CHECK_STATUS(kro_graph_launch(step, kro_context_stream(b.ctx), NULL), KRO_ERROR_DEVICE_LOST);
    CHECK_STATUS(kro_graph_end(b.stream, &graph), KRO_ERROR_DEVICE_LOST);
    CHECK_STATUS(kro_graph_launch(step, b.stream, NULL), KRO_ERROR_DEVICE_LOST);
    CHECK_STATUS(kro_graph_begin(b.stream, NULL), KRO_ERROR_DEVICE_LOST);
}
