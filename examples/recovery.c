// What to do about each kind of error.
#include <kronos/kronos.h>

#include <stdio.h>

// Opens a device: the one asked for, otherwise any; without Vulkan a program goes on by itself.
static kro_status open_any(const char *device, kro_context **out)
{
    kro_status status = kro_context_create(&(kro_context_config){.device = device}, out);
    if (status == KRO_ERROR_NO_DEVICE) {
        fprintf(stderr, "%s; taking the best\n", kro_error_detail());
        status = kro_context_create(NULL, out);
    }
    if (status == KRO_ERROR_NO_DRIVER)
        fprintf(stderr, "no Vulkan here, computing on the host: %s\n", kro_error_detail());
    else if (status < 0)
        fprintf(stderr, "%s: %s\n", kro_status_name(status), kro_error_detail());
    return status;
}

// As large a buffer as there is room for, down to a size that is no use any more.
static kro_status create_large(kro_context *ctx, uint64_t *size_bytes, kro_buffer **out)
{
    const uint64_t least_bytes = 1 << 20;
    const uint64_t most_bytes = kro_context_info(ctx)->limits.max_buffer_bytes;
    kro_status status = KRO_ERROR_OUT_OF_DEVICE_MEMORY;
    if (*size_bytes > most_bytes)
        *size_bytes = most_bytes;
    for (; *size_bytes >= least_bytes; *size_bytes /= 2) {
        status = kro_buffer_create(ctx, &(kro_buffer_config){.size_bytes = *size_bytes}, out);
        if (status != KRO_ERROR_OUT_OF_DEVICE_MEMORY && status != KRO_ERROR_OUT_OF_HOST_MEMORY)
            break;
    }
    return status;
}

// A wrong call drops the batch that it stands in, and nothing else.
static kro_status drop_and_go_on(kro_stream *stream, kro_buffer *buffer)
{
    (void)kro_fill(stream, buffer, 0, 64, 1);
    (void)kro_fill(stream, buffer, 2, 64, 2); // 2 is no multiple of 4
    kro_status status = kro_finish(stream);   // the first error, once
    printf("%s: %s\n", kro_status_name(status), kro_error_detail());

    (void)kro_fill(stream, buffer, 0, 64, 3); // the stream is as good as new
    return kro_finish(stream);
}

// After a loss nothing works on the context but destroy calls; another one may be opened.
static kro_context *replace_if_lost(kro_context *ctx, kro_status status, const char *device)
{
    if (status != KRO_ERROR_DEVICE_LOST)
        return ctx;
    kro_context_destroy(ctx);     // destroys what was made from it, too
    (void)open_any(device, &ctx); // buffers and pipelines have to be made, and filled, again
    return ctx;
}

int main(void)
{
    kro_context *ctx;
    kro_status status = open_any("a device that nobody has", &ctx);
    if (status < 0)
        return status != KRO_ERROR_NO_DRIVER;
    uint64_t size_bytes = UINT64_C(16) << 20;
    kro_buffer *buffer;
    status = create_large(ctx, &size_bytes, &buffer);
    if (status >= 0)
        status = drop_and_go_on(kro_context_stream(ctx), buffer);
    if (status < 0)
        fprintf(stderr, "%s: %s\n", kro_status_name(status), kro_error_detail());
    kro_buffer_destroy(buffer);
    ctx = replace_if_lost(ctx, status, NULL);
    kro_context_destroy(ctx);
    printf("then %s\n", kro_status_name(status));
    return status < 0;
}
