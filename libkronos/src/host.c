#include <kronos/buffer.h>

#include "buffer.h"
#include "context.h"

// Of an object that was given to nobody.
enum { NO_SERIAL = 0 };

static kro_status check_config(const kro_context *ctx, const kro_host_config *config)
{
    const kro_device_info *info = &ctx->device->info;
    const uint64_t alignment = info->limits.host_alignment;
    const char *label = config->label ? config->label : "";
    const unsigned long long size = config->size_bytes;
    if (!config->memory || size == 0)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "host memory '%s' of %llu bytes at %p: it needs an address and a size",
                         label, size, config->memory);
    if (alignment == 0)
        return kro__fail(KRO_ERROR_UNSUPPORTED,
                         "'%s' cannot use host memory '%s' in place (limits.host_alignment is 0); "
                         "use a buffer and kro_write",
                         info->name, label);
    if (size > UINTPTR_MAX - (uintptr_t)config->memory)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "host memory '%s' of %llu bytes at %p goes past the address space", label,
                         size, config->memory);
    if ((uintptr_t)config->memory % alignment != 0 || size % alignment != 0)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "host memory '%s' of %llu bytes at %p: both must be multiples of %llu "
                         "(limits.host_alignment); aligned_alloc gives such memory",
                         label, size, config->memory, (unsigned long long)alignment);
    if (size > info->limits.max_buffer_bytes)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "host memory '%s' of %llu bytes is above the device's limit of %llu "
                         "(limits.max_buffer_bytes)",
                         label, size, (unsigned long long)info->limits.max_buffer_bytes);
    if (config->device_address && !info->features.device_address)
        return kro__fail(KRO_ERROR_UNSUPPORTED,
                         "host memory '%s' wants a device address, which '%s' does not support",
                         label, info->name);
    return KRO_OK;
}

kro_status kro_host_register(kro_context *ctx, const kro_host_config *config, kro_buffer **out)
{
    if (out)
        *out = NULL;
    if (!ctx || !config || !out)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "kro_host_register: ctx, config or out is NULL");
    kro_status status = check_config(ctx, config);
    if (status >= 0)
        status = kro__context_check(ctx);
    if (status < 0)
        return status;
    const kro__memory_config memory = {
        .size_bytes = config->size_bytes,
        .memory = KRO_MEMORY_HOST,
        .device_address = config->device_address,
        .host = config->memory,
        .label = config->label ? config->label : "",
    };
    kro_buffer *buffer = NULL;
    status = kro__buffer_make(ctx, &memory, &buffer);
    if (status < 0)
        return status;
    kro__retire_collect(ctx); // the dead that are done with do not count
    status = kro__registered_add(&ctx->registered, buffer);
    if (status < 0) {
        kro__object_release(&buffer->object, NO_SERIAL, NULL, 0);
        return status;
    }
    *out = buffer;
    return KRO_OK;
}

kro_status kro_host_unregister(kro_buffer *buffer)
{
    if (!buffer)
        return KRO_OK;
    const kro__buffer_name name = kro__name_buffer(buffer);
    if (buffer->info.memory != KRO_MEMORY_HOST)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "%s is not from kro_host_register; destroy it with kro_buffer_destroy",
                         name.text);
    if (atomic_load(&buffer->mapped))
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "unregistering of %s while it is mapped; unmap it first", name.text);
    // Batches that are opened from now on cannot hold it: nobody names it any more.
    uint64_t serial = atomic_fetch_add(&buffer->object.ctx->graveyard.serials, 1);
    kro_status status = kro__buffer_claim(buffer, "unregister");
    if (status < 0)
        return status;
    char stream[64];
    if (kro__object_release(&buffer->object, serial, stream, sizeof stream))
        return KRO_OK;
    return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                     "unregistering of %s while stream '%s' has an open batch that may use it; "
                     "submit that first",
                     name.text, stream);
}
