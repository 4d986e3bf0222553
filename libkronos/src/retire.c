#include "retire.h"

#include <stdio.h>

#include "context.h"
#include "graph.h"
#include "stream.h"

bool kro__graveyard_init(kro__graveyard *graveyard)
{
    *graveyard = (kro__graveyard){.serials = 1};
    return kro__mutex_init(&graveyard->lock);
}

static void link_first(kro__object **list, kro__object *object)
{
    object->previous = NULL;
    object->next = *list;
    if (*list)
        (*list)->previous = object;
    *list = object;
}

static void unlink_from(kro__object **list, kro__object *object)
{
    if (object->previous)
        object->previous->next = object->next;
    else
        *list = object->next;
    if (object->next)
        object->next->previous = object->previous;
}

static void free_list(kro__object *list)
{
    while (list) {
        kro__object *next = list->next;
        list->free_object(list);
        list = next;
    }
}

void kro__graveyard_finish(kro__graveyard *graveyard)
{
    free_list(graveyard->dead);
    free_list(graveyard->living);
    kro__mutex_finish(&graveyard->lock);
}

void kro__object_register(kro__object *object, kro_context *ctx,
                          void (*free_object)(kro__object *object))
{
    object->ctx = ctx;
    object->free_object = free_object;
    kro__mutex_lock(&ctx->graveyard.lock);
    link_first(&ctx->graveyard.living, object);
    kro__mutex_unlock(&ctx->graveyard.lock);
}

// Graphs that name the object hear of it. Called with the lock held.
static void leave_living(kro__graveyard *graveyard, kro__object *object)
{
    if (object->named > 0)
        kro__graphs_forget(graveyard->graphs, object);
    unlink_from(&graveyard->living, object);
}

void kro__object_retire(kro__object *object)
{
    kro_context *ctx = object->ctx;
    kro__graveyard *graveyard = &ctx->graveyard;
    kro__mutex_lock(&graveyard->lock);
    leave_living(graveyard, object);
    link_first(&graveyard->dead, object);
    object->grave_serial = atomic_fetch_add(&graveyard->serials, 1);
    object->submitted = false;
    atomic_fetch_add(&graveyard->dead_count, 1);
    kro__mutex_unlock(&graveyard->lock);
    kro__retire_collect(ctx);
}

// The open batch that may still use an object of that serial, or NULL.
static const kro_stream *find_pin(const kro__graveyard *graveyard, uint64_t object_serial)
{
    for (const kro_stream *stream = graveyard->streams; stream; stream = stream->next_stream) {
        uint64_t serial = atomic_load_explicit(&stream->open_serial, memory_order_acquire);
        if (serial != 0 && serial <= object_serial)
            return stream;
    }
    return NULL;
}

bool kro__object_release(kro__object *object, uint64_t serial, char *name, size_t name_bytes)
{
    kro__graveyard *graveyard = &object->ctx->graveyard;
    kro__mutex_lock(&graveyard->lock);
    const kro_stream *pin = find_pin(graveyard, serial);
    if (pin)
        snprintf(name, name_bytes, "%s", pin->info.label);
    else
        leave_living(graveyard, object);
    kro__mutex_unlock(&graveyard->lock);
    if (!pin)
        object->free_object(object);
    return !pin;
}

static bool has_passed(const kro_context *ctx, kro__object *object, const uint64_t *completed)
{
    if (!object->submitted) {
        const kro_stream *pin = find_pin(&ctx->graveyard, object->grave_serial);
        if (pin) {
            if (ctx->check_hazards && !object->reported) {
                kro__log_line(&ctx->log, KRO_LOG_INFO,
                              "a destroyed object stays in memory until stream '%s' submits its "
                              "open batch",
                              pin->info.label);
                object->reported = true;
            }
            return false;
        }
        for (uint32_t q = 0; q < ctx->queue_count; q++)
            object->values[q] = atomic_load(&ctx->queues[q].last);
        object->submitted = true;
    }
    for (uint32_t q = 0; q < ctx->queue_count; q++)
        if (object->values[q] > completed[q])
            return false;
    return true;
}

void kro__retire_collect(kro_context *ctx)
{
    kro__graveyard *graveyard = &ctx->graveyard;
    if (atomic_load_explicit(&graveyard->dead_count, memory_order_relaxed) == 0)
        return;
    const kro__sentence before = kro__sentence_keep();
    uint64_t completed[KRO__MAX_QUEUES] = {0};
    for (uint32_t q = 0; q < ctx->queue_count; q++) {
        // A lost device keeps its dead until the context goes. No caller asked, so none is told.
        kro_status status = ctx->backend->completed(ctx->device, q, &completed[q]);
        if (kro__context_note(ctx, status) < 0) {
            kro__sentence_restore(&before);
            return;
        }
    }
    kro__object *passed = NULL;
    kro__mutex_lock(&graveyard->lock);
    for (kro__object *object = graveyard->dead, *next; object; object = next) {
        next = object->next;
        if (!has_passed(ctx, object, completed))
            continue;
        unlink_from(&graveyard->dead, object);
        link_first(&passed, object);
        atomic_fetch_sub(&graveyard->dead_count, 1);
    }
    kro__mutex_unlock(&graveyard->lock);
    free_list(passed);
}
