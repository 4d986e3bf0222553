// How much memory may this program still use? A buffer is made to fit.
#include <kronos/kronos.h>

#include <stdio.h>

enum { MIB = 1 << 20 };

static void print_heaps(const kro_memory_info *memory)
{
    for (uint32_t i = 0; i < memory->heap_count; i++) {
        const kro_heap_info *heap = &memory->heaps[i];
        printf("heap %u (%s): %llu of %llu MiB are ours%s, %llu are in use\n", i,
               heap->device_local ? "device" : "host",
               (unsigned long long)(heap->budget_bytes / MIB),
               (unsigned long long)(heap->size_bytes / MIB),
               memory->budget_known ? "" : " for all the driver says",
               (unsigned long long)(heap->used_bytes / MIB));
    }
}

// What is left of the device's own memory; other programs may take it at any time.
static uint64_t left_bytes(const kro_memory_info *memory)
{
    uint64_t most = 0;
    for (uint32_t i = 0; i < memory->heap_count; i++) {
        const kro_heap_info *heap = &memory->heaps[i];
        uint64_t left =
            heap->budget_bytes > heap->used_bytes ? heap->budget_bytes - heap->used_bytes : 0;
        if (heap->device_local && left > most)
            most = left;
    }
    return most;
}

int main(void)
{
    kro_context *ctx = NULL;
    kro_buffer *table = NULL;
    kro_status status = kro_context_create(NULL, &ctx);
    if (status < 0)
        goto fail;
    print_heaps(kro_context_memory(ctx));
    uint64_t size_bytes = left_bytes(kro_context_memory(ctx)) / 2, most = (uint64_t)256 * MIB;
    if (most > kro_context_info(ctx)->limits.max_buffer_bytes)
        most = kro_context_info(ctx)->limits.max_buffer_bytes;
    if (size_bytes > most)
        size_bytes = most;
    status = kro_buffer_create(
        ctx, &(kro_buffer_config){.size_bytes = size_bytes, .label = "table"}, &table);
    if (status < 0)
        goto fail; // OUT_OF_DEVICE_MEMORY: the sentence says how much there was
    printf("the table has %llu MiB\n", (unsigned long long)(size_bytes / MIB));
    kro_buffer_destroy(table);
    kro_context_destroy(ctx);
    return 0;
fail:
    fprintf(stderr, "%s: %s\n", kro_status_name(status), kro_error_detail());
    kro_context_destroy(ctx);
    return 1;
}
