// The device decides how much work there is: workgroup counts come from a buffer.
#include <kronos/kronos.h>

#include <stdio.h>

static const uint32_t affine_words_spirv[] =
#include "affine_words.spv.inc"
    ;

enum { COUNT = 1024 };

typedef struct push {
    uint32_t count, factor, addend;
} push;

static kro_status run(kro_context *ctx, kro_pipeline *affine, kro_buffer *words, kro_buffer *groups,
                      uint32_t *out)
{
    const push values = {.count = COUNT, .factor = 2, .addend = 7};
    const kro_pipeline_info *info = kro_pipeline_get_info(affine);
    kro_stream *stream = kro_context_stream(ctx);

    // Half of what would cover all words. Another kernel could have written these three numbers.
    const uint32_t counts[3] = {COUNT / info->local_size[0] / 2, 1, 1};
    (void)kro_write(stream, groups, 0, counts, sizeof counts);
    (void)kro_dispatch_indirect(
        stream, affine,
        &(kro_dispatch_args){.buffers = {words}, .push = &values, .push_bytes = info->push_bytes},
        groups, 0);
    (void)kro_barrier(stream); // nothing moves across it; here it is only shown
    return kro_buffer_read(words, 0, out, COUNT * sizeof *out);
}

int main(void)
{
    static uint32_t words[COUNT]; // zeros
    const kro_pipeline_config kernel = {.spirv = affine_words_spirv,
                                        .spirv_bytes = sizeof affine_words_spirv};
    const kro_buffer_config config = {.size_bytes = sizeof words, .data = words};
    const kro_buffer_config three = {.size_bytes = 3 * sizeof(uint32_t)};
    kro_context *ctx = NULL;
    kro_pipeline *affine = NULL;
    kro_buffer *buffer = NULL, *groups = NULL;
    kro_status status = kro_context_create(NULL, &ctx);
    if (status >= 0)
        status = kro_pipeline_create(ctx, &kernel, &affine);
    if (status >= 0)
        status = kro_buffer_create(ctx, &config, &buffer);
    if (status >= 0)
        status = kro_buffer_create(ctx, &three, &groups);
    if (status >= 0)
        status = run(ctx, affine, buffer, groups, words);
    kro_buffer_destroy(groups);
    kro_buffer_destroy(buffer);
    kro_pipeline_destroy(affine);
    kro_context_destroy(ctx);

    if (status < 0) {
        fprintf(stderr, "%s: %s\n", kro_status_name(status), kro_error_detail());
        return 1;
    }
    printf("first %u, last %u\n", words[0], words[COUNT - 1]);
    return 0;
}
