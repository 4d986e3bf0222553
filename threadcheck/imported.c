// A device of the program's own: Kronos and the program submit to one queue, whose lock is the
// program's.
#include <kronos/vulkan.h>

#include "explore.h"
#include "own_device.h"
#include "scenes.h"
#include "shared.h"

enum { SUBMITS = 3 };

// The lock, and who is inside.
typedef struct guarded {
    kro__mutex lock;
    own_device *own;
    kro_context *ctx;
    unsigned inside; // nobody's but the lock's
} guarded;

static void lock_queue(void *user, VkQueue queue)
{
    guarded *of = user;
    kt_test *t = of->own->t;
    kro__mutex_lock(&of->lock);
    CHECK(queue == of->own->queues[0]);
    CHECK_EQ_U64(of->inside++, 0);
}

static void unlock_queue(void *user, VkQueue queue)
{
    guarded *of = user;
    (void)queue;
    of->inside--;
    kro__mutex_unlock(&of->lock);
}

static void *submit_with_kronos(const player *self)
{
    const stage *on = self->on;
    kt_test *t = self->t;
    const guarded *of = self->shared;
    kro_stream *stream = stage_stream(on, of->ctx, 0);
    kro_pipeline *adder = stage_adder(on, of->ctx);
    kro_buffer *one = stage_floats(on, of->ctx, 1), *total = stage_floats(on, of->ctx, 0);
    for (int i = 0; i < SUBMITS; i++) {
        stage_add(self, stream, adder, total, one, total);
        CHECK_OK(kro_submit(stream, NULL));
    }
    check_buffer(on, total, SUBMITS);
    kro_buffer_destroy(one);
    kro_buffer_destroy(total);
    kro_pipeline_destroy(adder);
    kro_stream_destroy(stream);
    return NULL;
}

static void *submit_by_hand(const player *self)
{
    kt_test *t = self->t;
    guarded *of = self->shared;
    for (int i = 0; i < SUBMITS; i++) {
        if (i % 2)
            CHECK_OK(kro_vk_queue_lock(of->ctx, 0)); // takes the same
        else
            lock_queue(of, of->own->queues[0]);
        CHECK(of->own->raw.vkQueueSubmit(of->own->queues[0], 0, NULL, VK_NULL_HANDLE) ==
              VK_SUCCESS);
        if (i % 2)
            kro_vk_queue_unlock(of->ctx, 0);
        else
            unlock_queue(of, of->own->queues[0]);
    }
    return NULL;
}

static void *submit(void *user)
{
    const player *self = user;
    return self->index == 2 ? submit_by_hand(self) : submit_with_kronos(self);
}

static void play_imported(const stage *on)
{
    kt_test *t = on->t;
    guarded of = {0};
    kro_context *model = stage_context(on); // whose device the program's is like
    if (!model || !CHECK(kro__mutex_init(&of.lock)))
        return;
    of.own = own_device_create(t, model, &(own_config){.locks = true});
    kro_context_destroy(model);
    if (of.own) {
        of.own->import.lock_queue = lock_queue;
        of.own->import.unlock_queue = unlock_queue;
        of.own->import.lock_user = &of;
        of.ctx = own_device_import(of.own, NULL);
    }
    if (of.ctx) {
        play_threads(on, 3, submit, &of);
        kt_release(t, of.ctx);
    }
    if (of.own)
        kt_release(t, of.own);
    kro__mutex_finish(&of.lock);
}

TEST_FAMILY_CASE(an_imported_queue_is_locked)
{
    explore(t, param, play_imported);
}
