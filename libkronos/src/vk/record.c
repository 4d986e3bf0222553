#include "vk/record.h"

#include <stdlib.h>
#include <string.h>

#include "vk/commands.h"
#include "vk/descriptors.h"
#include "vk/device.h"
#include "vk/imprint.h"
#include "vk/status.h"

// A command buffer in a pool of its own, so that a reset gives all of its memory back for reuse.
struct kro__recorded {
    VkCommandPool pool;
    VkCommandBuffer commands;
    bool again;     // the core says when it may be used for something else
    uint64_t value; // submitted as; meaningless before, and where `again`
    kro__vk_imprint imprint;
    kro__recorded *next;
};

enum { PLACES = 16 };

// Where batches of one key meet.
typedef struct place {
    kro__recorded *kept; // idle and whole: what a batch finds that comes again
    uint64_t seen;       // sketch of the last batch that was recorded; the second of it is kept
} place;

struct kro__recorder {
    kro__vk_device *device;
    kro__vk_queue *queue;
    kro__vk_descriptors descriptors;
    kro__vk_waits waits; // semaphores of the program's that the next submit waits for
    kro__recorded *idle;
    place places[PLACES];        // by key
    kro__recorded *lent;         // for again: the core has them
    kro__recorded *first, *last; // submitted, by value; used again when that has finished
    uint64_t evicted;            // binding ids so far
    char label[];
};

kro_status kro__vk_recorder_create(kro__device *base, uint32_t queue, const char *label,
                                   kro__recorder **out)
{
    kro__vk_device *device = (kro__vk_device *)base;
    // The label is kept: command buffers are named by it later.
    size_t label_bytes = strlen(label) + 1;
    *out = NULL;
    kro__recorder *recorder = calloc(1, sizeof *recorder + label_bytes);
    if (!recorder)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory for stream '%s'", label);
    memcpy(recorder->label, label, label_bytes);
    recorder->device = device;
    // The core checked the index against info.queue_count.
    recorder->queue = &device->queues[queue];
    if (!kro__vk_waits_init(&recorder->waits)) {
        free(recorder);
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory for stream '%s'", label);
    }
    kro__vk_descriptors_init(&recorder->descriptors, device);
    *out = recorder;
    return KRO_OK;
}

static void destroy_recorded(kro__vk_device *device, kro__recorded *recorded)
{
    if (recorded->pool)
        device->vk.vkDestroyCommandPool(device->handle, recorded->pool, NULL);
    kro__vk_imprint_finish(&recorded->imprint);
    free(recorded);
}

static void destroy_list(kro__vk_device *device, kro__recorded *list)
{
    while (list) {
        kro__recorded *next = list->next;
        destroy_recorded(device, list);
        list = next;
    }
}

void kro__vk_recorder_destroy(kro__device *base, kro__recorder *recorder)
{
    if (!recorder)
        return;
    kro__vk_device *device = (kro__vk_device *)base;
    destroy_list(device, recorder->idle);
    // Their work has finished, though nobody may have looked.
    destroy_list(device, recorder->first);
    destroy_list(device, recorder->lent);
    for (int i = 0; i < PLACES; i++)
        destroy_list(device, recorder->places[i].kept);
    kro__vk_descriptors_finish(&recorder->descriptors);
    kro__vk_waits_finish(&recorder->waits);
    free(recorder);
}

// New command buffers come only when more batches of this stream are in flight than ever before.
static kro_status create_recorded(kro__recorder *recorder, kro__recorded **out)
{
    kro__vk_device *device = recorder->device;
    kro__recorded *recorded = calloc(1, sizeof *recorded);
    if (!recorded)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory for a batch of stream '%s'",
                         recorder->label);
    VkCommandPoolCreateInfo pool_info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
        .flags = VK_COMMAND_POOL_CREATE_TRANSIENT_BIT,
        .queueFamilyIndex = device->base.info.queue_family,
    };
    VkResult result =
        device->vk.vkCreateCommandPool(device->handle, &pool_info, NULL, &recorded->pool);
    if (result != VK_SUCCESS) {
        free(recorded);
        return kro__vk_fail(result, "vkCreateCommandPool for stream '%s'", recorder->label);
    }
    VkCommandBufferAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = recorded->pool,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1,
    };
    result = device->vk.vkAllocateCommandBuffers(device->handle, &info, &recorded->commands);
    if (result != VK_SUCCESS) {
        destroy_recorded(device, recorded);
        return kro__vk_fail(result, "vkAllocateCommandBuffers for stream '%s'", recorder->label);
    }
    kro__vk_name(device->instance, device->handle, VK_OBJECT_TYPE_COMMAND_BUFFER,
                 (uint64_t)(uintptr_t)recorded->commands, recorder->label);
    *out = recorded;
    return KRO_OK;
}

