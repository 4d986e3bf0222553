// Two threads inside one externally synchronised object: which programs are reported.
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sides.h"

TEST_PARAMS(meetings)
{
    for (int i = 0; i < SIDE_KINDS; i++)
        kt_param(params, "%s", side_kinds[i].name);
}

// A thread that does its action over and over.
typedef struct actor {
    const side *of;
    side_action does;
    const char *name;
    pthread_mutex_t *turns; // taken around each action, or NULL
    pthread_barrier_t *start;
    int rounds;
    const kronos_proxy_api *proxy; // asked whether to go on, or NULL
} actor;

static void *act(void *argument)
{
    const actor *a = argument;
    pthread_setname_np(pthread_self(), a->name);
    pthread_barrier_wait(a->start);
    for (int i = 0; i < a->rounds && !(a->proxy && a->proxy->violations()); i++) {
        if (a->turns)
            pthread_mutex_lock(a->turns);
        a->does(a->of);
        if (a->turns)
            pthread_mutex_unlock(a->turns);
    }
    return NULL;
}

static void run_both(kt_test *t, actor left, actor right)
{
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, 2);
    left.start = right.start = &start;
    left.name = "left";
    right.name = "right";
    pthread_t threads[2];
    CHECK(!pthread_create(&threads[0], NULL, act, &left));
    CHECK(!pthread_create(&threads[1], NULL, act, &right));
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    pthread_barrier_destroy(&start);
}

// Chance misses a meeting in a round about as often as not, and there are a thousand.
TEST_FAMILY_CASE(threads_that_meet_are_reported)
{
    (void)param;
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "external=2000:7");
    if (!v)
        return;
    const int kind = kt_param_index(t);
    side shared = side_create(v, 0);
    side_name_everything(&shared);
    proxy->reset_counts();
    run_both(
        t, (actor){.of = &shared, .does = side_kinds[kind].left, .rounds = 1000, .proxy = proxy},
        (actor){.of = &shared, .does = side_kinds[kind].right, .rounds = 1000, .proxy = proxy});
    CHECK(proxy->violations() > 0);
    char text[4096], entered[64];
    proxy->violations_text(text, sizeof text);
    snprintf(entered, sizeof entered, " entered %s 0x", side_kinds[kind].type);
    CHECK_CONTAINS(text, entered);
    CHECK_CONTAINS(text, "'shared'");
    CHECK_CONTAINS(text, "'left'");
    CHECK_CONTAINS(text, "'right'");
    CHECK_CONTAINS(text, " was inside, in vk");
    side_destroy(&shared);
    proxy->reset_counts();
}

TEST_FAMILY_CASE(threads_that_take_turns_are_not)
{
    (void)param;
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "external=200:7");
    if (!v)
        return;
    const int kind = kt_param_index(t);
    side shared = side_create(v, 0);
    proxy->reset_counts();
    pthread_mutex_t turns = PTHREAD_MUTEX_INITIALIZER;
    run_both(t,
             (actor){.of = &shared, .does = side_kinds[kind].left, .rounds = 50, .turns = &turns},
             (actor){.of = &shared, .does = side_kinds[kind].right, .rounds = 50, .turns = &turns});
    CHECK_EQ_U64(proxy->violations(), 0);
    CHECK(proxy->external() >= 50);
    side_destroy(&shared);
}

// One device, and all objects of a layout, are shared; that is what they are for.
TEST(threads_with_objects_of_their_own_do_not_meet)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "external=200:3;split_queues=2");
    if (!v)
        return;
    side left = side_create(v, 0), right = side_create(v, 1);
    proxy->reset_counts();
    run_both(t, (actor){.of = &left, .does = side_do_everything, .rounds = 30},
             (actor){.of = &right, .does = side_do_everything, .rounds = 30});
    CHECK_EQ_U64(proxy->violations(), 0);
    CHECK(proxy->external() >= 30 * SIDE_KINDS);
    side_destroy(&left);
    side_destroy(&right);
}

// Waits until the other thread is inside a function.
static void wait_until_called(const kronos_proxy_api *proxy, const char *function)
{
    while (!proxy->calls(function))
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
}

static void *wait_for_fence(void *argument)
{
    const side *of = argument;
    of->v->WaitForFences(of->v->device, 1, &of->fence, VK_TRUE, 200000000);
    return NULL;
}

// Who destroys comes to it only once the wait is over.
TEST(waiting_for_what_is_destroyed_is_reported)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "external");
    if (!v)
        return;
    side shared = side_create(v, 0);
    proxy->reset_counts();
    pthread_t thread;
    if (CHECK(!pthread_create(&thread, NULL, wait_for_fence, &shared))) {
        wait_until_called(proxy, "vkWaitForFences");
        v->DestroyFence(v->device, shared.fence, NULL);
        shared.fence = VK_NULL_HANDLE;
        pthread_join(thread, NULL);
    }
    char text[1024];
    proxy->violations_text(text, sizeof text);
    CHECK_EQ_U64(proxy->violations(), 1);
    CHECK_CONTAINS(text, "vkDestroyFence: thread ");
    CHECK_CONTAINS(text, " entered VkFence 0x");
    CHECK_CONTAINS(text, " was inside, in vkWaitForFences");
    side_destroy(&shared);
    proxy->reset_counts();
}

