// Adds two vectors on the best device of this machine.
#include <kronos/kronos.h>

#include <stdio.h>

// What `glslc -mfmt=c vector_add.comp -o vector_add.spv.inc` writes.
static const uint32_t vector_add_spirv[] =
#include "vector_add.spv.inc"
    ;

enum { COUNT = 1000 };

static kro_status add_vectors(kro_context *ctx, const float *x, const float *y, float *sum)
{
    const uint64_t size_bytes = COUNT * sizeof(float);
    kro_pipeline *add = NULL;
    kro_buffer *a = NULL, *b = NULL, *c = NULL;

    kro_status status = kro_pipeline_create(
        ctx,
        &(kro_pipeline_config){.spirv = vector_add_spirv, .spirv_bytes = sizeof vector_add_spirv},
        &add);
    if (status < 0)
        goto done;
    status = kro_buffer_create(ctx, &(kro_buffer_config){.size_bytes = size_bytes, .data = x}, &a);
    if (status < 0)
        goto done;
    status = kro_buffer_create(ctx, &(kro_buffer_config){.size_bytes = size_bytes, .data = y}, &b);
    if (status < 0)
        goto done;
    status = kro_buffer_create(ctx, &(kro_buffer_config){.size_bytes = size_bytes}, &c);
    if (status < 0)
        goto done;

    status = kro_dispatch(kro_context_stream(ctx), add,
                          &(kro_dispatch_args){.buffers = {a, b, c}, .threads = {COUNT}});
    if (status < 0)
        goto done;
    status = kro_buffer_read(c, 0, sum, size_bytes); // submits, waits, copies

done:
    kro_buffer_destroy(c);
    kro_buffer_destroy(b);
    kro_buffer_destroy(a);
    kro_pipeline_destroy(add);
    return status;
}

int main(void)
{
    float x[COUNT], y[COUNT], sum[COUNT];
    for (int i = 0; i < COUNT; i++) {
        x[i] = (float)i;
        y[i] = 0.5f;
    }

    kro_context *ctx = NULL;
    kro_status status = kro_context_create(NULL, &ctx);
    if (status >= 0)
        status = add_vectors(ctx, x, y, sum);
    kro_context_destroy(ctx);

    if (status < 0) {
        fprintf(stderr, "%s: %s\n", kro_status_name(status), kro_error_detail());
        return 1;
    }
    printf("%g + %g = %g\n", x[COUNT - 1], y[COUNT - 1], sum[COUNT - 1]);
    return 0;
}
