// Graphs: a launch is one submission of what was recorded once; what it needs to be ordered against
// is found anew each time; and an update records anew.
#include "graph_bench.h"

#include <string.h>

#include "proxied.h"

// Nothing that was submitted is seen to finish before somebody waits for it.
#define HELD "delay=4000000000;exits;reorder=3"

TEST(graph_launches_compute_what_was_captured)
{
    for (int plain = 0; plain < 2; plain++) {
        graph_bench b =
            graph_bench_create(t, kt_context_with(t, &(kro_context_config){.plain = plain}));
        if (!b.ctx)
            return;
        kro_graph *graph = graph_capture_step(t, &b);
        CHECK_EQ_U64(graph_first_word(t, &b, b.a), 1); // nothing has run
        for (int i = 0; i < 4; i++)
            CHECK_OK(kro_graph_launch(graph, b.stream, NULL));
        CHECK_EQ_U64(graph_first_word(t, &b, b.b), 31);
        const kro_graph_info *info = kro_graph_get_info(graph);
        CHECK_EQ_U64(info->nodes, 2);
        CHECK_EQ_U64(info->levels, 2);
        CHECK_EQ_U64(info->barriers, 1);
        CHECK_EQ_U64(info->launches, 4);
        CHECK_EQ_U64(info->recordings, 1);
        CHECK(info->recording_ns > 0);
        CHECK(strcmp(info->label, "step") == 0);
    }
}

// What a stream recorded before a capture comes before what it records after it, and both are no
// part of the graph.
TEST(graph_capture_leaves_the_open_batch_alone)
{
    graph_bench b = graph_bench_create(t, kt_context_with(t, NULL));
    if (!b.ctx)
        return;
    CHECK_OK(kro_fill(b.stream, b.a, 0, GRAPH_BYTES, 10));
    kro_graph *graph = graph_capture_step(t, &b);
    CHECK_OK(graph_affine(&b, b.a, 3, 0));
    CHECK_EQ_U64(kro_stream_get_info(b.stream)->submits, 0);
    kro_fence fence = {0};
    CHECK_OK(kro_graph_launch(graph, b.stream, &fence)); // behind the open batch
    CHECK_EQ_U64(kro_stream_get_info(b.stream)->submits, 2);
    CHECK_EQ_U64(kro_stream_get_info(b.stream)->nodes, 4);
    CHECK_OK(kro_wait(b.ctx, fence, UINT64_MAX));
    CHECK_EQ_U64(graph_first_word(t, &b, b.b), 61);
}

static uint64_t commands(const kronos_proxy_api *proxy)
{
    static const char *const names[] = {"vkCmdDispatch",        "vkCmdDispatchIndirect",
                                        "vkCmdCopyBuffer",      "vkCmdFillBuffer",
                                        "vkCmdPipelineBarrier", "vkCmdBindPipeline",
                                        "vkCmdPushConstants",   "vkCmdBindDescriptorSets",
                                        "vkBeginCommandBuffer", "vkResetCommandPool"};
    uint64_t sum = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        sum += proxy->calls(names[i]);
    return sum;
}

