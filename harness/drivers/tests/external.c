// Two threads inside one externally synchronised object: which programs are reported.
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "vk.h"

// Two threads, left and right, and the objects that they share or do not share.
typedef struct side {
    vk *v;
    VkQueue queue;
    VkCommandPool pool;
    VkCommandBuffer commands, others; // both of the pool, and recording
    VkDescriptorPool set_pool;
    vk_buffer buffer;
    VkFence fence;
    VkSemaphore semaphore;
} side;

static VkCommandBuffer begin_in(const side *of)
{
    vk *v = of->v;
    const VkCommandPool usual = v->pool;
    v->pool = of->pool;
    VkCommandBuffer commands = vk_begin(v);
    v->pool = usual;
    return commands;
}

static side side_create(vk *v, uint32_t queue)
{
    kt_test *t = v->t;
    side made = {.v = v, .queue = v->queues[queue]};
    const VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO};
    CHECK_VK(v->CreateCommandPool(v->device, &pool, NULL, &made.pool));
    const VkDescriptorPoolSize size = {VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC, 4};
    const VkDescriptorPoolCreateInfo sets = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
        .flags = VK_DESCRIPTOR_POOL_CREATE_FREE_DESCRIPTOR_SET_BIT,
        .maxSets = 4,
        .poolSizeCount = 1,
        .pPoolSizes = &size,
    };
    CHECK_VK(v->CreateDescriptorPool(v->device, &sets, NULL, &made.set_pool));
    const VkFenceCreateInfo fence = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    CHECK_VK(v->CreateFence(v->device, &fence, NULL, &made.fence));
    made.semaphore = vk_timeline(v);
    made.buffer = vk_buffer_create(v);
    v->UnmapMemory(v->device, made.buffer.memory);
    made.commands = begin_in(&made);
    made.others = begin_in(&made);
    return made;
}

static void side_destroy(side *of)
{
    vk *v = of->v;
    v->DestroyFence(v->device, of->fence, NULL);
    v->DestroyCommandPool(v->device, of->pool, NULL);
    v->DestroyDescriptorPool(v->device, of->set_pool, NULL);
    of->buffer.words = NULL;
    vk_buffer_destroy(v, &of->buffer);
}

static void label(const side *of, VkObjectType type, uint64_t handle, const char *name)
{
    const VkDebugUtilsObjectNameInfoEXT info = {
        .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_OBJECT_NAME_INFO_EXT,
        .objectType = type,
        .objectHandle = handle,
        .pObjectName = name,
    };
    of->v->SetDebugUtilsObjectNameEXT(of->v->device, &info);
}

// What threads do.

static void submit(const side *of)
{
    of->v->QueueSubmit(of->queue, 0, NULL, VK_NULL_HANDLE);
}

static void wait_for_device(const side *of)
{
    of->v->DeviceWaitIdle(of->v->device);
}

static void record(const side *of)
{
    of->v->CmdFillBuffer(of->commands, of->buffer.handle, 0, 4, 0);
}

static void record_others(const side *of)
{
    of->v->CmdFillBuffer(of->others, of->buffer.handle, 0, 4, 0);
}

static void allocate_commands(const side *of)
{
    vk *v = of->v;
    VkCommandBuffer made;
    const VkCommandBufferAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = of->pool,
        .commandBufferCount = 1,
    };
    if (v->AllocateCommandBuffers(v->device, &info, &made) == VK_SUCCESS)
        v->FreeCommandBuffers(v->device, of->pool, 1, &made);
}

static void allocate_set(const side *of)
{
    vk *v = of->v;
    VkDescriptorSet made;
    const VkDescriptorSetAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorPool = of->set_pool,
        .descriptorSetCount = 1,
        .pSetLayouts = &v->set_layout,
    };
    if (v->AllocateDescriptorSets(v->device, &info, &made) == VK_SUCCESS)
        v->FreeDescriptorSets(v->device, of->set_pool, 1, &made);
}

static void update_set(const side *of)
{
    const VkDescriptorBufferInfo range = {of->buffer.handle, 0, VK_WHOLE_SIZE};
    const VkWriteDescriptorSet write = {
        .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
        .dstSet = of->buffer.set,
        .descriptorCount = 1,
        .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC,
        .pBufferInfo = &range,
    };
    of->v->UpdateDescriptorSets(of->v->device, 1, &write, 0, NULL);
}

static void bind_set(const side *of)
{
    const uint32_t offset = 0;
    of->v->CmdBindDescriptorSets(of->commands, VK_PIPELINE_BIND_POINT_COMPUTE, of->v->layout, 0, 1,
                                 &of->buffer.set, 1, &offset);
}

static void reset_fence(const side *of)
{
    of->v->ResetFences(of->v->device, 1, &of->fence);
}

static void ask_fence(const side *of)
{
    of->v->GetFenceStatus(of->v->device, of->fence);
}

static void name_semaphore(const side *of)
{
    label(of, VK_OBJECT_TYPE_SEMAPHORE, (uint64_t)of->semaphore, "shared");
}

static void ask_semaphore(const side *of)
{
    uint64_t value;
    of->v->GetSemaphoreCounterValue(of->v->device, of->semaphore, &value);
}

static void map(const side *of)
{
    void *bytes;
    vk *v = of->v;
    if (v->MapMemory(v->device, of->buffer.memory, 0, VK_WHOLE_SIZE, 0, &bytes) == VK_SUCCESS)
        v->UnmapMemory(v->device, of->buffer.memory);
}