static place *place_of(kro__recorder *recorder, uint32_t key)
{
    return &recorder->places[key % PLACES];
}

// Idle command buffers are reset when they are taken, not here: a reset can fail, and what they
// hold may be wanted again. Of two with one place the later is kept.
static void put_idle(kro__recorder *recorder, kro__recorded *recorded)
{
    recorded->next = NULL;
    if (recorded->imprint.whole) {
        place *own = place_of(recorder, recorded->imprint.key);
        kro__recorded *earlier = own->kept;
        own->kept = recorded;
        if (!earlier)
            return;
        earlier->imprint.whole = false;
        recorded = earlier;
    }
    recorded->next = recorder->idle;
    recorder->idle = recorded;
}

// Takes back what was submitted up to a value.
static void recycle_until(kro__recorder *recorder, uint64_t completed)
{
    while (recorder->first && recorder->first->value <= completed) {
        kro__recorded *oldest = recorder->first;
        recorder->first = oldest->next;
        put_idle(recorder, oldest);
    }
    if (!recorder->first)
        recorder->last = NULL;
}

// Takes back what has finished. Whoever waits for each batch has seen it finish already; the device
// is asked only where nothing is idle.
static kro_status recycle(kro__recorder *recorder)
{
    recycle_until(recorder, atomic_load(&recorder->queue->completed));
    if (recorder->idle || !recorder->first)
        return KRO_OK;
    uint64_t completed;
    kro_status status = kro__vk_queue_completed(recorder->queue, &completed);
    if (status >= 0)
        recycle_until(recorder, completed);
    return status;
}

static kro__vk_gone gone(const kro__recorder *recorder)
{
    return (kro__vk_gone){
        .kernels = atomic_load_explicit(&recorder->device->kernels_destroyed, memory_order_acquire),
        .sets = recorder->evicted,
    };
}

// The idle command buffer that holds just this batch, or NULL.
static kro__recorded *take_same(kro__recorder *recorder, place *own, const kro__batch *batch,
                                uint64_t sketch)
{
    kro__recorded *recorded = own->kept;
    if (!recorded || recorded->imprint.sketch != sketch ||
        !kro__vk_imprint_equals(&recorded->imprint, batch, gone(recorder)))
        return NULL;
    own->kept = NULL;
    return recorded;
}

// Gives up what can no longer come again, for what it was recorded with is gone.
static void give_up_stale(kro__recorder *recorder)
{
    const kro__vk_gone now = gone(recorder);
    for (int i = 0; i < PLACES; i++) {
        kro__recorded *recorded = recorder->places[i].kept;
        if (!recorded || kro__vk_imprint_holds(&recorded->imprint, now))
            continue;
        recorder->places[i].kept = NULL;
        recorded->imprint.whole = false;
        put_idle(recorder, recorded);
    }
}

// An empty command buffer: an idle one or a new one.
static kro_status take_empty(kro__recorder *recorder, kro__recorded **out)
{
    kro__vk_device *device = recorder->device;
    if (!recorder->idle)
        give_up_stale(recorder);
    kro__recorded *recorded = recorder->idle;
    if (!recorded)
        return create_recorded(recorder, out);
    VkResult result = device->vk.vkResetCommandPool(device->handle, recorded->pool, 0);
    if (result != VK_SUCCESS)
        return kro__vk_fail(result, "vkResetCommandPool of stream '%s'", recorder->label);
    recorder->idle = recorded->next;
    *out = recorded;
    return KRO_OK;
}

// Vulkan keeps what goes wrong while recording until the end.
static kro_status record_batch(kro__recorder *recorder, kro__recorded *recorded,
                               const kro__batch *batch, VkCommandBufferUsageFlags usage)
{
    const kro__vk_calls *vk = &recorder->device->vk;
    VkCommandBufferBeginInfo begin = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
        .flags = usage,
    };
    VkResult result = vk->vkBeginCommandBuffer(recorded->commands, &begin);
    if (result != VK_SUCCESS)
        return kro__vk_fail(result, "vkBeginCommandBuffer of stream '%s'", recorder->label);
    kro__vk_record_commands(vk, recorded->commands, &recorder->descriptors, batch);
    result = vk->vkEndCommandBuffer(recorded->commands);
    if (result != VK_SUCCESS)
        return kro__vk_fail(result, "vkEndCommandBuffer of stream '%s', %u operations",
                            recorder->label, batch->node_count);
    return KRO_OK;
}

