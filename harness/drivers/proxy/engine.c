#include "engine.h"

#include <stdlib.h>
#include <time.h>

#include "driver.h"
#include "exits.h"
#include "faults.h"
#include "flush.h"
#include "ledger.h"
#include "record.h"
#include "report.h"
#include "writes.h"

// Held work is run unasked when there is this much of it, so that programs that never look do not
// fill memory.
enum { HELD_MAX = 1024 };

static _Atomic uint64_t barriers[3], replayed, opaque;

uint64_t kro__engine_barriers(kronos_proxy_barrier kind)
{
    return kind <= KRONOS_PROXY_BARRIER_EXIT ? atomic_load(&barriers[kind]) : 0;
}

uint64_t kro__engine_replayed(void)
{
    return atomic_load(&replayed);
}

uint64_t kro__engine_opaque(void)
{
    return atomic_load(&opaque);
}

void kro__engine_reset_counts(void)
{
    for (int kind = 0; kind < 3; kind++)
        atomic_store(&barriers[kind], 0);
    atomic_store(&replayed, 0);
    atomic_store(&opaque, 0);
}

static bool is_needed(const kro__spec *spec)
{
    return spec->reorder || spec->delay || spec->split_queues || spec->exits || *spec->capture;
}

VkResult kro__engine_create(kro__device *device, const VkDeviceCreateInfo *info)
{
    (void)info;
    if (!is_needed(&device->spec))
        return VK_SUCCESS;
    kro__engine *engine = calloc(1, sizeof *engine);
    if (!engine)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    if (device->spec.exits && !(engine->exits = kro__exits_create(device))) {
        free(engine);
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    engine->device = device;
    engine->end = &engine->held;
    engine->random = device->spec.seed;
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&engine->progress, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&engine->mutex, NULL);
    kro__replay_init(&engine->replay, device);
    kro__capture_init(&engine->capture, &engine->replay);
    device->engine = engine;
    atomic_fetch_add(&kro__recording_devices, 1);
    atomic_fetch_add(&kro__writes_devices, 1);
    return VK_SUCCESS;
}

void kro__engine_destroy(kro__device *device)
{
    kro__engine *engine = device->engine;
    if (!engine)
        return;
    pthread_mutex_lock(&engine->mutex);
    kro__engine_flush(engine);
    pthread_mutex_unlock(&engine->mutex);
    kro__batches_destroy(engine->held);
    kro__capture_finish(&engine->capture);
    kro__replay_finish(&engine->replay);
    for (uint32_t i = 0; i < engine->layout_count; i++)
        kro__driver.vkDestroyPipelineLayout(device->handle, engine->layouts[i], NULL);
    free(engine->layouts);
    kro__exits_destroy(engine->exits);
    pthread_cond_destroy(&engine->progress);
    pthread_mutex_destroy(&engine->mutex);
    free(engine);
    device->engine = NULL;
    atomic_fetch_sub(&kro__recording_devices, 1);
    atomic_fetch_sub(&kro__writes_devices, 1);
}

static void count_barriers(kro__engine *engine, kro__batch *batch)
{
    uint64_t counts[3] = {0};
    for (uint32_t i = 0; i < batch->command_count; i++)
        if (batch->commands[i].recording)
            kro__faults_count(batch->commands[i].recording, counts);
    for (int kind = 0; kind < 3; kind++) {
        batch->first_barrier[kind] = engine->barrier_count[kind] + 1;
        engine->barrier_count[kind] += counts[kind];
        atomic_fetch_add(&barriers[kind], counts[kind]);
    }
}

void kro__engine_hold(kro__engine *engine, kro__batch *batches)
{
    for (kro__batch *batch = batches; batch; batch = batch->next) {
        batch->number = ++engine->batch_count;
        count_barriers(engine, batch);
        engine->held_count++;
    }
    *engine->end = batches;
    while (*engine->end)
        engine->end = &(*engine->end)->next;
    if (engine->held_count >= HELD_MAX)
        kro__engine_flush(engine);
    pthread_cond_broadcast(&engine->progress);
}

VkResult kro__engine_flush(kro__engine *engine)
{
    if (atomic_load(&engine->device->lost))
        return VK_ERROR_DEVICE_LOST;
    if (!engine->held)
        return VK_SUCCESS;
    engine->polls = 0;
    kro__flush_counts counts;
    VkResult result = kro__flush(engine, &counts);
    atomic_fetch_add(&replayed, counts.replayed);
    atomic_fetch_add(&opaque, counts.opaque);
    pthread_cond_broadcast(&engine->progress);
    if (result >= 0)
        return VK_SUCCESS;
    kro__device_lose(engine->device);
    return VK_ERROR_DEVICE_LOST;
}

VkResult kro__engine_poll(kro__engine *engine)
{
    VkResult result = VK_SUCCESS;
    pthread_mutex_lock(&engine->mutex);
    if (engine->held && engine->polls < engine->device->spec.delay)
        engine->polls++;
    else
        result = kro__engine_flush(engine);
    pthread_mutex_unlock(&engine->mutex);
    return result;
}

void kro__engine_used_early(kro__device *device, const char *call, VkObjectType type,
                            uint64_t handle)
{
    if (atomic_load(&device->lost)) // what it still held never runs
        return;
    char object[256];
    kro__text text = {.at = object, .room = sizeof object};
    kro__ledger_describe(&text, type, handle);
    kro__report_violation("%s: %s is used by submitted work that nobody has seen complete", call,
                          object);
    pthread_mutex_lock(&device->engine->mutex);
    kro__engine_flush(device->engine);
    pthread_mutex_unlock(&device->engine->mutex);
}
