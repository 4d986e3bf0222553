#include "buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "context.h"
#include "fence.h"
#include "stream.h"
#include "transfer.h"

kro__memory *kro__buffer_memory(const kro_buffer *buffer)
{
    return buffer->memory;
}

const kro_buffer_info *kro_buffer_get_info(const kro_buffer *buffer)
{
    return buffer ? &buffer->info : NULL;
}

kro__buffer_name kro__name_buffer(const kro_buffer *buffer)
{
    kro__buffer_name name;
    if (*buffer->info.label)
        snprintf(name.text, sizeof name.text, "'%.80s'", buffer->info.label);
    else
        snprintf(name.text, sizeof name.text, "buffer %llu", (unsigned long long)buffer->id);
    return name;
}

kro_status kro__buffer_check_range(const kro_buffer *buffer, const char *verb,
                                   uint64_t offset_bytes, uint64_t size_bytes)
{
    uint64_t have = buffer->info.size_bytes;
    if (offset_bytes <= have && size_bytes <= have - offset_bytes)
        return KRO_OK;
    return kro__fail(
        KRO_ERROR_INVALID_ARGUMENT,
        "%s of %llu bytes at offset %llu goes past the end of %s, which has %llu bytes", verb,
        (unsigned long long)size_bytes, (unsigned long long)offset_bytes,
        kro__name_buffer(buffer).text, (unsigned long long)have);
}

void kro__buffer_lock_atoms(kro_buffer *buffer)
{
    if (buffer->memory->host_atoms)
        kro__mutex_lock(&buffer->atoms_lock);
}

void kro__buffer_unlock_atoms(kro_buffer *buffer)
{
    if (buffer->memory->host_atoms)
        kro__mutex_unlock(&buffer->atoms_lock);
}

kro__access kro__buffer_access(const kro_buffer *buffer, uint64_t offset_bytes, uint64_t size_bytes,
                               bool reads, bool writes)
{
    uint64_t end = offset_bytes + size_bytes;
    return (kro__access){
        .buffer_id = buffer->id,
        .begin_bytes = offset_bytes,
        .end_bytes = end == buffer->info.size_bytes ? KRO__WHOLE : end,
        .reads = reads,
        .writes = writes,
    };
}

static void free_buffer(kro__object *object)
{
    kro_buffer *buffer = (kro_buffer *)object;
    kro_context *ctx = object->ctx;
    for (uint32_t q = 0; q < ctx->queue_count; q++) {
        kro__mutex_lock(&ctx->queues[q].lock);
        kro__accesses_remove(&ctx->queues[q].accesses, buffer->id);
        kro__mutex_unlock(&ctx->queues[q].lock);
    }
    if (buffer->info.memory == KRO_MEMORY_HOST)
        kro__registered_remove(&ctx->registered, buffer);
    if (buffer->memory->host_atoms)
        kro__mutex_finish(&buffer->atoms_lock);
    ctx->backend->memory_destroy(ctx->device, buffer->memory);
    free(buffer);
}

static kro_status check_config(const kro_context *ctx, const kro_buffer_config *config)
{
    const kro_device_info *info = &ctx->device->info;
    const char *label = config->label ? config->label : "";
    if (config->size_bytes == 0)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "buffer '%s' has size 0; give it at least 1 byte", label);
    if (config->size_bytes > info->limits.max_buffer_bytes)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "buffer '%s' of %llu bytes is above the device's limit of %llu "
                         "(limits.max_buffer_bytes)",
                         label, (unsigned long long)config->size_bytes,
                         (unsigned long long)info->limits.max_buffer_bytes);
    if (config->memory == KRO_MEMORY_HOST)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "buffer '%s': KRO_MEMORY_HOST is memory that you have; give it to "
                         "kro_host_register",
                         label);
    if ((unsigned)config->memory > KRO_MEMORY_READBACK)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "buffer '%s': memory %d is no kro_memory",
                         label, (int)config->memory);
    if (config->device_address && !info->features.device_address)
        return kro__fail(KRO_ERROR_UNSUPPORTED,
                         "buffer '%s' wants a device address, which '%s' does not support", label,
                         info->name);
    return KRO_OK;
}

kro_status kro__buffer_make(kro_context *ctx, const kro__memory_config *config, kro_buffer **out)
{
    kro_buffer *buffer = calloc(1, sizeof *buffer + strlen(config->label) + 1);
    if (!buffer)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory for buffer '%s'",
                         config->label);
    strcpy(buffer->label, config->label);
    kro_status status = ctx->backend->memory_create(ctx->device, config, &buffer->memory);
    if (status < 0) {
        free(buffer);
        return kro__context_note(ctx, status);
    }
    if (buffer->memory->host_atoms && !kro__mutex_init(&buffer->atoms_lock)) {
        ctx->backend->memory_destroy(ctx->device, buffer->memory);
        free(buffer);
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of memory for the lock of buffer '%s'",
                         config->label);
    }
    buffer->id = atomic_fetch_add(&ctx->buffer_ids, 1) + 1;
    buffer->info = (kro_buffer_info){
        .size_bytes = config->size_bytes,
        .memory = config->memory,
        .mappable = buffer->memory->host &&
                    (config->memory != KRO_MEMORY_DEVICE || buffer->memory->host_readable),
        .device_address = buffer->memory->device_address,
        .label = buffer->label,
    };
    kro__object_register(&buffer->object, ctx, free_buffer);
    *out = buffer;
    return KRO_OK;
}