// Each launch is one submission and nothing else: no command, no object, no descriptor. What it is
// ordered against decides about one barrier that was recorded long ago.
TEST(graph_launch_is_one_submission)
{
    enum { LAUNCHES = 20, NODES = 30 };
    graph_bench b = graph_bench_create(t, proxied_context(t, "delay=4000000000;exits", NULL));
    const kronos_proxy_api *proxy = proxied_api(t);
    if (!b.ctx)
        return;
    CHECK_OK(kro_graph_begin(b.stream, NULL));
    for (uint32_t i = 0; i < NODES; i++)
        CHECK_OK(graph_affine(&b, i % 2 ? b.a : b.b, 1, i)); // two chains side by side
    kro_graph *graph = graph_end(t, &b);
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL)); // the first fence, where there are fences
    CHECK_OK(kro_finish(b.stream));
    proxy->reset_counts();
    const uint64_t objects = proxy->objects(NULL);
    for (int i = 0; i < LAUNCHES; i++)
        CHECK_OK(kro_graph_launch(graph, b.stream, NULL));
    CHECK_EQ_U64(proxy->submissions(), LAUNCHES);
    if (kro_context_info(b.ctx)->features.timeline_semaphores) // fences are looked at and reset
        CHECK_EQ_U64(proxy->calls_total(), LAUNCHES);
    CHECK_EQ_U64(commands(proxy), 0);
    CHECK_EQ_U64(proxy->objects(NULL), objects);
    CHECK_EQ_U64(proxy->barriers(KRONOS_PROXY_BARRIER_LEVEL), LAUNCHES * (NODES / 2 - 1));
    CHECK_EQ_U64(proxy->barriers(KRONOS_PROXY_BARRIER_ENTRY), LAUNCHES - 1);
    CHECK_EQ_U64(proxy->barriers(KRONOS_PROXY_BARRIER_EXIT),
                 kro_stream_get_info(b.stream)->exit_barriers / (LAUNCHES + 1) * LAUNCHES);
    CHECK_OK(kro_finish(b.stream));
    CHECK_EQ_U64(proxy->violations(), 0);
}

// A barrier in front only for what is in flight and in the way: its own last launch, or the
// stream's work.
TEST(graph_entry_barriers_are_for_conflicts_in_flight)
{
    graph_bench b = graph_bench_create(t, proxied_context(t, "exits", NULL));
    if (!b.ctx)
        return;
    const kro_stream_info *info = kro_stream_get_info(b.stream);
    CHECK_OK(kro_graph_begin(b.stream, NULL));
    CHECK_OK(kro_copy(b.stream, b.b, 0, b.a, 0, 64)); // writes b alone
    kro_graph *graph = graph_end(t, &b);
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL));
    CHECK_EQ_U64(info->entry_barriers, 0);
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL)); // itself
    CHECK_EQ_U64(info->entry_barriers, 1);
    CHECK_OK(kro_finish(b.stream));
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL)); // seen complete
    CHECK_EQ_U64(info->entry_barriers, 1);
    CHECK_OK(kro_fill(b.stream, b.b, 64, 64, 5)); // bytes beside it
    CHECK_OK(kro_submit(b.stream, NULL));
    CHECK_EQ_U64(info->entry_barriers, 1);
    CHECK_OK(kro_fill(b.stream, b.a, 0, 4, 5)); // what the launch reads
    CHECK_OK(kro_submit(b.stream, NULL));
    CHECK_EQ_U64(info->entry_barriers, 2);
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL)); // reads that
    CHECK_EQ_U64(info->entry_barriers, 3);
    CHECK_OK(kro_finish(b.stream));
}

// A kro_barrier at the end of a graph stands before what comes next, one at its start before it.
TEST(graph_barriers_at_its_ends_hold)
{
    graph_bench b = graph_bench_create(t, proxied_context(t, "exits", NULL));
    if (!b.ctx)
        return;
    const kro_stream_info *info = kro_stream_get_info(b.stream);
    CHECK_OK(kro_graph_begin(b.stream, NULL));
    CHECK_OK(kro_barrier(b.stream));
    CHECK_OK(kro_fill(b.stream, b.a, 0, 64, 1));
    CHECK_OK(kro_barrier(b.stream));
    CHECK_OK(kro_fill(b.stream, b.a, 64, 64, 1));
    CHECK_OK(kro_barrier(b.stream));
    kro_graph *graph = graph_end(t, &b);
    CHECK_EQ_U64(kro_graph_get_info(graph)->barriers, 1);
    CHECK_OK(kro_fill(b.stream, b.c, 0, 64, 1));
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL));
    CHECK_EQ_U64(info->entry_barriers, 1);
    CHECK_OK(kro_fill(b.stream, b.c, 64, 64, 1));
    CHECK_OK(kro_submit(b.stream, NULL));
    CHECK_EQ_U64(info->entry_barriers, 2);
    CHECK_OK(kro_finish(b.stream));
}

