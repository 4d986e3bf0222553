// Work that the proxy holds back: several queues on one, waits in every direction, delays.
#include <pthread.h>
#include <stdlib.h>

#include "vk.h"

TEST(a_split_queue_works_as_several)
{
    vk *v = vk_open_proxy(t, "split_queues=3");
    if (!v)
        return;
    CHECK_EQ_U64(v->queue_count, 3);
    CHECK(v->queues[0] != v->queues[1] && v->queues[1] != v->queues[2]);
    VkQueue again;
    v->GetDeviceQueue(v->device, 0, 1, &again);
    CHECK(again == v->queues[1]);
    vk_buffer buffers[3];
    for (uint32_t i = 0; i < 3; i++) {
        buffers[i] = vk_buffer_create(v);
        vk_submit(v, i, vk_affine_alone(v, &buffers[i], 1, i + 1), VK_NULL_HANDLE, 0,
                  VK_NULL_HANDLE, 0);
    }
    CHECK_VK(v->QueueWaitIdle(v->queues[1]));
    vk_expect(v, &buffers[1], 2);
    vk_idle(v);
    for (uint32_t i = 0; i < 3; i++) {
        vk_expect(v, &buffers[i], i + 1);
        vk_buffer_destroy(v, &buffers[i]);
    }
}

// A wait may be submitted before the signal that it waits for.
TEST(queues_wait_for_each_other_in_any_order)
{
    vk *v = vk_open_proxy(t, "split_queues=3;reorder=3");
    if (!v)
        return;
    for (uint32_t round = 0; round < 50; round++) {
        vk_buffer buffer = vk_buffer_create(v);
        VkSemaphore first = vk_timeline(v), second = vk_timeline(v);
        vk_submit(v, 2, vk_affine_alone(v, &buffer, 3, 1), second, 5, first, 9);
        vk_submit(v, 1, vk_affine_alone(v, &buffer, 5, 2), first, 4, second, 5);
        vk_submit(v, 0, vk_affine_alone(v, &buffer, 7, 3), VK_NULL_HANDLE, 0, first, 4);
        CHECK_VK(vk_wait(v, first, 9, UINT64_MAX));
        vk_expect(v, &buffer, (3 * 5 + 2) * 3 + 1);
        vk_idle(v);
        vk_buffer_destroy(v, &buffer);
    }
}

static void submit_binary(vk *v, uint32_t queue, VkCommandBuffer commands, VkSemaphore wait,
                          VkSemaphore signal)
{
    kt_test *t = v->t;
    const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
    const VkSubmitInfo info = {
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
        .waitSemaphoreCount = wait ? 1 : 0,
        .pWaitSemaphores = &wait,
        .pWaitDstStageMask = &stage,
        .commandBufferCount = 1,
        .pCommandBuffers = &commands,
        .signalSemaphoreCount = signal ? 1 : 0,
        .pSignalSemaphores = &signal,
    };
    CHECK_VK(v->QueueSubmit(v->queues[queue], 1, &info, VK_NULL_HANDLE));
}

typedef struct host {
    vk *v;
    VkSemaphore semaphore;
    uint64_t value;
} host;

static void *signal_later(void *argument)
{
    const host *h = argument;
    uint64_t value;
    for (int i = 0; i < 20; i++) // takes its time
        h->v->GetSemaphoreCounterValue(h->v->device, h->semaphore, &value);
    const VkSemaphoreSignalInfo info = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_SIGNAL_INFO,
        .semaphore = h->semaphore,
        .value = h->value,
    };
    return h->v->SignalSemaphore(h->v->device, &info) < 0 ? argument : NULL;
}

