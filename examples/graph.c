// A graph: steps recorded once, launched many times, and changed in between.
#include <kronos/kronos.h>

#include <stdio.h>

static const uint32_t affine_words_spirv[] =
#include "affine_words.spv.inc"
    ;

enum { COUNT = 1000, LAUNCHES = 3 };

typedef struct push {
    uint32_t count, factor, addend;
} push;

static kro_dispatch_args step(kro_buffer *words, const push *values)
{
    return (kro_dispatch_args){
        .buffers = {words}, .push = values, .push_bytes = sizeof *values, .threads = {COUNT}};
}

// words[i] = (words[i] * 2 + 1) * 3. Errors of recording calls come from kro_graph_end.
static kro_status capture(kro_stream *stream, kro_pipeline *affine, kro_buffer *words,
                          kro_graph **out)
{
    const push first = {COUNT, 2, 1}, second = {COUNT, 3, 0};
    const kro_dispatch_args doubled = step(words, &first), tripled = step(words, &second);
    *out = NULL;
    kro_status status = kro_graph_begin(stream, &(kro_graph_config){.label = "steps"});
    if (status < 0)
        return status;
    (void)kro_dispatch(stream, affine, &doubled); // node 0
    (void)kro_dispatch(stream, affine, &tripled); // node 1
    return kro_graph_end(stream, out);
}

static kro_status run(kro_stream *stream, kro_buffer *words, kro_graph *graph)
{
    const push other = {COUNT, 1, 5};
    const kro_dispatch_args added = step(words, &other);
    uint32_t word = 0;
    kro_status status = kro_fill(stream, words, 0, COUNT * sizeof word, 0);
    for (int i = 0; i < LAUNCHES && status >= 0; i++)
        status = kro_graph_launch(graph, stream, NULL); // one submission, behind the one before
    if (status >= 0)
        status = kro_graph_update(graph, 1, &added); // what was launched keeps what it had
    if (status >= 0)
        status = kro_graph_launch(graph, stream, NULL); // recorded anew
    if (status >= 0)
        status = kro_read(stream, words, 0, &word, sizeof word);
    if (status >= 0)
        status = kro_finish(stream);
    if (status >= 0)
        status = kro_graph_write_dot(graph, "steps.dot"); // dot -Tsvg steps.dot
    if (status < 0)
        return status;
    const kro_graph_info *info = kro_graph_get_info(graph);
    printf("%u after %u launches of %u nodes, recorded %u times\n", word, (unsigned)info->launches,
           info->nodes, (unsigned)info->recordings);
    return KRO_OK;
}

int main(void)
{
    const kro_pipeline_config kernel = {.spirv = affine_words_spirv,
                                        .spirv_bytes = sizeof affine_words_spirv};
    const kro_buffer_config config = {.size_bytes = COUNT * sizeof(uint32_t), .label = "words"};
    kro_context *ctx = NULL;
    kro_pipeline *affine = NULL;
    kro_buffer *words = NULL;
    kro_stream *stream = NULL;
    kro_graph *graph = NULL;
    kro_status status = kro_context_create(NULL, &ctx);
    if (status >= 0)
        status = kro_pipeline_create(ctx, &kernel, &affine);
    if (status >= 0)
        status = kro_buffer_create(ctx, &config, &words);
    if (status >= 0)
        status = kro_stream_create(ctx, NULL, &stream); // the default stream cannot capture
    if (status >= 0)
        status = capture(stream, affine, words, &graph);
    if (status >= 0)
        status = run(stream, words, graph);
    kro_graph_destroy(graph);
    kro_stream_destroy(stream);
    kro_buffer_destroy(words);
    kro_pipeline_destroy(affine);
    kro_context_destroy(ctx);

    if (status < 0) {
        fprintf(stderr, "%s: %s\n", kro_status_name(status), kro_error_detail());
        return 1;
    }
    return 0;
}
