// A kernel from a file: it can be changed without building the program again.
//
// usage: loaded_kernel affine_words.spv
#include <kronos/kronos.h>

#include <stdio.h>

enum { COUNT = 4 };

typedef struct push {
    uint32_t count, factor, addend;
} push;

static kro_status run(kro_context *ctx, const char *path, uint32_t *words)
{
    const uint64_t size_bytes = COUNT * sizeof *words;
    const kro_buffer_config config = {.size_bytes = size_bytes, .data = words};
    const push values = {.count = COUNT, .factor = 10, .addend = 1};
    kro_pipeline *affine = NULL;
    kro_buffer *buffer = NULL;
    kro_status status = kro_pipeline_load(ctx, path, NULL, &affine);
    if (status < 0)
        goto done;
    status = kro_buffer_create(ctx, &config, &buffer);
    if (status < 0)
        goto done;
    status = kro_dispatch(
        kro_context_stream(ctx), affine,
        &(kro_dispatch_args){
            .buffers = {buffer}, .push = &values, .push_bytes = sizeof values, .threads = {COUNT}});
    if (status < 0)
        goto done;
    status = kro_buffer_read(buffer, 0, words, size_bytes);
done:
    kro_buffer_destroy(buffer);
    kro_pipeline_destroy(affine);
    return status;
}

int main(int argc, char **argv)
{
    uint32_t words[COUNT] = {1, 2, 3, 4};
    if (argc != 2) {
        fprintf(stderr, "usage: loaded_kernel affine_words.spv\n");
        return 2;
    }
    kro_context *ctx = NULL;
    kro_status status = kro_context_create(NULL, &ctx);
    if (status >= 0)
        status = run(ctx, argv[1], words);
    kro_context_destroy(ctx);

    if (status < 0) {
        fprintf(stderr, "%s: %s\n", kro_status_name(status), kro_error_detail());
        return 1;
    }
    printf("1 2 3 4 -> %u %u %u %u\n", words[0], words[1], words[2], words[3]);
    return 0;
}
