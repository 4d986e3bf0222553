#include "context.h"

#include <stdlib.h>

#include <kronos/kronos.h>

#include "config.h"
#include "devices.h"
#include "stream.h"

const char *kro_version(void)
{
    return KRO_VERSION;
}

static bool init_queue(kro__queue *queue, uint32_t index, uint64_t watchdog_ns)
{
    queue->index = index;
    kro__accesses_init(&queue->accesses);
    kro__pace_init(&queue->pace, watchdog_ns);
    kro__mutex *locks[] = {&queue->lock, &queue->delivery_lock, &queue->reads_lock,
                           &queue->pace_lock};
    const uint32_t count = sizeof locks / sizeof *locks;
    uint32_t made = 0;
    while (made < count && kro__mutex_init(locks[made]))
        made++;
    if (made == count)
        return true;
    while (made > 0)
        kro__mutex_finish(locks[--made]);
    return false;
}

static void finish_queue(kro__queue *queue)
{
    kro__accesses_finish(&queue->accesses);
    free(queue->reads);
    free(queue->orders);
    kro__mutex_finish(&queue->pace_lock);
    kro__mutex_finish(&queue->reads_lock);
    kro__mutex_finish(&queue->delivery_lock);
    kro__mutex_finish(&queue->lock);
}

static kro_status init_locks(kro_context *ctx, uint32_t copy_threads)
{
    const uint32_t queue_count = ctx->device->info.queue_count;
    ctx->has_graveyard = kro__graveyard_init(&ctx->graveyard);
    ctx->has_check_lock = kro__mutex_init(&ctx->check_lock);
    bool good = ctx->has_graveyard && ctx->has_check_lock &&
                kro__registered_init(&ctx->registered) &&
                kro__copier_init(&ctx->copier, copy_threads);
    while (good && ctx->queue_count < queue_count) {
        good =
            init_queue(&ctx->queues[ctx->queue_count], ctx->queue_count, ctx->device->watchdog_ns);
        ctx->queue_count += good;
    }
    return good ? KRO_OK
                : kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of memory for a context's locks");
}

static kro_status start(kro_context *ctx, kro_devices *devices, const kro_context_config *full)
{
    kro_status status = kro__devices_open(devices, full, &ctx->device);
    if (status < 0)
        return status;
    status = init_locks(ctx, full->copy_threads);
    if (status < 0)
        return status;
    ctx->spin_ns = full->spin_ns ? full->spin_ns : ctx->device->default_spin_ns;
    status =
        kro__stream_open(ctx, &(kro_stream_config){.label = "default"}, true, &ctx->default_stream);
    if (status < 0)
        return status;
    return kro__stream_open(ctx,
                            &(kro_stream_config){.label = "kronos transfers", .batch_nodes = 1},
                            true, &ctx->transfers);
}

// Opens one of the devices and makes the context of it; `full` is a completed config.
static kro_status open_listed(const kro__backend *backend, kro_devices *devices,
                              const kro_context_config *full, kro_context **out)
{
    kro_context *ctx = calloc(1, sizeof *ctx);
    if (!ctx)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory for a context");
    ctx->backend = backend;
    ctx->log = (kro__log){.function = full->log, .user = full->log_user};
    ctx->plain = full->plain;
    ctx->check_hazards = full->check_hazards;
    ctx->batch_nodes = full->batch_nodes;
    kro_status status = start(ctx, devices, full);
    if (status < 0) {
        kro_context_destroy(ctx);
        return status;
    }
    kro__log_line(&ctx->log, KRO_LOG_INFO, "opened '%s' (%s %s)", ctx->device->info.name,
                  ctx->device->info.driver_name, ctx->device->info.driver_version);
    *out = ctx;
    return KRO_OK;
}

kro_status kro__context_open(const kro__backend *backend, const kro_context_config *config,
                             kro_context **out)
{
    const kro__sentence before = kro__sentence_keep();
    const kro_context_config full = kro__complete_config(config);
    kro_devices *devices = NULL;
    kro_status status = kro__devices_list(backend, &full, &devices);
    if (status >= 0)
        status = open_listed(backend, devices, &full, out);
    kro_devices_destroy(devices);
    if (status >= 0)
        kro__sentence_restore(&before); // of what was tried and could be done without
    return status;
}

kro_status kro__context_adopt(const kro__backend *backend, kro__adapters *adapters,
                              const kro_context_config *full, kro_context **out)
{
    const kro__sentence before = kro__sentence_keep();
    kro_devices *devices = NULL;
    kro_status status = kro__devices_rank(backend, adapters, &devices);
    if (status >= 0)
        status = open_listed(backend, devices, full, out);
    kro_devices_destroy(devices);
    if (status >= 0)
        kro__sentence_restore(&before);
    return status;
}

kro_status kro_context_create(const kro_context_config *config, kro_context **out)
{
    if (!out)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_context_create: out is NULL");
    *out = NULL;
    return kro__context_open(&kro__backend_vk, config, out);
}

void kro_context_destroy(kro_context *ctx)
{
    if (!ctx)
        return;
    const kro__sentence before = kro__sentence_keep();
    if (ctx->device) {
        ctx->backend->wait_idle(ctx->device);
        if (ctx->has_graveyard)
            kro__graveyard_finish(&ctx->graveyard);
        for (uint32_t q = 0; q < ctx->queue_count; q++)
            finish_queue(&ctx->queues[q]);
        kro__copier_finish(&ctx->copier);
        kro__registered_finish(&ctx->registered);
        if (ctx->has_check_lock)
            kro__mutex_finish(&ctx->check_lock);
        ctx->backend->close(ctx->device);
    }
    free(ctx);
    kro__sentence_restore(&before);
}

const kro_device_info *kro_context_info(const kro_context *ctx)
{
    return ctx ? &ctx->device->info : NULL;
}

const kro_memory_info *kro_context_memory(kro_context *ctx)
{
    if (!ctx)
        return NULL;
    ctx->backend->memory_info(ctx->device, &ctx->memory);
    return &ctx->memory;
}

kro_stream *kro_context_stream(kro_context *ctx)
{
    return ctx ? ctx->default_stream : NULL;
}

kro__device *kro__context_device(const kro_context *ctx)
{
    return ctx->device;
}

kro_status kro__context_note(kro_context *ctx, kro_status status)
{
    if (status == KRO_ERROR_DEVICE_LOST)
        atomic_store(&ctx->lost, true);
    return status;
}

kro_status kro__context_check(const kro_context *ctx)
{
    if (!atomic_load_explicit(&ctx->lost, memory_order_relaxed))
        return KRO_OK;
    return kro__fail(KRO_ERROR_DEVICE_LOST,
                     "device '%s' was lost; destroy the context's objects and make a new context",
                     ctx->device->info.name);
}