// What is recorded anew has its barriers still.
TEST(graph_barriers_outlast_updates)
{
    graph_bench b = graph_bench_create(t, kt_context_with(t, NULL));
    const uint32_t push[3] = {GRAPH_WORDS, 2, 1};
    if (!b.ctx)
        return;
    CHECK_OK(kro_graph_begin(b.stream, NULL));
    CHECK_OK(graph_affine(&b, b.a, 1, 1));
    CHECK_OK(kro_barrier(b.stream));
    CHECK_OK(kro_fill(b.stream, b.c, 0, 64, 1));
    CHECK_OK(kro_barrier(b.stream));
    kro_graph *graph = graph_end(t, &b);
    const kro_dispatch_args args = graph_affine_args(b.b, push);
    CHECK_OK(kro_graph_update(graph, 0, &args));
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL));
    CHECK_EQ_U64(kro_graph_get_info(graph)->barriers, 1);
    CHECK_OK(kro_fill(b.stream, b.a, 0, 4, 1)); // behind the last barrier
    CHECK_OK(kro_submit(b.stream, NULL));
    CHECK_EQ_U64(kro_stream_get_info(b.stream)->entry_barriers, 1);
    CHECK_EQ_U64(graph_first_word(t, &b, b.b), 3);
}

// Launches that run in any order that Vulkan allows come out as one after the other, also among
// work of the stream and while earlier launches have not finished.
TEST(graph_relaunches_in_flight_are_in_order)
{
    for (uint32_t seed = 1; seed <= 8; seed++) {
        graph_bench b = graph_bench_create(
            t,
            proxied_context(t, contract_text(t, "delay=4000000000;exits;reorder=%u", seed), NULL));
        if (!b.ctx)
            return;
        kro_graph *graph = graph_capture_step(t, &b);
        for (int i = 0; i < 3; i++)
            CHECK_OK(kro_graph_launch(graph, b.stream, NULL));     // a = 15
        CHECK_OK(graph_affine(&b, b.a, 1, 5));                     // a = 20
        CHECK_OK(kro_copy(b.stream, b.c, 0, b.b, 0, GRAPH_BYTES)); // c = 15
        CHECK_OK(kro_graph_launch(graph, b.stream, NULL));         // a = 41
        CHECK_EQ_U64(graph_first_word(t, &b, b.b), 41);
        CHECK_EQ_U64(graph_first_word(t, &b, b.c), 15);
        CHECK_EQ_U64(proxied_api(t)->violations(), 0);
    }
}

// On another queue a launch waits where its stream waits.
TEST(graph_launches_wait_for_other_queues)
{
    kro_context *ctx =
        proxied_context(t, HELD ";split_queues=2", &(kro_context_config){.queues = 2});
    graph_bench b = graph_bench_create(t, ctx);
    kro_stream *other = kt_stream_in(t, ctx, &(kro_stream_config){.queue = 1});
    kro_fence fence = {0};
    if (!b.ctx || !other)
        return;
    kro_graph *graph = graph_capture_step(t, &b);
    CHECK_OK(kro_graph_launch(graph, b.stream, &fence));
    for (int i = 0; i < 6; i++) {
        kro_stream *next = i % 2 ? b.stream : other;
        CHECK_OK(kro_stream_wait(next, fence));
        CHECK_OK(kro_graph_launch(graph, next, &fence));
    }
    CHECK_OK(kro_finish(other));
    CHECK_EQ_U64(graph_first_word(t, &b, b.b), 255);
    CHECK_EQ_U64(proxied_api(t)->violations(), 0);
}

