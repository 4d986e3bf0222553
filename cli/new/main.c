// Smooths a step on the best device of this machine.
#include <kronos/kronos.h>

#include <stdio.h>

static const uint32_t smooth_spirv[] =
#include "smooth.spv.inc"
    ;

enum { COUNT = 8 };

static kro_status smooth(kro_context *ctx, const float *x, float *y)
{
    const uint32_t count = COUNT;
    const uint64_t size_bytes = COUNT * sizeof(float);
    const kro_pipeline_config kernel = {.spirv = smooth_spirv, .spirv_bytes = sizeof smooth_spirv};
    kro_pipeline *pipeline = NULL;
    kro_buffer *from = NULL, *to = NULL;

    kro_status status = kro_pipeline_create(ctx, &kernel, &pipeline);
    if (status < 0)
        goto done;
    status =
        kro_buffer_create(ctx, &(kro_buffer_config){.size_bytes = size_bytes, .data = x}, &from);
    if (status < 0)
        goto done;
    status = kro_buffer_create(ctx, &(kro_buffer_config){.size_bytes = size_bytes}, &to);
    if (status < 0)
        goto done;
    status = kro_dispatch(
        kro_context_stream(ctx), pipeline,
        &(kro_dispatch_args){
            .buffers = {from, to}, .push = &count, .push_bytes = sizeof count, .threads = {COUNT}});
    if (status < 0)
        goto done;
    status = kro_buffer_read(to, 0, y, size_bytes); // submits, waits, copies

done:
    kro_buffer_destroy(to);
    kro_buffer_destroy(from);
    kro_pipeline_destroy(pipeline);
    return status;
}

int main(void)
{
    const float x[COUNT] = {0, 0, 0, 0, 3, 3, 3, 3};
    float y[COUNT];

    kro_context *ctx = NULL;
    kro_status status = kro_context_create(NULL, &ctx);
    if (status >= 0)
        status = smooth(ctx, x, y);
    kro_context_destroy(ctx);

    if (status < 0) {
        fprintf(stderr, "%s: %s\n", kro_status_name(status), kro_error_detail());
        return 1;
    }
    for (int i = 0; i < COUNT; i++)
        printf("%g%c", (double)y[i], i + 1 < COUNT ? ' ' : '\n');
    return 0;
}
