#include "staging.h"

#include <stdlib.h>

// Keeps what one operation stages apart from its neighbours' cache lines and flush atoms.
enum { STAGING_ALIGNMENT = 256 };

void kro__staging_init(kro__staging *staging, kro__device *device, kro_memory memory)
{
    *staging = (kro__staging){.device = device, .memory = memory};
}

static void chunk_destroy(kro__staging *staging, kro__staging_chunk *chunk)
{
    if (chunk->memory)
        staging->device->backend->memory_destroy(staging->device, chunk->memory);
    free(chunk);
}

void kro__staging_finish(kro__staging *staging)
{
    while (staging->chunks) {
        kro__staging_chunk *next = staging->chunks->next;
        chunk_destroy(staging, staging->chunks);
        staging->chunks = next;
    }
}

static kro_status chunk_create(kro__staging *staging, uint64_t size_bytes, kro__staging_chunk **out)
{
    kro__staging_chunk *chunk = calloc(1, sizeof *chunk);
    if (!chunk)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory for a staging chunk");
    kro__memory_config config = {
        .size_bytes = size_bytes, .memory = staging->memory, .label = "kronos staging"};
    kro_status status =
        staging->device->backend->memory_create(staging->device, &config, &chunk->memory);
    if (status < 0) {
        free(chunk);
        return status;
    }
    *out = chunk;
    return KRO_OK;
}

static bool is_idle(const kro__staging_chunk *chunk, uint64_t completed)
{
    return !chunk->in_batch && chunk->last_value <= completed &&
           atomic_load(&chunk->pending_reads) == 0;
}

// Finds an idle chunk that is large enough and takes it out of the list; frees other idle ones of
// unusual size on the way, so that of many large transfers little stays.
static kro__staging_chunk *take_idle(kro__staging *staging, uint64_t size_bytes, uint64_t completed)
{
    kro__staging_chunk *found = NULL;
    uint64_t kept_bytes = 0;
    kro__staging_chunk **link = &staging->chunks;
    while (*link) {
        kro__staging_chunk *chunk = *link;
        uint64_t chunk_bytes = chunk->memory->size_bytes;
        bool idle = is_idle(chunk, completed);
        bool unusual = chunk_bytes > KRO__STAGING_CHUNK_BYTES;
        if (idle && !found && chunk_bytes >= size_bytes) {
            *link = chunk->next;
            found = chunk;
        } else if (idle && unusual && kept_bytes + chunk_bytes > KRO__STAGING_KEPT_BYTES) {
            *link = chunk->next;
            chunk_destroy(staging, chunk);
        } else {
            link = &chunk->next;
            kept_bytes += unusual ? chunk_bytes : 0;
        }
    }
    return found;
}

kro_status kro__staging_take(kro__staging *staging, uint32_t queue, uint64_t size_bytes,
                             kro__staging_chunk **out, uint64_t *offset_bytes)
{
    kro__staging_chunk *chunk = staging->chunks;
    if (!chunk || chunk->used_bytes + size_bytes > chunk->memory->size_bytes) {
        uint64_t completed = 0;
        kro_status status = staging->device->backend->completed(staging->device, queue, &completed);
        if (status < 0)
            return status;
        chunk = take_idle(staging, size_bytes, completed);
        if (!chunk) {
            uint64_t chunk_bytes =
                size_bytes > KRO__STAGING_CHUNK_BYTES ? size_bytes : KRO__STAGING_CHUNK_BYTES;
            status = chunk_create(staging, chunk_bytes, &chunk);
            if (status < 0)
                return status;
        }
        chunk->used_bytes = 0;
        chunk->next = staging->chunks;
        staging->chunks = chunk;
    }
    *out = chunk;
    *offset_bytes = chunk->used_bytes;
    chunk->in_batch = true;
    chunk->used_bytes += (size_bytes + STAGING_ALIGNMENT - 1) & ~(uint64_t)(STAGING_ALIGNMENT - 1);
    return KRO_OK;
}

void kro__staging_submitted(kro__staging *staging, uint64_t value)
{
    for (kro__staging_chunk *chunk = staging->chunks; chunk; chunk = chunk->next) {
        if (chunk->in_batch && value != 0)
            chunk->last_value = value;
        chunk->in_batch = false;
    }
}
