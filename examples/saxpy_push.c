// y = a * x + y, with `a` and the length as push constants: values that travel with the dispatch
// and need no buffer.
#include <kronos/kronos.h>

#include <stdio.h>

static const uint32_t saxpy_spirv[] =
#include "saxpy.spv.inc"
    ;

enum { COUNT = 1000 };

// The shader's push constant block, member by member.
typedef struct saxpy_push {
    float a;
    uint32_t count;
} saxpy_push;

static kro_status run_saxpy(kro_context *ctx, float a, const float *x, float *y)
{
    const uint64_t size_bytes = COUNT * sizeof(float);
    const kro_buffer_config x_config = {.size_bytes = size_bytes, .data = x};
    const kro_buffer_config y_config = {.size_bytes = size_bytes, .data = y};
    const saxpy_push push = {.a = a, .count = COUNT};
    kro_pipeline *saxpy = NULL;
    kro_buffer *x_buffer = NULL, *y_buffer = NULL;

    kro_status status = kro_pipeline_create(
        ctx, &(kro_pipeline_config){.spirv = saxpy_spirv, .spirv_bytes = sizeof saxpy_spirv},
        &saxpy);
    if (status < 0)
        goto done;
    status = kro_buffer_create(ctx, &x_config, &x_buffer);
    if (status < 0)
        goto done;
    status = kro_buffer_create(ctx, &y_config, &y_buffer);
    if (status < 0)
        goto done;

    // Twice: the second dispatch reads what the first wrote, and the library puts the barrier.
    for (int round = 0; round < 2; round++) {
        status = kro_dispatch(kro_context_stream(ctx), saxpy,
                              &(kro_dispatch_args){.buffers = {x_buffer, y_buffer},
                                                   .push = &push,
                                                   .push_bytes = sizeof push,
                                                   .threads = {COUNT}});
        if (status < 0)
            goto done;
    }
    status = kro_buffer_read(y_buffer, 0, y, size_bytes);

done:
    kro_buffer_destroy(y_buffer);
    kro_buffer_destroy(x_buffer);
    kro_pipeline_destroy(saxpy);
    return status;
}

int main(void)
{
    float x[COUNT], y[COUNT];
    for (int i = 0; i < COUNT; i++) {
        x[i] = (float)i;
        y[i] = 1.0f;
    }

    kro_context *ctx = NULL;
    kro_status status = kro_context_create(NULL, &ctx);
    if (status >= 0)
        status = run_saxpy(ctx, 3.0f, x, y);
    kro_context_destroy(ctx);

    if (status < 0) {
        fprintf(stderr, "%s: %s\n", kro_status_name(status), kro_error_detail());
        return 1;
    }
    printf("1 + 2 * (3 * %g) = %g\n", x[COUNT - 1], y[COUNT - 1]);
    return 0;
}