// Gives up the sets of evicted binding ids. What was recorded with them stays as it is, and is not
// submitted again.
static void evict(kro__recorder *recorder, const kro__batch *batch)
{
    for (uint32_t i = 0; i < batch->evicted_count; i++)
        kro__vk_descriptors_evict(&recorder->descriptors, batch->evicted[i]);
    recorder->evicted += batch->evicted_count;
}

// Records a batch into an empty command buffer.
static kro_status record_new(kro__recorder *recorder, const kro__batch *batch,
                             VkCommandBufferUsageFlags usage, kro__recorded **out)
{
    kro_status status = take_empty(recorder, out);
    return status < 0 ? status : record_batch(recorder, *out, batch, usage);
}

// Records a batch that is the core's, to be submitted `again`.
static kro_status record_again(kro__recorder *recorder, const kro__batch *batch,
                               kro__recorded **out)
{
    kro_status status = recycle(recorder);
    if (status >= 0)
        status = record_new(recorder, batch, VK_COMMAND_BUFFER_USAGE_SIMULTANEOUS_USE_BIT, out);
    if (status < 0)
        return status;
    (*out)->next = recorder->lent;
    recorder->lent = *out;
    return KRO_OK;
}

// Finds the command buffer that holds a batch already, or records it, and keeps it the second time.
static kro_status record_kept(kro__recorder *recorder, const kro__batch *batch, kro__recorded **out)
{
    const uint32_t key = kro__vk_imprint_key(batch);
    const uint64_t sketch = kro__vk_imprint_sketch(batch, key);
    place *own = place_of(recorder, key);
    *out = take_same(recorder, own, batch, sketch);
    if (*out)
        return KRO_OK;
    const bool keep = own->seen == sketch;
    own->seen = sketch;
    kro_status status =
        record_new(recorder, batch, keep ? 0 : VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT, out);
    if (status >= 0 && keep)
        kro__vk_imprint_take(&(*out)->imprint, batch, key, sketch, gone(recorder));
    return status;
}

static kro_status record_once(kro__recorder *recorder, const kro__batch *batch, kro__recorded **out)
{
    kro_status status = recycle(recorder);
    if (status < 0)
        return status;
    return kro__vk_imprint_may_keep(batch)
               ? record_kept(recorder, batch, out)
               : record_new(recorder, batch, VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT, out);
}

kro_status kro__vk_record(kro__recorder *recorder, const kro__batch *batch, kro__recorded **out)
{
    kro__recorded *recorded = NULL;
    *out = NULL;
    if (batch->evicted_count > 0) // first, so that the new sets find the room of the old
        evict(recorder, batch);
    kro_status status = KRO_OK;
    if (batch->set_count > 0)
        status = kro__vk_descriptors_write(&recorder->descriptors, batch);
    if (status < 0)
        return status;
    status = batch->again ? record_again(recorder, batch, &recorded)
                          : record_once(recorder, batch, &recorded);
    if (status < 0)
        goto fail;
    recorded->again = batch->again;
    *out = recorded;
    return KRO_OK;
fail:
    if (recorded)
        put_idle(recorder, recorded);
    for (uint32_t i = 0; i < batch->set_count; i++)
        kro__vk_descriptors_evict(&recorder->descriptors, batch->sets[i].binding_id);
    recorder->evicted += batch->set_count;
    return status;
}

void kro__vk_discard(kro__recorder *recorder, kro__recorded *recorded)
{
    kro__recorded **link = &recorder->lent;
    while (*link && *link != recorded)
        link = &(*link)->next;
    if (*link)
        *link = recorded->next;
    put_idle(recorder, recorded);
}

kro_status kro__vk_recorder_wait(kro__recorder *recorder, VkSemaphore semaphore, uint64_t value)
{
    if (!kro__vk_waits_add(&recorder->waits, semaphore, value))
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY,
                         "no memory for a semaphore that stream '%s' waits for", recorder->label);
    return KRO_OK;
}

kro_status kro__vk_submit(kro__recorder *recorder, kro__recorded *recorded, bool entry_barrier,
                          const kro__wait *waits, uint32_t wait_count, uint64_t *value)
{
    kro_status status = kro__vk_queue_submit(recorder->queue, recorded->commands, entry_barrier,
                                             waits, wait_count, &recorder->waits, value);
    if (recorded->again)
        return status;
    // The driver did not take it; it is as good as never recorded.
    if (status < 0) {
        put_idle(recorder, recorded);
        return status;
    }
    recorded->value = *value;
    recorded->next = NULL;
    if (recorder->last)
        recorder->last->next = recorded;
    else
        recorder->first = recorded;
    recorder->last = recorded;
    return KRO_OK;
}