// The next launch after an update does what is new; those in flight do what they were launched to.
TEST(graph_updates_act_from_the_next_launch)
{
    graph_bench b = graph_bench_create(t, proxied_context(t, HELD, NULL));
    const uint32_t push[3] = {GRAPH_WORDS, 1, 100};
    if (!b.ctx)
        return;
    kro_graph *graph = graph_capture_step(t, &b);
    const kro_graph_info *info = kro_graph_get_info(graph);
    kro_dispatch_args args = graph_affine_args(b.a, push);
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL)); // a = b = 3, in flight
    CHECK_OK(kro_graph_update(graph, 0, &args));
    CHECK_EQ_U64(info->recordings, 1);
    CHECK_OK(kro_copy(b.stream, b.c, 0, b.b, 0, GRAPH_BYTES)); // c = 3
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL));         // a = b = 103
    CHECK_EQ_U64(info->recordings, 2);
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL)); // a = b = 203
    CHECK_EQ_U64(info->recordings, 2);
    // Another buffer: no hazard is left within the graph.
    args = graph_affine_args(b.c, push);
    CHECK_OK(kro_graph_update(graph, 0, &args));
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL)); // c = 103
    CHECK_EQ_U64(info->barriers, 0);
    CHECK_EQ_U64(info->levels, 1);
    // A smaller one, and none at all.
    args.threads[0] = 0;
    args.dims = 1;
    CHECK_OK(kro_graph_update(graph, 0, &args));
    CHECK_OK(kro_graph_launch(graph, b.stream, NULL));
    CHECK_EQ_U64(info->nodes, 2);
    CHECK_EQ_U64(info->recordings, 4);
    CHECK_EQ_U64(graph_first_word(t, &b, b.b), 203);
    CHECK_EQ_U64(graph_first_word(t, &b, b.c), 103);
    CHECK_EQ_U64(proxied_api(t)->violations(), 0);
}

// Recording again and again takes no more command buffers and descriptor sets than are in flight.
TEST(graph_updates_reuse_what_has_finished)
{
    graph_bench b = graph_bench_create(t, proxied_context(t, "exits", NULL));
    const kronos_proxy_api *proxy = proxied_api(t);
    if (!b.ctx)
        return;
    kro_graph *graph = graph_capture_step(t, &b);
    uint64_t objects = 0;
    for (uint32_t i = 0; i < 10; i++) {
        const uint32_t push[3] = {GRAPH_WORDS, 1, i};
        const kro_dispatch_args args = graph_affine_args(b.a, push);
        CHECK_OK(kro_graph_update(graph, 0, &args));
        CHECK_OK(kro_graph_launch(graph, b.stream, NULL));
        CHECK_OK(kro_finish(b.stream));
        if (i == 2)
            objects = proxy->objects(NULL);
    }
    CHECK_EQ_U64(proxy->objects(NULL), objects);
    CHECK_EQ_U64(graph_first_word(t, &b, b.a), 46);
    CHECK_EQ_U64(proxy->violations(), 0);
}

TEST(graph_may_be_empty)
{
    graph_bench b = graph_bench_create(t, kt_context_with(t, NULL));
    kro_fence fence = {0}, last = {0};
    if (!b.ctx)
        return;
    CHECK_OK(kro_graph_begin(b.stream, NULL));
    CHECK_OK(kro_fill(b.stream, b.a, 0, 0, 1)); // does nothing, and is a node all the same
    kro_graph *graph = graph_end(t, &b);
    CHECK_EQ_U64(kro_graph_get_info(graph)->nodes, 1);
    CHECK_EQ_U64(kro_graph_get_info(graph)->levels, 0);
    CHECK_OK(kro_fill(b.stream, b.a, 0, 4, 8));
    CHECK_OK(kro_submit(b.stream, &last));
    CHECK_OK(kro_graph_launch(graph, b.stream, &fence));
    CHECK_EQ_U64(fence.value, last.value);
    CHECK_EQ_U64(graph_first_word(t, &b, b.a), 8);
}
