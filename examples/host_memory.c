// A kernel works on memory that the program has already: no buffer is filled, none is read back.
#include <kronos/kronos.h>

#include <stdio.h>
#include <stdlib.h>

static const uint32_t affine_spirv[] =
#include "affine_words.spv.inc"
    ;

enum { SIZE_BYTES = 1 << 20, COUNT = SIZE_BYTES / 4 };

// The shader's push constant block.
typedef struct affine_push {
    uint32_t count, factor, addend;
} affine_push;

static kro_status work_in_place(kro_context *ctx, uint32_t *words)
{
    const affine_push push = {.count = COUNT, .factor = 3, .addend = 1};
    kro_stream *stream = kro_context_stream(ctx);
    kro_pipeline *affine = NULL;
    kro_buffer *buffer = NULL;
    kro_status status = kro_host_register(
        ctx, &(kro_host_config){.memory = words, .size_bytes = SIZE_BYTES, .label = "words"},
        &buffer);
    if (status < 0)
        return status;
    status = kro_pipeline_create(
        ctx, &(kro_pipeline_config){.spirv = affine_spirv, .spirv_bytes = sizeof affine_spirv},
        &affine);
    for (int round = 0; status >= 0 && round < 2; round++) {
        words[0] += 10; // between the rounds the memory is the host's
        status = kro_dispatch(
            stream, affine,
            &(kro_dispatch_args){
                .buffers = {buffer}, .push = &push, .push_bytes = sizeof push, .threads = {COUNT}});
        if (status >= 0)
            status = kro_finish(stream);
    }
    kro_pipeline_destroy(affine);
    // From here on the memory may be freed. After an error it may not, until the context is gone.
    kro_status unregistered = kro_host_unregister(buffer);
    return status < 0 ? status : unregistered;
}

int main(void)
{
    int result = 1;
    uint32_t *words = NULL;
    kro_context *ctx = NULL;
    kro_status status = kro_context_create(NULL, &ctx);
    if (status < 0)
        goto fail;
    uint64_t alignment = kro_context_info(ctx)->limits.host_alignment;
    if (alignment == 0) {
        printf("this device has no use for the program's own memory\n");
        result = 0;
        goto done;
    }
    words = aligned_alloc((size_t)alignment, SIZE_BYTES);
    if (!words) {
        fprintf(stderr, "no memory for %d bytes at a multiple of %llu\n", SIZE_BYTES,
                (unsigned long long)alignment);
        goto done;
    }
    for (uint32_t i = 0; i < COUNT; i++)
        words[i] = i;
    status = work_in_place(ctx, words);
    if (status < 0)
        goto fail;
    printf("%u %u\n", words[0], words[COUNT - 1]);
    result = 0;
    goto done;
fail:
    fprintf(stderr, "%s: %s\n", kro_status_name(status), kro_error_detail());
done:
    kro_context_destroy(ctx);
    free(words);
    return result;
}
