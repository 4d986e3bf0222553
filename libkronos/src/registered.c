#include "registered.h"

#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "grow.h"

bool kro__registered_init(kro__registered *registered)
{
    registered->has_lock = kro__mutex_init(&registered->lock);
    return registered->has_lock;
}

void kro__registered_finish(kro__registered *registered)
{
    free(registered->items);
    if (registered->has_lock)
        kro__mutex_finish(&registered->lock);
}

// The first item that ends at an address or behind it; `count` where there is none.
static uint32_t find_first(const kro__registered *registered, uintptr_t address)
{
    uint32_t low = 0, high = registered->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (registered->items[middle].last < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// A buffer's item; `count` where it has none.
static uint32_t find_buffer(const kro__registered *registered, const kro_buffer *buffer)
{
    uint32_t at = find_first(registered, (uintptr_t)buffer->memory->host);
    bool found = at < registered->count && registered->items[at].buffer == buffer;
    return found ? at : registered->count;
}

kro_status kro__registered_add(kro__registered *registered, kro_buffer *buffer)
{
    kro_status status = KRO_OK;
    uintptr_t begin = (uintptr_t)buffer->memory->host;
    uintptr_t last = begin + (uintptr_t)(buffer->info.size_bytes - 1);
    kro__mutex_lock(&registered->lock);
    uint32_t at = find_first(registered, begin);
    uint32_t behind = registered->count - at;
    if (behind > 0 && registered->items[at].begin <= last) {
        // Two buffers of one memory would hide their hazards from each other.
        status =
            kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                      "host memory '%s' of %llu bytes at %p overlaps %s, which is registered; "
                      "unregister that first",
                      buffer->info.label, (unsigned long long)buffer->info.size_bytes,
                      buffer->memory->host, kro__name_buffer(registered->items[at].buffer).text);
    } else if (!kro__grow(&registered->items, &registered->capacity, registered->count + 1,
                          sizeof *registered->items)) {
        status = kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory to register %s",
                           kro__name_buffer(buffer).text);
    } else {
        kro__registration *item = &registered->items[at];
        memmove(item + 1, item, behind * sizeof *item);
        *item = (kro__registration){.begin = begin, .last = last, .buffer = buffer};
        registered->count++;
        atomic_fetch_add(&registered->living, 1);
    }
    kro__mutex_unlock(&registered->lock);
    return status;
}

static void mark_destroyed(kro__registered *registered, uint32_t at)
{
    if (registered->items[at].destroyed)
        return;
    registered->items[at].destroyed = true;
    atomic_fetch_sub(&registered->living, 1);
}

void kro__registered_destroy(kro__registered *registered, const kro_buffer *buffer)
{
    kro__mutex_lock(&registered->lock);
    uint32_t at = find_buffer(registered, buffer);
    if (at < registered->count)
        mark_destroyed(registered, at);
    kro__mutex_unlock(&registered->lock);
}

void kro__registered_remove(kro__registered *registered, const kro_buffer *buffer)
{
    kro__mutex_lock(&registered->lock);
    uint32_t at = find_buffer(registered, buffer);
    if (at < registered->count) {
        mark_destroyed(registered, at);
        kro__registration *item = &registered->items[at];
        registered->count--;
        memmove(item, item + 1, (registered->count - at) * sizeof *item);
    }
    kro__mutex_unlock(&registered->lock);
}

kro__registered_part kro__registered_find(kro__registered *registered, const void *memory,
                                          uint64_t size_bytes)
{
    kro__registered_part part = {0};
    // Who registered it has told the threads that use it.
    if (atomic_load_explicit(&registered->living, memory_order_relaxed) == 0 || size_bytes == 0)
        return part;
    uintptr_t begin = (uintptr_t)memory;
    kro__mutex_lock(&registered->lock);
    uint32_t at = find_first(registered, begin);
    if (at < registered->count) {
        const kro__registration *item = &registered->items[at];
        bool inside = item->begin <= begin && size_bytes - 1 <= item->last - begin;
        if (inside && !item->destroyed && !atomic_load(&item->buffer->mapped))
            part =
                (kro__registered_part){.buffer = item->buffer, .offset_bytes = begin - item->begin};
    }
    kro__mutex_unlock(&registered->lock);
    return part;
}
