// The picture of a graph where something is missing.
#include "graph_dot.h"

#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "heap_watch.h"
#include "stream.h"

static const uint32_t one_of_three_spirv[] =
#include "one_of_three.spv.inc"
    ;

// A kernel of three buffers that reads the first.
static kro_pipeline *create_reader(kt_test *t, kro_context *ctx)
{
    kro_pipeline *pipeline = NULL;
    CHECK_OK(kro_pipeline_create(ctx,
                                 &(kro_pipeline_config){.spirv = one_of_three_spirv,
                                                        .spirv_bytes = sizeof one_of_three_spirv},
                                 &pipeline));
    return pipeline;
}

// A graph that writes a, b and c, and reads `read` by a kernel; NULL after a failure.
static kro_graph *capture(kt_test *t, bench *it, kro_pipeline *reader, kro_buffer *read)
{
    kro_graph *graph = NULL;
    const kro_dispatch_args args = {.buffers = {read, it->b, it->c}, .groups = {1}};
    CHECK_OK(kro_graph_begin(it->stream, &(kro_graph_config){.label = "picture"}));
    CHECK_OK(kro_fill(it->stream, it->a, 0, 64, 1));
    CHECK_OK(kro_fill(it->stream, it->b, 0, 64, 1));
    CHECK_OK(kro_copy(it->stream, it->c, 0, it->a, 0, 64));
    CHECK_OK(kro_dispatch(it->stream, reader, &args));
    CHECK_OK(kro_graph_end(it->stream, &graph));
    return graph;
}

TEST(unused_buffers_are_in_no_hazard)
{
    bench it = bench_create(t, NULL);
    kro_pipeline *reader = create_reader(t, it.ctx);
    kro_graph *graph = reader ? capture(t, &it, reader, it.a) : NULL;
    char *text = NULL;
    uint32_t length = 0;
    if (graph && CHECK_OK(kro__graph_draw(graph, &text, &length))) {
        char *picture = kt_alloc(t, length + 1u);
        memcpy(picture, text, length);
        CHECK_CONTAINS(picture, "n0 -> n3 [label=\"RAW a\"]");
        CHECK(!strstr(picture, "n1 -> n3"));
        CHECK(!strstr(picture, "n2 -> n3"));
    }
    free(text);
    kro_graph_destroy(graph);
    kro_pipeline_destroy(reader);
}

TEST(what_cannot_be_launched_is_not_drawn)
{
    bench it = bench_create(t, NULL);
    kro_buffer *table = bench_buffer(t, it.ctx, KRO_MEMORY_UPLOAD, "table");
    kro_pipeline *reader = create_reader(t, it.ctx);
    kro_graph *graph = reader ? capture(t, &it, reader, table) : NULL;
    void *mapped;
    char *text = NULL;
    uint32_t length = 0;
    CHECK_OK(kro_buffer_map(table, &mapped));
    if (graph) {
        CHECK_STATUS(kro__graph_draw(graph, &text, &length), KRO_ERROR_INVALID_ARGUMENT);
        CHECK_CONTAINS(kro_error_detail(), "'table'");
    }
    free(text);
    CHECK_OK(kro_buffer_unmap(table));
    kro_graph_destroy(graph);
    kro_pipeline_destroy(reader);
}

static void draw_without_memory(kt_test *t, kro_graph *graph)
{
    for (uint64_t n = 1;; n++) {
        char *text = NULL;
        uint32_t length = 0;
        const uint32_t before = graph->stream->use_capacity;
        heap_watch_begin(n);
        kro_status status = kro__graph_draw(graph, &text, &length);
        free(text);
        const heap_watch watch = heap_watch_end();
        // What the stream has once it keeps.
        CHECK_EQ_I64(watch.live_blocks, graph->stream->use_capacity > before);
        const bool failed = watch.allocations >= n;
        CHECK_STATUS(status, failed ? KRO_ERROR_OUT_OF_HOST_MEMORY : KRO_OK);
        if (failed)
            CHECK_CONTAINS(kro_error_detail(), "drawing graph 'picture'");
        if (!failed) {
            CHECK(n > 3);
            return;
        }
    }
}

TEST(every_allocation_of_a_picture_may_fail)
{
    bench it = bench_create(t, NULL);
    kro_pipeline *reader = create_reader(t, it.ctx);
    kro_graph *graph = reader ? capture(t, &it, reader, it.a) : NULL;
    kro_graph *fills = NULL;
    if (graph)
        draw_without_memory(t, graph);
    CHECK_OK(kro_graph_begin(it.stream, &(kro_graph_config){.label = "picture"}));
    CHECK_OK(kro_fill(it.stream, it.a, 0, 64, 1));
    if (CHECK_OK(kro_graph_end(it.stream, &fills)))
        draw_without_memory(t, fills);
    kro_graph_destroy(fills);
    kro_graph_destroy(graph);
    kro_pipeline_destroy(reader);
}
