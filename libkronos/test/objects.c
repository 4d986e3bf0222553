#include "kernel_test.h"

#include <stdlib.h>
#include <string.h>

kro_context *kro_test_context(kro_test *t)
{
    return t->ctx;
}

kro_stream *kro_test_stream(kro_test *t)
{
    return kro_context_stream(t->ctx);
}

// A place for an object; NULL, and a failure, where there is no memory for it.
static kro__owned *own(kro_test *t)
{
    kro__owned *owned = calloc(1, sizeof *owned);
    if (!owned) {
        kro_test_fail(t, NULL, 0, "no host memory for one more object");
        return NULL;
    }
    owned->next = t->owned;
    t->owned = owned;
    return owned;
}

void kro__test_release(kro_test *t)
{
    while (t->owned) {
        kro__owned *owned = t->owned;
        t->owned = owned->next;
        kro_buffer_destroy(owned->buffer);
        kro_pipeline_destroy(owned->pipeline);
        free(owned);
    }
}

kro_buffer *kro_test_buffer(kro_test *t, uint64_t size_bytes, const void *data)
{
    void *pattern = NULL;
    if (!data && size_bytes <= SIZE_MAX) {
        pattern = malloc((size_t)size_bytes);
        if (pattern)
            memset(pattern, 0xff, (size_t)size_bytes);
    }
    kro__owned *owned = own(t);
    if (owned && !data && !pattern)
        kro_test_fail(t, NULL, 0, "a buffer: no host memory for its %llu bytes",
                      (unsigned long long)size_bytes);
    else if (owned) {
        kro_status status = kro_buffer_create(
            t->ctx, &(kro_buffer_config){.size_bytes = size_bytes, .data = data ? data : pattern},
            &owned->buffer);
        if (status < 0)
            kro__test_fail_status(t, NULL, 0, "a buffer", status);
    }
    free(pattern);
    return owned ? owned->buffer : NULL;
}

kro_pipeline *kro_test_pipeline(kro_test *t, const void *spirv, uint64_t spirv_bytes,
                                const kro_constant *constants, uint32_t constant_count)
{
    kro__owned *owned = own(t);
    if (!owned)
        return NULL;
    kro_status status = kro_pipeline_create(t->ctx,
                                            &(kro_pipeline_config){
                                                .spirv = spirv,
                                                .spirv_bytes = spirv_bytes,
                                                .constants = constants,
                                                .constant_count = constant_count,
                                            },
                                            &owned->pipeline);
    if (status < 0)
        kro__test_fail_status(t, NULL, 0, "a pipeline", status);
    return owned->pipeline;
}
