// A program with faults of the kinds that memcheck is there for, in a kernel's read-back.
//
// usage: kronos-planted DRIVER nothing|read|leak
#include <kronos/kronos.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 16 };

// Reads a buffer back. The caller frees it.
static uint32_t *read_back(kro_context *ctx)
{
    const uint32_t zeros[COUNT] = {0};
    kro_buffer *buffer = NULL;
    uint32_t *out = malloc(sizeof zeros);
    kro_status status = out ? KRO_OK : KRO_ERROR_OUT_OF_HOST_MEMORY;
    if (status >= 0)
        status = kro_buffer_create(
            ctx, &(kro_buffer_config){.size_bytes = sizeof zeros, .data = zeros}, &buffer);
    if (status >= 0)
        status = kro_buffer_read(buffer, 0, out, sizeof zeros);
    kro_buffer_destroy(buffer);
    if (status >= 0)
        return out;
    free(out);
    return NULL;
}

// True where nothing but the planted fault is wrong.
static bool plant(kro_context *ctx, const char *kind)
{
    volatile size_t end = COUNT; // the compiler does not know it, and leaves the fault as it is
    volatile uint32_t *words = read_back(ctx);
    if (!words)
        return false;
    if (!strcmp(kind, "read"))
        printf("%u\n", words[end]);
    if (!strcmp(kind, "leak"))
        words = NULL;
    free((void *)words);
    return true;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: kronos-planted DRIVER nothing|read|leak\n", stderr);
        return 2;
    }
    kro_context *ctx;
    if (kro_context_create(&(kro_context_config){.driver = argv[1]}, &ctx) < 0) {
        fprintf(stderr, "%s\n", kro_error_detail());
        return 1;
    }
    const bool right = plant(ctx, argv[2]);
    kro_context_destroy(ctx);
    return right ? 0 : 1;
}