TEST(work_waits_for_the_host)
{
    vk *v = vk_open_proxy(t, "reorder=1;split_queues=2");
    if (!v)
        return;
    const VkSemaphoreCreateInfo info = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO};
    VkSemaphore binary;
    CHECK_VK(v->CreateSemaphore(v->device, &info, NULL, &binary));
    vk_buffer buffer = vk_buffer_create(v), behind = vk_buffer_create(v),
              other = vk_buffer_create(v);
    VkSemaphore from_host = vk_timeline(v), done = vk_timeline(v);
    vk_submit(v, 0, vk_affine_alone(v, &buffer, 1, 4), VK_NULL_HANDLE, 0, done, 1);
    vk_submit(v, 0, vk_affine_alone(v, &buffer, 3, 1), from_host, 7, done, 2);
    // What follows on the queue waits as well, and so does another queue that waits for it.
    submit_binary(v, 0, vk_affine_alone(v, &behind, 1, 1), VK_NULL_HANDLE, binary);
    submit_binary(v, 1, vk_affine_alone(v, &other, 1, 1), binary, VK_NULL_HANDLE);
    CHECK_VK(vk_wait(v, done, 1, UINT64_MAX));
    CHECK_EQ_I64(vk_wait(v, done, 2, 0), VK_TIMEOUT);
    CHECK_EQ_I64(vk_wait(v, done, 2, 5000000), VK_TIMEOUT);
    vk_expect(v, &buffer, 4);
    vk_expect(v, &behind, 0);
    vk_expect(v, &other, 0);
    pthread_t thread;
    host h = {v, from_host, 7};
    CHECK(!pthread_create(&thread, NULL, signal_later, &h));
    CHECK_VK(vk_wait(v, done, 2, UINT64_MAX));
    void *failed;
    pthread_join(thread, &failed);
    CHECK(!failed);
    vk_expect(v, &buffer, 13);
    vk_idle(v);
    vk_expect(v, &behind, 1);
    vk_expect(v, &other, 1);
    v->DestroySemaphore(v->device, binary, NULL);
    vk_buffer_destroy(v, &buffer);
    vk_buffer_destroy(v, &behind);
    vk_buffer_destroy(v, &other);
}

// Signalled and waited for again and again, within one flush and across several.
TEST(binary_semaphores_order_queues)
{
    vk *v = vk_open_proxy(t, "split_queues=2;reorder=9");
    if (!v)
        return;
    const VkSemaphoreCreateInfo info = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO};
    VkSemaphore there, back;
    CHECK_VK(v->CreateSemaphore(v->device, &info, NULL, &there));
    CHECK_VK(v->CreateSemaphore(v->device, &info, NULL, &back));
    vk_buffer buffer = vk_buffer_create(v);
    VkCommandBuffer triple = vk_affine_alone(v, &buffer, 3, 1),
                    add = vk_affine_alone(v, &buffer, 1, 5);
    uint32_t expected = 0;
    for (uint32_t round = 0; round < 40; round++) {
        submit_binary(v, 0, triple, round ? back : VK_NULL_HANDLE, there);
        if (round % 3 == 0)
            CHECK_VK(v->QueueWaitIdle(v->queues[0]));
        submit_binary(v, 1, add, there, back);
        if (round % 4 == 0)
            CHECK_VK(v->QueueWaitIdle(v->queues[1]));
        expected = expected * 3 + 1 + 5;
    }
    vk_idle(v);
    vk_expect(v, &buffer, expected);
    vk_buffer_destroy(v, &buffer);
    v->DestroySemaphore(v->device, there, NULL);
    v->DestroySemaphore(v->device, back, NULL);
}

TEST(delayed_work_is_unfinished_for_a_while)
{
    vk *v = vk_open_proxy(t, "delay=6");
    if (!v)
        return;
    vk_buffer buffer = vk_buffer_create(v);
    VkSemaphore timeline = vk_timeline(v);
    VkCommandBuffer add = vk_affine_alone(v, &buffer, 1, 1);
    uint64_t value;
    for (uint64_t round = 1; round <= 3; round++) {
        vk_submit(v, 0, add, VK_NULL_HANDLE, 0, timeline, round);
        for (int poll = 0; poll < 6; poll++) {
            if (poll % 2)
                CHECK_EQ_I64(vk_wait(v, timeline, round, 0), VK_TIMEOUT);
            else
                CHECK_VK(v->GetSemaphoreCounterValue(v->device, timeline, &value));
            CHECK_EQ_U64(value, round - 1);
        }
        CHECK_VK(v->GetSemaphoreCounterValue(v->device, timeline, &value));
        CHECK_EQ_U64(value, round);
        vk_expect(v, &buffer, (uint32_t)round);
    }
    vk_submit(v, 0, add, VK_NULL_HANDLE, 0, timeline, 4);
    CHECK_VK(vk_wait(v, timeline, 4, 1)); // a wait sees it at once
    vk_expect(v, &buffer, 4);
    vk_buffer_destroy(v, &buffer);
}