static void *wait_for_queue(void *argument)
{
    const side *of = argument;
    of->v->QueueWaitIdle(of->queue);
    return NULL;
}

// It is what ends the wait, so it must not wait itself.
TEST(submitting_to_a_queue_that_is_waited_for_is_reported)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "external");
    if (!v)
        return;
    side shared = side_create(v, 0);
    side_label(&shared, VK_OBJECT_TYPE_QUEUE, (uintptr_t)shared.queue, "main queue");
    vk_submit(v, 0, NULL, shared.semaphore, 1, VK_NULL_HANDLE, 0);
    proxy->reset_counts();
    pthread_t thread;
    if (CHECK(!pthread_create(&thread, NULL, wait_for_queue, &shared))) {
        wait_until_called(proxy, "vkQueueWaitIdle");
        side_submit(&shared);
        const VkSemaphoreSignalInfo signal = {
            .sType = VK_STRUCTURE_TYPE_SEMAPHORE_SIGNAL_INFO,
            .semaphore = shared.semaphore,
            .value = 1,
        };
        CHECK_VK(v->SignalSemaphore(v->device, &signal));
        pthread_join(thread, NULL);
    }
    char text[1024];
    proxy->violations_text(text, sizeof text);
    CHECK_EQ_U64(proxy->violations(), 1);
    CHECK_CONTAINS(text, "vkQueueSubmit: thread ");
    CHECK_CONTAINS(text, "(family 0, index 0) 'main queue' while thread ");
    side_destroy(&shared);
    proxy->reset_counts();
}

// The set's pool says so: the flag of its bindings needs it.
TEST(sets_made_for_it_are_updated_by_several_threads)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "external=500:5");
    if (!v)
        return;
    side shared = side_create(v, 0);
    const VkDescriptorPoolSize size = {VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC, 1};
    const VkDescriptorPoolCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
        .flags = VK_DESCRIPTOR_POOL_CREATE_UPDATE_AFTER_BIND_BIT,
        .maxSets = 1,
        .poolSizeCount = 1,
        .pPoolSizes = &size,
    };
    VkDescriptorPool pool;
    CHECK_VK(v->CreateDescriptorPool(v->device, &info, NULL, &pool));
    const VkDescriptorSetAllocateInfo set = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorPool = pool,
        .descriptorSetCount = 1,
        .pSetLayouts = &v->set_layout,
    };
    side concurrent = shared;
    CHECK_VK(v->AllocateDescriptorSets(v->device, &set, &concurrent.buffer.set));
    proxy->reset_counts();
    run_both(t, (actor){.of = &concurrent, .does = side_update_set, .rounds = 50},
             (actor){.of = &concurrent, .does = side_bind_set, .rounds = 50});
    CHECK_EQ_U64(proxy->violations(), 0);
    v->DestroyDescriptorPool(v->device, pool, NULL);
    side_destroy(&shared);
}

TEST(nothing_is_checked_that_was_not_asked_for)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "");
    if (!v)
        return;
    side own = side_create(v, 0);
    side_do_everything(&own);
    CHECK_EQ_U64(proxy->external(), 0);
    vk_configure(t, "external");
    side_do_everything(&own); // what is there already is checked from now on
    CHECK(proxy->external() >= SIDE_KINDS);
    CHECK_EQ_U64(proxy->violations(), 0);
    side_destroy(&own);
}

// A second thread that comes while the first is inside its call.
typedef struct guest {
    const side *of;
    const kronos_proxy_api *proxy;
    pthread_t thread;
    atomic_uint visits;
} guest;

static guest *visited;

static void *submit_once(void *argument)
{
    side_submit(argument);
    return NULL;
}

// The first visit is that of the call that lets the guest in.
static void let_in(void)
{
    const struct timespec moment = {.tv_nsec = 1000000};
    guest *in = visited;
    if (atomic_fetch_add(&in->visits, 1) > 0) {
        nanosleep(&moment, NULL);
        return;
    }
    if (!pthread_create(&in->thread, NULL, submit_once, (void *)in->of))
        while (!in->proxy->violations())
            nanosleep(&moment, NULL);
}

// A meeting without any chance.
TEST(a_test_lets_threads_meet_where_it_wants_to)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "external");
    if (!v)
        return;
    side shared = side_create(v, 0);
    guest in = {.of = &shared, .proxy = proxy};
    proxy->reset_counts();
    visited = &in;
    proxy->look_inside(let_in);
    side_submit(&shared);
    pthread_join(in.thread, NULL);
    proxy->look_inside(NULL);
    CHECK_EQ_U64(proxy->violations(), 1);
    CHECK_EQ_U64(proxy->calls("vkQueueSubmit"), 2);
    const unsigned visits = atomic_load(&in.visits);
    CHECK(visits > 1);
    side_submit(&shared);
    CHECK_EQ_U64(atomic_load(&in.visits), visits);
    side_destroy(&shared);
    proxy->reset_counts();
}
