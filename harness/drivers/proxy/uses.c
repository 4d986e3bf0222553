#include "uses.h"

#include "engine.h"
#include "ledger.h"
#include "record.h"

// An object that somebody may use.
typedef struct object {
    VkObjectType type;
    uint64_t handle;
} object;

static bool is(const object *of, VkObjectType type, uint64_t handle)
{
    return of->type == type && of->handle == handle;
}

// A set, or the pool that it came from.
static bool is_set(const object *of, VkDescriptorSet set)
{
    if (of->type == VK_OBJECT_TYPE_DESCRIPTOR_POOL)
        return kro__ledger_parent(VK_OBJECT_TYPE_DESCRIPTOR_SET, KRO__HANDLE(set)) == of->handle;
    return is(of, VK_OBJECT_TYPE_DESCRIPTOR_SET, KRO__HANDLE(set));
}

static bool is_bound(const object *of, const kro__bound *bound)
{
    if (!bound)
        return false;
    for (uint32_t b = 0; b < bound->count; b++) {
        const kro__bind *bind = bound->binds[b];
        for (uint32_t s = 0; bind->kind == KRO__BIND_SETS && s < bind->sets.count; s++)
            if (is_set(of, bind->sets.sets[s]))
                return true;
    }
    return is(of, VK_OBJECT_TYPE_PIPELINE, KRO__HANDLE(bound->pipeline));
}

static bool is_in_recording(const object *of, const kro__recording *recording)
{
    const VkObjectType buffer = VK_OBJECT_TYPE_BUFFER;
    for (const kro__command *c = recording->first; c; c = c->next) {
        bool found = is_bound(of, c->bound);
        switch (c->kind) {
        case KRO__COMMAND_DISPATCH_INDIRECT:
            found = found || is(of, buffer, KRO__HANDLE(c->indirect.buffer));
            break;
        case KRO__COMMAND_COPY:
            found = is(of, buffer, KRO__HANDLE(c->copy.src)) ||
                    is(of, buffer, KRO__HANDLE(c->copy.dst));
            break;
        case KRO__COMMAND_FILL:
        case KRO__COMMAND_UPDATE:
            found = is(of, buffer, KRO__HANDLE(c->fill.dst));
            break;
        case KRO__COMMAND_SECONDARY:
            found = is_in_recording(of, c->secondary);
            break;
        case KRO__COMMAND_DISPATCH:
        case KRO__COMMAND_OTHER:
        case KRO__COMMAND_BARRIER:
            break;
        }
        if (found)
            return true;
    }
    return false;
}

static bool is_in_batch(const object *of, const kro__batch *batch)
{
    const VkObjectType semaphore = VK_OBJECT_TYPE_SEMAPHORE;
    for (uint32_t i = 0; i < batch->wait_count; i++)
        if (is(of, semaphore, KRO__HANDLE(batch->waits[i].handle)))
            return true;
    for (uint32_t i = 0; i < batch->signal_count; i++)
        if (is(of, semaphore, KRO__HANDLE(batch->signals[i].handle)))
            return true;
    for (uint32_t i = 0; i < batch->command_count; i++)
        if (batch->commands[i].recording && is_in_recording(of, batch->commands[i].recording))
            return true;
    return batch->fence && is(of, VK_OBJECT_TYPE_FENCE, KRO__HANDLE(batch->fence));
}

static bool is_held(kro__engine *engine, const object *of)
{
    bool found = false;
    pthread_mutex_lock(&engine->mutex);
    for (const kro__batch *batch = engine->held; batch && !found; batch = batch->next)
        found = is_in_batch(of, batch);
    pthread_mutex_unlock(&engine->mutex);
    return found;
}

void kro__uses_check(VkDevice device, const char *call, VkObjectType type, uint64_t handle)
{
    if (!handle || !atomic_load_explicit(&kro__recording_devices, memory_order_relaxed))
        return;
    const object of = {type, handle};
    kro__device *on = kro__device_find(device);
    if (on && on->engine && is_held(on->engine, &of))
        kro__engine_used_early(on, call, type, handle);
}