TEST(fences_follow_held_work)
{
    vk *v = vk_open_proxy(t, "reorder=5;delay=1");
    if (!v)
        return;
    vk_buffer buffer = vk_buffer_create(v);
    VkCommandBuffer add = vk_affine_alone(v, &buffer, 1, 1);
    const VkFenceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    VkFence fence;
    CHECK_VK(v->CreateFence(v->device, &info, NULL, &fence));
    const VkSubmitInfo submit = {
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
        .commandBufferCount = 1,
        .pCommandBuffers = &add,
    };
    const VkSubmitInfo twice[2] = {submit, submit};
    for (uint32_t round = 0; round < 4; round++) {
        CHECK_VK(v->QueueSubmit(v->queues[0], 2, twice, round % 2 ? fence : VK_NULL_HANDLE));
        if (round % 2 == 0) // an empty submission signals behind all that came before
            CHECK_VK(v->QueueSubmit(v->queues[0], 0, NULL, fence));
        CHECK_EQ_I64(v->GetFenceStatus(v->device, fence), VK_NOT_READY);
        CHECK_VK(v->WaitForFences(v->device, 1, &fence, VK_TRUE, UINT64_MAX));
        CHECK_VK(v->GetFenceStatus(v->device, fence));
        vk_expect(v, &buffer, 2 * round + 2);
        CHECK_VK(v->ResetFences(v->device, 1, &fence));
    }
    v->DestroyFence(v->device, fence, NULL);
    vk_buffer_destroy(v, &buffer);
}

typedef struct worker {
    vk *v;
    uint32_t queue;
    VkCommandBuffer commands;
    VkSemaphore timeline;
    bool failed;
} worker;

enum { SUBMISSIONS = 60 };

static void *submit_many(void *argument)
{
    worker *w = argument;
    vk *v = w->v;
    for (uint64_t i = 1; i <= SUBMISSIONS; i++) {
        const VkTimelineSemaphoreSubmitInfo values = {
            .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
            .signalSemaphoreValueCount = 1,
            .pSignalSemaphoreValues = &i,
        };
        const VkSubmitInfo info = {
            .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
            .pNext = &values,
            .commandBufferCount = 1,
            .pCommandBuffers = &w->commands,
            .signalSemaphoreCount = 1,
            .pSignalSemaphores = &w->timeline,
        };
        w->failed = w->failed || v->QueueSubmit(v->queues[w->queue], 1, &info, VK_NULL_HANDLE) < 0;
        if (i % 7 == 0)
            w->failed = w->failed || vk_wait(v, w->timeline, i, UINT64_MAX) < 0;
    }
    w->failed = w->failed || vk_wait(v, w->timeline, SUBMISSIONS, UINT64_MAX) < 0;
    return NULL;
}

TEST(threads_share_a_split_queue)
{
    enum { THREADS = 4 };
    vk *v = vk_open_proxy(t, "split_queues=4;reorder=2");
    if (!v || !CHECK_EQ_U64(v->queue_count, THREADS))
        return;
    vk_buffer buffers[THREADS];
    worker workers[THREADS];
    pthread_t threads[THREADS];
    for (uint32_t i = 0; i < THREADS; i++) {
        buffers[i] = vk_buffer_create(v);
        workers[i] = (worker){v, i, vk_affine_alone(v, &buffers[i], 1, 1), vk_timeline(v), false};
    }
    for (uint32_t i = 0; i < THREADS; i++)
        CHECK(!pthread_create(&threads[i], NULL, submit_many, &workers[i]));
    for (uint32_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        CHECK(!workers[i].failed);
        vk_expect(v, &buffers[i], SUBMISSIONS);
        vk_buffer_destroy(v, &buffers[i]);
    }
}

