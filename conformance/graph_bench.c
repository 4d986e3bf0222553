#include "graph_bench.h"

graph_bench graph_bench_create(kt_test *t, kro_context *ctx)
{
    static const uint32_t start[GRAPH_WORDS] = {1};
    const kro_buffer_config config = {.size_bytes = GRAPH_BYTES, .data = start};
    kro_buffer_config named = config;
    graph_bench made = {.ctx = ctx};
    made.stream = kt_stream_in(t, ctx, &(kro_stream_config){.label = "capturing"});
    made.affine = kt_pipeline_in(t, ctx, "affine_words", &(kro_pipeline_config){.label = "affine"});
    named.label = "alpha";
    made.a = kt_buffer_in(t, ctx, &named);
    named.label = "beta";
    made.b = kt_buffer_in(t, ctx, &named);
    made.c = kt_buffer_in(t, ctx, &config);
    if (!made.stream || !made.affine || !made.a || !made.b || !made.c)
        made.ctx = NULL;
    return made;
}

kro_dispatch_args graph_affine_args(kro_buffer *words, const uint32_t push[3])
{
    return (kro_dispatch_args){
        .buffers = {words}, .push = push, .push_bytes = 12, .threads = {GRAPH_WORDS}};
}

kro_status graph_affine(const graph_bench *b, kro_buffer *words, uint32_t factor, uint32_t addend)
{
    const uint32_t push[3] = {GRAPH_WORDS, factor, addend};
    const kro_dispatch_args args = graph_affine_args(words, push);
    return kro_dispatch(b->stream, b->affine, &args);
}

static void release_graph(void *graph)
{
    kro_graph_destroy(graph);
}

// Ends the capture of a graph that the case owns.
kro_graph *graph_end(kt_test *t, const graph_bench *b)
{
    kro_graph *graph = NULL;
    if (!CHECK_OK(kro_graph_end(b->stream, &graph)))
        return NULL;
    kt_defer(t, release_graph, graph);
    return graph;
}

// a = a * 2 + 1, b = a.
kro_graph *graph_capture_step(kt_test *t, const graph_bench *b)
{
    CHECK_OK(kro_graph_begin(b->stream, &(kro_graph_config){.label = "step"}));
    CHECK_OK(graph_affine(b, b->a, 2, 1));
    CHECK_OK(kro_copy(b->stream, b->b, 0, b->a, 0, GRAPH_BYTES));
    return graph_end(t, b);
}

uint32_t graph_first_word(kt_test *t, const graph_bench *b, kro_buffer *buffer)
{
    uint32_t word = 0;
    CHECK_OK(kro_finish(b->stream));
    CHECK_OK(kro_buffer_read(buffer, 0, &word, sizeof word));
    return word;
}