typedef void (*action)(const side *of);

// What two threads may not do at once, and the type of the object that they may not do it to.
static const struct {
    const char *name;
    action left, right;
    const char *type;
} kinds[] = {
    {"queue", submit, submit, "VkQueue"},
    {"queue_of_idle_device", submit, wait_for_device, "VkQueue"},
    {"command_buffer", record, record, "VkCommandBuffer"},
    {"command_pool_of_recorded", record, record_others, "VkCommandPool"},
    {"command_pool", record, allocate_commands, "VkCommandPool"},
    {"descriptor_pool", allocate_set, allocate_set, "VkDescriptorPool"},
    {"descriptor_set", update_set, update_set, "VkDescriptorSet"},
    {"descriptor_set_bound", update_set, bind_set, "VkDescriptorSet"},
    {"fence", reset_fence, ask_fence, "VkFence"},
    {"semaphore", name_semaphore, ask_semaphore, "VkSemaphore"},
    {"memory", map, map, "VkDeviceMemory"},
};

enum { KIND_COUNT = sizeof kinds / sizeof kinds[0] };

TEST_PARAMS(meetings)
{
    for (int i = 0; i < KIND_COUNT; i++)
        kt_param(params, "%s", kinds[i].name);
}

// A thread that does its action over and over.
typedef struct actor {
    const side *of;
    action does;
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

static void name_everything(const side *of)
{
    const struct {
        VkObjectType type;
        uint64_t handle;
    } rows[] = {
        {VK_OBJECT_TYPE_QUEUE, (uintptr_t)of->queue},
        {VK_OBJECT_TYPE_COMMAND_POOL, (uint64_t)of->pool},
        {VK_OBJECT_TYPE_COMMAND_BUFFER, (uintptr_t)of->commands},
        {VK_OBJECT_TYPE_DESCRIPTOR_POOL, (uint64_t)of->set_pool},
        {VK_OBJECT_TYPE_DESCRIPTOR_SET, (uint64_t)of->buffer.set},
        {VK_OBJECT_TYPE_FENCE, (uint64_t)of->fence},
        {VK_OBJECT_TYPE_SEMAPHORE, (uint64_t)of->semaphore},
        {VK_OBJECT_TYPE_DEVICE_MEMORY, (uint64_t)of->buffer.memory},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        label(of, rows[i].type, rows[i].handle, "shared");
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
    name_everything(&shared);
    proxy->reset_counts();
    run_both(t, (actor){.of = &shared, .does = kinds[kind].left, .rounds = 1000, .proxy = proxy},
             (actor){.of = &shared, .does = kinds[kind].right, .rounds = 1000, .proxy = proxy});
    CHECK(proxy->violations() > 0);
    char text[4096], entered[64];
    proxy->violations_text(text, sizeof text);
    snprintf(entered, sizeof entered, " entered %s 0x", kinds[kind].type);
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
    run_both(t, (actor){.of = &shared, .does = kinds[kind].left, .rounds = 50, .turns = &turns},
             (actor){.of = &shared, .does = kinds[kind].right, .rounds = 50, .turns = &turns});
    CHECK_EQ_U64(proxy->violations(), 0);
    CHECK(proxy->external() >= 50);
    side_destroy(&shared);
}

static void do_everything(const side *of)
{
    for (int i = 0; i < KIND_COUNT; i++) {
        if (kinds[i].left != wait_for_device)
            kinds[i].left(of);
        if (kinds[i].right != wait_for_device)
            kinds[i].right(of);
    }
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
    run_both(t, (actor){.of = &left, .does = do_everything, .rounds = 30},
             (actor){.of = &right, .does = do_everything, .rounds = 30});
    CHECK_EQ_U64(proxy->violations(), 0);
    CHECK(proxy->external() >= 30 * KIND_COUNT);
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
    label(&shared, VK_OBJECT_TYPE_QUEUE, (uintptr_t)shared.queue, "main queue");
    vk_submit(v, 0, NULL, shared.semaphore, 1, VK_NULL_HANDLE, 0);
    proxy->reset_counts();
    pthread_t thread;
    if (CHECK(!pthread_create(&thread, NULL, wait_for_queue, &shared))) {
        wait_until_called(proxy, "vkQueueWaitIdle");
        submit(&shared);
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
    run_both(t, (actor){.of = &concurrent, .does = update_set, .rounds = 50},
             (actor){.of = &concurrent, .does = bind_set, .rounds = 50});
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
    do_everything(&own);
    CHECK_EQ_U64(proxy->external(), 0);
    vk_configure(t, "external");
    do_everything(&own); // what is there already is checked from now on
    CHECK(proxy->external() >= KIND_COUNT);
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
    submit(argument);
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
    submit(&shared);
    pthread_join(in.thread, NULL);
    proxy->look_inside(NULL);
    CHECK_EQ_U64(proxy->violations(), 1);
    CHECK_EQ_U64(proxy->calls("vkQueueSubmit"), 2);
    const unsigned visits = atomic_load(&in.visits);
    CHECK(visits > 1);
    submit(&shared);
    CHECK_EQ_U64(atomic_load(&in.visits), visits);
    side_destroy(&shared);
    proxy->reset_counts();
}