// Memory in which one device lives after the other. The next one is made as soon as the last has
// given it back, while vkDestroyDevice is still under way, as another thread may do.
typedef struct room {
    vk *v;
    char *bytes;
    bool is_free, wants_heir;
} room;

enum { ROOM_BYTES = 1 << 20, SMALL_BYTES = 2048 };

static void *allocate(void *user, size_t size, size_t alignment, VkSystemAllocationScope scope)
{
    room *in = user;
    bool is_device = scope == VK_SYSTEM_ALLOCATION_SCOPE_DEVICE && size > SMALL_BYTES;
    if (!is_device || !in->is_free || size > ROOM_BYTES)
        return aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    in->is_free = false;
    return in->bytes;
}

static void *reallocate(void *user, void *original, size_t size, size_t alignment,
                        VkSystemAllocationScope scope)
{
    (void)user;
    (void)alignment;
    (void)scope;
    return realloc(original, size);
}

static VkResult create_in(room *in);

static void release(void *user, void *memory)
{
    room *in = user;
    if (memory != in->bytes) {
        free(memory);
        return;
    }
    in->is_free = true;
    if (in->wants_heir) {
        in->wants_heir = false;
        create_in(in);
    }
}

static VkAllocationCallbacks callbacks_of(room *in)
{
    return (VkAllocationCallbacks){
        .pUserData = in,
        .pfnAllocation = allocate,
        .pfnReallocation = reallocate,
        .pfnFree = release,
    };
}

static VkResult create_in(room *in)
{
    vk *v = in->v;
    const VkAllocationCallbacks callbacks = callbacks_of(in);
    const float priority = 1;
    const VkDeviceQueueCreateInfo queues = {
        .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
        .queueCount = 1,
        .pQueuePriorities = &priority,
    };
    const VkDeviceCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
        .queueCreateInfoCount = 1,
        .pQueueCreateInfos = &queues,
    };
    VkResult result = v->CreateDevice(v->physical, &info, &callbacks, &v->device);
    if (result == VK_SUCCESS) {
        v->GetDeviceQueue =
            (PFN_vkGetDeviceQueue)v->GetDeviceProcAddr(v->device, "vkGetDeviceQueue");
        v->GetDeviceQueue(v->device, 0, 0, &v->queues[0]);
    }
    return result;
}

// A queue is known by its handle, and a driver gives the handle of a dead one again at once.
TEST(queues_of_dead_devices_leave_nothing_behind)
{
    vk_configure(t, "");
    vk *v = vk_proxy(t) ? vk_open_instance(t, kt_proxy_driver(t)) : NULL;
    if (!v)
        return;
    room in = {.v = v, .bytes = kt_alloc(t, ROOM_BYTES), .is_free = true};
    const VkAllocationCallbacks callbacks = callbacks_of(&in);
    if (!CHECK_VK(create_in(&in)))
        return;
    const VkDevice first = v->device;
    const VkQueue queue = v->queues[0];
    const PFN_vkQueueSubmit submit =
        (PFN_vkQueueSubmit)v->GetDeviceProcAddr(first, "vkQueueSubmit");
    const PFN_vkDestroyDevice destroy =
        (PFN_vkDestroyDevice)v->GetDeviceProcAddr(first, "vkDestroyDevice");
    vk_configure(t, "lose=1"); // acts on the next device
    in.wants_heir = true;
    destroy(first, &callbacks);
    if (in.wants_heir || v->device != first || v->queues[0] != queue)
        SKIP(t, "a driver that gives handles again");
    else
        CHECK_EQ_I64(submit(queue, 0, NULL, VK_NULL_HANDLE), VK_ERROR_DEVICE_LOST);
    if (!in.wants_heir)
        destroy(v->device, &callbacks);
    v->device = VK_NULL_HANDLE;
}
