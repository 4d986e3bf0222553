// kro_context_import: Kronos and the application submit to one queue on several threads, and the
// application's own lock keeps them apart.
#include "contract.h"

#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "own_device.h"

// A driver whose vkQueueSubmit notices who comes while another is in it. The count is nobody's:
// what guards it is the lock, and ThreadSanitizer sees where that is missing.
static struct {
    PFN_vkGetInstanceProcAddr get_instance_proc_addr;
    PFN_vkGetDeviceProcAddr get_device_proc_addr;
    PFN_vkQueueSubmit submit;
    atomic_bool inside;
    atomic_uint overlaps;
    unsigned count;
} watched;

static VKAPI_ATTR VkResult VKAPI_CALL watch_submit(VkQueue queue, uint32_t count,
                                                   const VkSubmitInfo *submits, VkFence fence)
{
    if (atomic_exchange_explicit(&watched.inside, true, memory_order_relaxed))
        atomic_fetch_add_explicit(&watched.overlaps, 1, memory_order_relaxed);
    watched.count++;
    sched_yield();
    VkResult result = watched.submit(queue, count, submits, fence);
    atomic_store_explicit(&watched.inside, false, memory_order_relaxed);
    return result;
}

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL watch_device(VkDevice device, const char *name)
{
    PFN_vkVoidFunction found = watched.get_device_proc_addr(device, name);
    if (strcmp(name, "vkQueueSubmit") != 0)
        return found;
    watched.submit = (PFN_vkQueueSubmit)found;
    return (PFN_vkVoidFunction)watch_submit;
}

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL watch_instance(VkInstance instance,
                                                               const char *name)
{
    PFN_vkVoidFunction found = watched.get_instance_proc_addr(instance, name);
    if (!found || strcmp(name, "vkGetDeviceProcAddr") != 0)
        return found;
    watched.get_device_proc_addr = (PFN_vkGetDeviceProcAddr)found;
    return (PFN_vkVoidFunction)watch_device;
}

// What one of the threads works with.
typedef struct rival {
    kt_test *t;
    own_device *own;
    kro_context *ctx;
    kro_buffer *buffer;
} rival;

enum { ROUNDS = 100, RIVALS = 3 };

static void *submit_with_kronos(void *user)
{
    const rival *r = user;
    kt_test *t = r->t;
    kro_stream *stream = NULL;
    if (!CHECK_OK(kro_stream_create(r->ctx, NULL, &stream)))
        return NULL;
    for (int i = 0; i < ROUNDS; i++) {
        CHECK_OK(kro_fill(stream, r->buffer, 0, OWN_BYTES, 1));
        CHECK_OK(kro_submit(stream, NULL));
    }
    CHECK_OK(kro_finish(stream));
    kro_stream_destroy(stream);
    return NULL;
}

static void *submit_raw(void *user)
{
    const rival *r = user;
    for (int i = 0; i < ROUNDS; i++)
        if (!own_device_run(r->own, &(own_work){.buffer = r->buffer, .factor = 1}))
            break;
    return NULL;
}

// A device of the null driver behind watch_submit; NULL, and a failed case, without one.
static own_device *create_watched(kt_test *t)
{
    kro_context *null = kt_context_with(t, &(kro_context_config){.driver = kt_null_driver(t)});
    own_device *own = own_device_create(t, null, &(own_config){.locks = true});
    if (!own)
        return NULL;
    watched.get_instance_proc_addr = own->import.get_instance_proc_addr;
    own->import.get_instance_proc_addr = watch_instance;
    watched.get_device_proc_addr = own->vkGetDeviceProcAddr;
    own->raw.vkQueueSubmit = (PFN_vkQueueSubmit)watch_device(own->raw.device, "vkQueueSubmit");
    watched.count = 0;
    atomic_store(&watched.overlaps, 0);
    return own;
}

TEST(the_applications_lock_keeps_submits_apart)
{
    own_device *own = create_watched(t);
    kro_context *ctx = own ? own_device_import(own, NULL) : NULL;
    if (!ctx)
        return;
    void *(*const bodies[RIVALS])(void *) = {submit_with_kronos, submit_raw, submit_with_kronos};
    const kro_buffer_config config = {.size_bytes = OWN_BYTES};
    pthread_t threads[RIVALS];
    rival rivals[RIVALS];
    int started = 0;
    for (; started < RIVALS; started++) {
        rivals[started] = (rival){t, own, ctx, kt_buffer_in(t, ctx, &config)};
        if (!rivals[started].buffer ||
            !CHECK(pthread_create(&threads[started], NULL, bodies[started], &rivals[started]) == 0))
            break;
    }
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    CHECK_EQ_U64(atomic_load(&watched.overlaps), 0);
    CHECK(watched.count >= RIVALS * ROUNDS);
    CHECK(atomic_load(&own->lock_count) >= (RIVALS - 1) * ROUNDS);
}

// Who takes a queue by hand has the application's lock, too.
TEST(a_queue_taken_by_hand_is_the_applications)
{
    own_device *own = create_watched(t);
    kro_context *ctx = own ? own_device_import(own, NULL) : NULL;
    if (!ctx)
        return;
    const unsigned before = atomic_load(&own->lock_count);
    if (CHECK_OK(kro_vk_queue_lock(ctx, 0))) {
        CHECK(pthread_mutex_trylock(&own->lock) != 0);
        kro_vk_queue_unlock(ctx, 0);
    }
    CHECK_EQ_U64(atomic_load(&own->lock_count), before + 1);
    if (CHECK(pthread_mutex_trylock(&own->lock) == 0))
        pthread_mutex_unlock(&own->lock);
}
