// Faults in libkronos, and in programs that use it, which the suite has to find.
#include "own_device.h"
#include "scenes.h"
#include "shared.h"

TEST_PARAMS(planted_stages)
{
    kt_param(params, "delayed");
    kt_param(params, "reordered");
}

// Whoever is destroyed and whoever looks for what may be freed share a list.
TEST_FAMILY_CASE(unlocked_graveyard)
{
    explore_planted(t, param, play_objects, &(ks_plants){.unlocked = {"graveyard"}});
}

// Two buffers with one id are one buffer to whatever is kept by ids.
typedef struct makers {
    shared_things *things;
    kro_buffer *made[2];
} makers;

static void *make_a_buffer(void *user)
{
    const player *self = user;
    makers *by = self->shared;
    by->made[self->index] = stage_floats(self->on, by->things->ctx, (float)(10 * self->index));
    return NULL;
}

static void *add_both(void *user)
{
    const player *self = user;
    makers by = {.things = self->shared};
    kro_stream *stream = kro_context_stream(by.things->ctx);
    kro_buffer *out = stage_floats(self->on, by.things->ctx, 0);
    play_threads(self->on, 2, make_a_buffer, &by);
    for (uint32_t i = 0; i < 2; i++) {
        stage_add(self, stream, by.things->adder, by.made[i], by.things->buffer, out);
        check_buffer(self->on, out, (float)(1 + 10 * i));
    }
    kro_buffer_destroy(by.made[0]);
    kro_buffer_destroy(by.made[1]);
    kro_buffer_destroy(out);
    return NULL;
}

static void play_two_makers(const stage *on)
{
    play_shared(on, 1, add_both);
}

TEST_FAMILY_CASE(torn_buffer_ids)
{
    explore_planted(t, param, play_two_makers, &(ks_plants){.torn = {"buffer_ids"}});
}

// Nobody seems to have a batch open: what one uses is freed before it is submitted.
TEST_FAMILY_CASE(buffer_freed_early)
{
    explore_planted(t, param, play_destroyed_in_use, &(ks_plants){.blind = {"open_serial"}});
}

// A stream belongs to one thread at a time.
static void *use_one_stream(void *user)
{
    const player *self = user;
    kt_test *t = self->t;
    shared_things *things = self->shared;
    kro_buffer *out = stage_floats(self->on, things->ctx, 0);
    for (int round = 0; round < 4; round++) {
        stage_add(self, things->object, things->adder, things->buffer, things->buffer, out);
        CHECK_OK(kro_submit(things->object, NULL));
    }
    CHECK_OK(kro_finish(things->object));
    check_buffer(self->on, out, 2);
    kro_buffer_destroy(out);
    return NULL;
}

static void *share_a_stream(void *user)
{
    const player *self = user;
    shared_things *things = self->shared;
    things->object = stage_stream(self->on, things->ctx, 0);
    play_threads(self->on, 2, use_one_stream, things);
    kro_stream_destroy(things->object);
    return NULL;
}

static void play_shared_stream(const stage *on)
{
    play_shared(on, 1, share_a_stream);
}

TEST_FAMILY_CASE(stream_of_two_threads)
{
    explore(t, param, play_shared_stream);
}

// Command buffers of one pool belong to one thread at a time, and be they two.
static void *record_by_hand(void *user)
{
    const player *self = user;
    kt_test *t = self->t;
    const own_device *own = self->shared;
    const VkCommandBufferAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = own->raw.pools[0],
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1,
    };
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    VkCommandBuffer commands;
    if (CHECK(own->raw.vkAllocateCommandBuffers(own->raw.device, &info, &commands) == VK_SUCCESS) &&
        CHECK(own->raw.vkBeginCommandBuffer(commands, &begin) == VK_SUCCESS))
        CHECK(own->raw.vkEndCommandBuffer(commands) == VK_SUCCESS);
    return NULL;
}

static void play_shared_pool(const stage *on)
{
    kro_context *model = stage_context(on);
    own_device *own = model ? own_device_create(on->t, model, NULL) : NULL;
    kro_context_destroy(model);
    if (!own)
        return;
    kt_raw_end(&own->raw, kt_raw_begin(&own->raw, 0)); // makes the pool
    play_threads(on, 2, record_by_hand, own);
    kt_release(on->t, own);
}

TEST_FAMILY_CASE(pool_of_two_threads)
{
    explore(t, param, play_shared_pool);
}

// Each has what the other one wants.
static void *lock_in_order(void *user)
{
    const player *self = user;
    kro__mutex *locks = self->shared;
    kro__mutex_lock(&locks[self->index]);
    kro__mutex_lock(&locks[1 - self->index]);
    kro__mutex_unlock(&locks[1 - self->index]);
    kro__mutex_unlock(&locks[self->index]);
    return NULL;
}

static void play_two_orders(const stage *on)
{
    kt_test *t = on->t;
    kro__mutex locks[2];
    if (!CHECK(kro__mutex_init(&locks[0]) && kro__mutex_init(&locks[1])))
        return;
    play_threads(on, 2, lock_in_order, locks);
    kro__mutex_finish(&locks[0]);
    kro__mutex_finish(&locks[1]);
}

TEST_FAMILY_CASE(locks_in_two_orders)
{
    explore(t, param, play_two_orders);
}

// The same scenes without a fault pass, or the others would show nothing.
TEST_FAMILY_CASE(nothing_planted)
{
    explore(t, param, play_objects);
    explore(t, param, play_destroyed_in_use);
}