kro_status kro_buffer_create(kro_context *ctx, const kro_buffer_config *config, kro_buffer **out)
{
    if (out)
        *out = NULL;
    if (!ctx || !config || !out)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "kro_buffer_create: ctx, config or out is NULL");
    kro_status status = check_config(ctx, config);
    if (status < 0)
        return status;
    status = kro__context_check(ctx);
    if (status < 0)
        return status;

    const kro__memory_config memory = {
        .size_bytes = config->size_bytes,
        .memory = config->memory,
        .device_address = config->device_address,
        .label = config->label ? config->label : "",
    };
    kro_buffer *buffer = NULL;
    status = kro__buffer_make(ctx, &memory, &buffer);
    if (status < 0)
        return status;
    if (config->data) {
        status = kro__upload(buffer, 0, config->data, config->size_bytes);
        if (status < 0) {
            kro_buffer_destroy(buffer);
            return status;
        }
    }
    *out = buffer;
    return KRO_OK;
}

void kro_buffer_destroy(kro_buffer *buffer)
{
    if (!buffer)
        return;
    if (buffer->info.memory == KRO_MEMORY_HOST)
        kro__registered_destroy(&buffer->object.ctx->registered, buffer);
    kro__object_retire(&buffer->object);
}

kro_status kro__buffer_claim(kro_buffer *buffer, const char *verb)
{
    kro_context *ctx = buffer->object.ctx;
    kro__stream_lock(ctx->default_stream);
    kro_status status = kro__stream_submit(ctx->default_stream);
    kro__stream_unlock(ctx->default_stream);
    if (status < 0)
        return status;
    if (ctx->check_hazards)
        kro__check_blocking(ctx, buffer, verb);
    for (uint32_t q = 0; q < ctx->queue_count; q++) {
        uint64_t value = atomic_load(&buffer->last_use[q]);
        uint64_t everything = atomic_load(&ctx->queues[q].last_everything);
        if (buffer->info.device_address && everything > value)
            value = everything;
        if (value > atomic_load(&ctx->queues[q].retired)) {
            status = kro__queue_wait(ctx, &ctx->queues[q], value, UINT64_MAX);
            if (status < 0)
                return status;
        }
    }
    return kro__context_check(ctx);
}

// Checks a blocking access and claims the buffer for it.
static kro_status claim_range(kro_buffer *buffer, const char *verb, uint64_t offset_bytes,
                              uint64_t size_bytes)
{
    if (atomic_load(&buffer->mapped))
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "%s of %s while it is mapped; unmap it first",
                         verb, kro__name_buffer(buffer).text);
    kro_status status = kro__buffer_check_range(buffer, verb, offset_bytes, size_bytes);
    return status < 0 ? status : kro__buffer_claim(buffer, verb);
}

kro_status kro_buffer_write(kro_buffer *dst, uint64_t offset_bytes, const void *src,
                            uint64_t size_bytes)
{
    if (!dst || (!src && size_bytes > 0))
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_buffer_write: dst or src is NULL");
    kro_status status = claim_range(dst, "write", offset_bytes, size_bytes);
    return status < 0 || size_bytes == 0 ? status : kro__upload(dst, offset_bytes, src, size_bytes);
}

kro_status kro_buffer_read(kro_buffer *src, uint64_t offset_bytes, void *dst, uint64_t size_bytes)
{
    if (!src || (!dst && size_bytes > 0))
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_buffer_read: src or dst is NULL");
    kro_status status = claim_range(src, "read", offset_bytes, size_bytes);
    return status < 0 || size_bytes == 0 ? status
                                         : kro__download(src, offset_bytes, dst, size_bytes);
}

kro_status kro_buffer_map(kro_buffer *buffer, void **out)
{
    if (out)
        *out = NULL;
    if (!buffer || !out)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_buffer_map: buffer or out is NULL");
    kro_context *ctx = buffer->object.ctx;
    if (!buffer->info.mappable)
        return kro__fail(KRO_ERROR_UNSUPPORTED,
                         "%s cannot be mapped; create it with KRO_MEMORY_UPLOAD or "
                         "KRO_MEMORY_READBACK, or use kro_buffer_read and kro_buffer_write",
                         kro__name_buffer(buffer).text);
    if (atomic_exchange(&buffer->mapped, true))
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "%s is mapped already",
                         kro__name_buffer(buffer).text);
    atomic_fetch_add(&ctx->maps, 1);
    kro_status status = kro__buffer_claim(buffer, "map");
    if (status >= 0) {
        kro__buffer_lock_atoms(buffer);
        status = ctx->backend->memory_invalidate(ctx->device, buffer->memory, 0,
                                                 buffer->info.size_bytes);
        kro__buffer_unlock_atoms(buffer);
    }
    if (status < 0) {
        atomic_store(&buffer->mapped, false);
        return kro__context_note(ctx, status);
    }
    *out = buffer->memory->host;
    return KRO_OK;
}

kro_status kro_buffer_unmap(kro_buffer *buffer)
{
    if (!buffer)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_buffer_unmap: buffer is NULL");
    kro_context *ctx = buffer->object.ctx;
    // Whoever finds it unmapped must find its bytes flushed; where that fails it stays the host's.
    kro__buffer_lock_atoms(buffer);
    bool was_mapped = atomic_exchange(&buffer->mapped, false);
    kro_status status = was_mapped ? ctx->backend->memory_flush(ctx->device, buffer->memory, 0,
                                                                buffer->info.size_bytes)
                                   : KRO_OK;
    if (status < 0)
        atomic_store(&buffer->mapped, true);
    kro__buffer_unlock_atoms(buffer);
    return was_mapped ? kro__context_note(ctx, status)
                      : kro__fail(KRO_ERROR_INVALID_ARGUMENT, "%s is not mapped",
                                  kro__name_buffer(buffer).text);
}
