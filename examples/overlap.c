// The host works while the device does: submit, look now and then, wait at the end.
#include <kronos/kronos.h>

#include <stdio.h>

static const uint32_t affine_words_spirv[] =
#include "affine_words.spv.inc"
    ;

enum { COUNT = 1 << 16, ROUNDS = 100 };

typedef struct push {
    uint32_t count, factor, addend;
} push;

// words[i] = words[i] * 3 + 1, ROUNDS times: each round waits for the one before, by itself.
static void record(kro_stream *stream, kro_pipeline *affine, kro_buffer *words)
{
    const push values = {.count = COUNT, .factor = 3, .addend = 1};
    for (int i = 0; i < ROUNDS; i++)
        (void)kro_dispatch(stream, affine,
                           &(kro_dispatch_args){.buffers = {words},
                                                .push = &values,
                                                .push_bytes = sizeof values,
                                                .threads = {COUNT}});
}

static kro_status run(kro_context *ctx, kro_stream *stream, kro_pipeline *affine, kro_buffer *words,
                      uint32_t *first)
{
    const uint64_t second_ns = 1000000000;
    kro_fence done;
    (void)kro_fill(stream, words, 0, COUNT * sizeof(uint32_t), 1);
    record(stream, affine, words);
    (void)kro_read(stream, words, 0, first, sizeof *first);
    kro_status status = kro_submit(stream, &done);

    uint32_t expected = 1;
    for (int i = 0; status >= 0 && i < ROUNDS; i++)
        expected = expected * 3 + 1; // the host's own work
    if (status >= 0)
        status = kro_poll(ctx, done); // KRO_OK or KRO_NOT_READY; never waits
    while (status == KRO_NOT_READY || status == KRO_TIMEOUT)
        status = kro_wait(ctx, done, second_ns); // KRO_TIMEOUT: a good place to show progress
    if (status >= 0)
        printf("the device %s the host\n", *first == expected ? "agrees with" : "contradicts");
    return status;
}

int main(void)
{
    const kro_pipeline_config kernel = {.spirv = affine_words_spirv,
                                        .spirv_bytes = sizeof affine_words_spirv};
    const kro_buffer_config config = {.size_bytes = COUNT * sizeof(uint32_t)};
    kro_context *ctx = NULL;
    kro_pipeline *affine = NULL;
    kro_buffer *words = NULL;
    kro_stream *stream = NULL;
    uint32_t first = 0;
    kro_status status = kro_context_create(NULL, &ctx);
    if (status >= 0)
        status = kro_pipeline_create(ctx, &kernel, &affine);
    if (status >= 0)
        status = kro_buffer_create(ctx, &config, &words);
    if (status >= 0)
        status = kro_stream_create(ctx, &(kro_stream_config){.label = "rounds"}, &stream);
    if (status >= 0)
        status = run(ctx, stream, affine, words, &first);
    if (status >= 0)
        printf("%u operations, %u barriers between them\n",
               (unsigned)kro_stream_get_info(stream)->nodes,
               (unsigned)kro_stream_get_info(stream)->level_barriers);
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
