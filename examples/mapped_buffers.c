// Three ways of moving bytes: a mapped buffer, a blocking write, and copies on a stream.
#include <kronos/kronos.h>

#include <stdio.h>
#include <string.h>

enum { SIZE_BYTES = 64 };

typedef struct buffers {
    kro_buffer *upload, *device, *readback;
} buffers;

static void finish(buffers *b)
{
    kro_buffer_destroy(b->upload);
    kro_buffer_destroy(b->device);
    kro_buffer_destroy(b->readback);
}

static kro_status init(buffers *b, kro_context *ctx)
{
    const kro_buffer_config upload = {.size_bytes = SIZE_BYTES, .memory = KRO_MEMORY_UPLOAD};
    const kro_buffer_config device = {.size_bytes = SIZE_BYTES, .label = "device"};
    const kro_buffer_config readback = {.size_bytes = SIZE_BYTES, .memory = KRO_MEMORY_READBACK};
    *b = (buffers){0};
    kro_status status = kro_buffer_create(ctx, &upload, &b->upload);
    if (status >= 0)
        status = kro_buffer_create(ctx, &device, &b->device);
    if (status >= 0)
        status = kro_buffer_create(ctx, &readback, &b->readback);
    if (status < 0)
        finish(b);
    return status;
}

// While a buffer is mapped it is the host's; work that names it is refused.
static kro_status write_mapped(kro_buffer *buffer, const char *text)
{
    void *bytes;
    kro_status status = kro_buffer_map(buffer, &bytes);
    if (status < 0)
        return status;
    memcpy(bytes, text, strlen(text));
    return kro_buffer_unmap(buffer);
}

static kro_status run(buffers *b, kro_stream *stream, char *out)
{
    kro_status status = write_mapped(b->upload, "from the host");
    if (status < 0)
        return status;
    status = kro_buffer_write(b->device, 32, "written", 7); // blocks; see kronos/buffer.h
    if (status < 0)
        return status;

    // Recording calls keep their first error: kro_finish returns it.
    (void)kro_fill(stream, b->readback, 0, SIZE_BYTES, 0x2e2e2e2e); // dots
    (void)kro_copy(stream, b->device, 0, b->upload, 0, 13);
    (void)kro_copy(stream, b->readback, 0, b->device, 0, 13);
    (void)kro_copy(stream, b->readback, 16, b->device, 32, 7);
    status = kro_finish(stream);
    if (status < 0)
        return status;
    return kro_buffer_read(b->readback, 0, out, 24);
}

int main(void)
{
    char out[25] = "";
    kro_context *ctx = NULL;
    buffers b;
    kro_status status = kro_context_create(NULL, &ctx);
    if (status >= 0)
        status = init(&b, ctx);
    if (status >= 0) {
        status = run(&b, kro_context_stream(ctx), out);
        if (status >= 0 && !kro_buffer_get_info(b.upload)->mappable)
            status = KRO_ERROR_UNSUPPORTED;
        finish(&b);
    }
    kro_context_destroy(ctx);

    if (status < 0) {
        fprintf(stderr, "%s: %s\n", kro_status_name(status), kro_error_detail());
        return 1;
    }
    printf("%s\n", out);
    return 0;
}
