// Two streams: one makes data, the other uses it. A fence is what passes between them.
#include <kronos/kronos.h>

#include <stdio.h>

static const uint32_t vector_add_spirv[] =
#include "vector_add.spv.inc"
    ;

enum { COUNT = 1000 };

typedef struct pair_of_streams {
    kro_stream *maker, *user;
    kro_pipeline *add;
    kro_buffer *data, *doubled;
} pair_of_streams;

static void finish(pair_of_streams *pair)
{
    kro_buffer_destroy(pair->doubled);
    kro_buffer_destroy(pair->data);
    kro_pipeline_destroy(pair->add);
    kro_stream_destroy(pair->user);
    kro_stream_destroy(pair->maker);
}

static kro_status init(pair_of_streams *pair, kro_context *ctx)
{
    const kro_buffer_config buffer = {.size_bytes = COUNT * sizeof(float)};
    const kro_pipeline_config kernel = {.spirv = vector_add_spirv,
                                        .spirv_bytes = sizeof vector_add_spirv};
    *pair = (pair_of_streams){0};

    kro_status status = kro_stream_create(ctx, NULL, &pair->maker);
    if (status < 0)
        goto fail;
    status = kro_stream_create(ctx, NULL, &pair->user);
    if (status < 0)
        goto fail;
    status = kro_pipeline_create(ctx, &kernel, &pair->add);
    if (status < 0)
        goto fail;
    status = kro_buffer_create(ctx, &buffer, &pair->data);
    if (status < 0)
        goto fail;
    status = kro_buffer_create(ctx, &buffer, &pair->doubled);
    if (status < 0)
        goto fail;
    return KRO_OK;
fail:
    finish(pair);
    return status;
}

// Errors of recording calls are kept by their stream: kro_submit and kro_finish return the first.
static kro_status run(pair_of_streams *pair, const float *in, float *out)
{
    const uint64_t size_bytes = COUNT * sizeof(float);

    kro_fence made;
    (void)kro_write(pair->maker, pair->data, 0, in, size_bytes);
    kro_status status = kro_submit(pair->maker, &made);
    if (status < 0)
        return status;

    // Everything that `user` submits from here on runs after `made` and sees what `maker` wrote.
    status = kro_stream_wait(pair->user, made);
    if (status < 0)
        return status;
    (void)kro_dispatch(pair->user, pair->add,
                       &(kro_dispatch_args){.buffers = {pair->data, pair->data, pair->doubled},
                                            .threads = {COUNT}});
    (void)kro_read(pair->user, pair->doubled, 0, out, size_bytes);
    return kro_finish(pair->user);
}

int main(void)
{
    float in[COUNT], out[COUNT];
    for (int i = 0; i < COUNT; i++)
        in[i] = (float)i;

    kro_context *ctx = NULL;
    pair_of_streams pair;
    kro_status status = kro_context_create(NULL, &ctx);
    if (status >= 0)
        status = init(&pair, ctx);
    if (status >= 0) {
        status = run(&pair, in, out);
        finish(&pair);
    }
    kro_context_destroy(ctx);

    if (status < 0) {
        fprintf(stderr, "%s: %s\n", kro_status_name(status), kro_error_detail());
        return 1;
    }
    printf("2 * %g = %g\n", in[COUNT - 1], out[COUNT - 1]);
    return 0;
}
