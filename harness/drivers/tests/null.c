// The null driver.
#include <pthread.h>

#include "vk.h"

TEST(null_completes_what_is_submitted)
{
    vk *v = vk_open(t, kt_null_driver(t));
    if (!v)
        return;
    CHECK_EQ_U64(v->queue_count, 4);
    vk_buffer buffer = vk_buffer_create(v);
    VkCommandBuffer commands = vk_begin(v);
    vk_affine(v, commands, &buffer, 2, 1);
    vk_end(v, commands);
    VkSemaphore timeline = vk_timeline(v);
    uint64_t value = 0;
    for (uint32_t i = 0; i < v->queue_count; i++) {
        vk_submit(v, i, commands, timeline, i, timeline, i + 1);
        CHECK_VK(v->GetSemaphoreCounterValue(v->device, timeline, &value));
        CHECK_EQ_U64(value, i + 1);
    }
    CHECK_VK(vk_wait(v, timeline, 4, 0));

    const VkFenceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    VkFence fence;
    CHECK_VK(v->CreateFence(v->device, &info, NULL, &fence));
    CHECK_EQ_I64(v->GetFenceStatus(v->device, fence), VK_NOT_READY);
    CHECK_VK(v->QueueSubmit(v->queues[0], 0, NULL, fence));
    CHECK_VK(v->GetFenceStatus(v->device, fence));
    CHECK_VK(v->ResetFences(v->device, 1, &fence));
    CHECK_EQ_I64(v->GetFenceStatus(v->device, fence), VK_NOT_READY);
    v->DestroyFence(v->device, fence, NULL);
    vk_buffer_destroy(v, &buffer);
}

TEST(null_waits_for_what_nobody_signals)
{
    vk *v = vk_open(t, kt_null_driver(t));
    if (!v)
        return;
    VkSemaphore timeline = vk_timeline(v);
    CHECK_EQ_I64(vk_wait(v, timeline, 1, 0), VK_TIMEOUT);
    CHECK_EQ_I64(vk_wait(v, timeline, 1, 2000000), VK_TIMEOUT);
    const VkFenceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    VkFence fences[2];
    CHECK_VK(v->CreateFence(v->device, &info, NULL, &fences[0]));
    CHECK_VK(v->CreateFence(v->device, &info, NULL, &fences[1]));
    CHECK_VK(v->QueueSubmit(v->queues[0], 0, NULL, fences[1]));
    CHECK_VK(v->WaitForFences(v->device, 2, fences, VK_FALSE, UINT64_MAX));
    CHECK_EQ_I64(v->WaitForFences(v->device, 2, fences, VK_TRUE, 1000000), VK_TIMEOUT);
    v->DestroyFence(v->device, fences[0], NULL);
    v->DestroyFence(v->device, fences[1], NULL);
}

typedef struct waiter {
    vk *v;
    VkSemaphore timeline;
    uint64_t value;
    VkResult result;
} waiter;

static void *wait_thread(void *argument)
{
    waiter *w = argument;
    w->result = vk_wait(w->v, w->timeline, w->value, UINT64_MAX);
    return NULL;
}

TEST(null_wakes_every_waiter)
{
    enum { THREADS = 4, ROUNDS = 200 };
    vk *v = vk_open(t, kt_null_driver(t));
    if (!v)
        return;
    VkSemaphore timeline = vk_timeline(v);
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        pthread_t threads[THREADS];
        waiter waiters[THREADS];
        for (int i = 0; i < THREADS; i++) {
            waiters[i] = (waiter){v, timeline, round, VK_NOT_READY};
            CHECK(!pthread_create(&threads[i], NULL, wait_thread, &waiters[i]));
        }
        if (round % 2) {
            const VkSemaphoreSignalInfo info = {
                .sType = VK_STRUCTURE_TYPE_SEMAPHORE_SIGNAL_INFO,
                .semaphore = timeline,
                .value = round,
            };
            CHECK_VK(v->SignalSemaphore(v->device, &info));
        } else {
            vk_submit(v, 0, NULL, VK_NULL_HANDLE, 0, timeline, round);
        }
        for (int i = 0; i < THREADS; i++) {
            pthread_join(threads[i], NULL);
            CHECK_VK(waiters[i].result);
        }
    }
}

TEST(null_memory_holds_what_is_written)
{
    vk *v = vk_open(t, kt_null_driver(t));
    if (!v)
        return;
    vk_buffer buffer = vk_buffer_create(v);
    vk_set(&buffer, 42);
    v->UnmapMemory(v->device, buffer.memory);
    CHECK_VK(v->MapMemory(v->device, buffer.memory, 0, VK_WHOLE_SIZE, 0, (void **)&buffer.words));
    vk_expect(v, &buffer, 42);
    uint32_t *middle;
    CHECK_VK(v->MapMemory(v->device, buffer.memory, 64, 4, 0, (void **)&middle));
    CHECK(middle == buffer.words + 16);
    vk_buffer_destroy(v, &buffer);
}

TEST(null_pools_and_heaps_run_out)
{
    kt_set_environment(t, "KRONOS_NULL", "heap_mib=1");
    vk *v = vk_open(t, kt_null_driver(t));
    if (!v)
        return;
    VkDescriptorSet sets[VK_SETS + 1];
    const VkDescriptorSetAllocateInfo one = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorPool = v->set_pool,
        .descriptorSetCount = 1,
        .pSetLayouts = &v->set_layout,
    };
    for (int i = 0; i < VK_SETS; i++)
        CHECK_VK(v->AllocateDescriptorSets(v->device, &one, &sets[i]));
    CHECK_EQ_I64(v->AllocateDescriptorSets(v->device, &one, &sets[VK_SETS]),
                 VK_ERROR_OUT_OF_POOL_MEMORY);
    CHECK(sets[VK_SETS] == VK_NULL_HANDLE);
    CHECK_VK(v->FreeDescriptorSets(v->device, v->set_pool, 1, sets));
    CHECK_VK(v->AllocateDescriptorSets(v->device, &one, &sets[VK_SETS]));

    VkMemoryAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .allocationSize = 1 << 20,
    };
    VkDeviceMemory first, second;
    CHECK_VK(v->AllocateMemory(v->device, &info, NULL, &first));
    info.allocationSize = 1;
    CHECK_EQ_I64(v->AllocateMemory(v->device, &info, NULL, &second), VK_ERROR_OUT_OF_DEVICE_MEMORY);
    CHECK(second == VK_NULL_HANDLE);
    v->FreeMemory(v->device, first, NULL);
    CHECK_VK(v->AllocateMemory(v->device, &info, NULL, &second));
    v->FreeMemory(v->device, second, NULL);
}

TEST(null_shrinks_as_its_options_say)
{
    kt_set_environment(t, "KRONOS_NULL", "api=1.1,queues=2,devices=3,type=discrete,no_timeline");
    vk *v = vk_open_instance(t, kt_null_driver(t));
    if (!v)
        return;
    uint32_t count = 0;
    CHECK_VK(v->EnumeratePhysicalDevices(v->instance, &count, NULL));
    CHECK_EQ_U64(count, 3);
    VkPhysicalDeviceProperties properties;
    v->GetPhysicalDeviceProperties(v->physical, &properties);
    CHECK_EQ_U64(properties.apiVersion >> 12, VK_API_VERSION_1_1 >> 12);
    CHECK_EQ_U64(properties.deviceType, VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU);
    VkPhysicalDeviceTimelineSemaphoreFeatures timeline = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES,
        .timelineSemaphore = 77,
    };
    VkPhysicalDeviceFeatures2 features = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
        .pNext = &timeline,
    };
    v->GetPhysicalDeviceFeatures2(v->physical, &features);
    CHECK_EQ_U64(timeline.timelineSemaphore, 77); // not even known
    CHECK(features.features.shaderInt64);
    CHECK_VK(vk_create_device(v, NULL, NULL, 0));
    CHECK_EQ_U64(v->queue_count, 2);
    CHECK(v->QueueSubmit != NULL);
    CHECK(v->WaitSemaphores == NULL);
    CHECK(v->GetDeviceProcAddr(v->device, "vkQueueSubmit2KHR") == NULL); // was not enabled
}

// Creates a device with so many queues of one family.
static VkResult create_with(vk *v, uint32_t family, uint32_t queue_count, VkDevice *out)
{
    const float priorities[16] = {0};
    const VkDeviceQueueCreateInfo queues = {
        .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
        .queueFamilyIndex = family,
        .queueCount = queue_count,
        .pQueuePriorities = priorities,
    };
    const VkDeviceCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
        .queueCreateInfoCount = 1,
        .pQueueCreateInfos = &queues,
    };
    return v->CreateDevice(v->physical, &info, NULL, out);
}

TEST(null_has_the_families_that_its_options_say)
{
    kt_set_environment(t, "KRONOS_NULL", "families=GCT16+T2+C3,driver_id=4");
    vk *v = vk_open_instance(t, kt_null_driver(t));
    if (!v)
        return;
    uint32_t count = 8;
    VkQueueFamilyProperties families[8];
    v->GetPhysicalDeviceQueueFamilyProperties(v->physical, &count, families);
    if (!CHECK_EQ_U64(count, 3))
        return;
    const VkQueueFlags compute = VK_QUEUE_COMPUTE_BIT, transfer = VK_QUEUE_TRANSFER_BIT;
    CHECK_EQ_U64(families[0].queueFlags, VK_QUEUE_GRAPHICS_BIT | compute | transfer);
    CHECK_EQ_U64(families[0].queueCount, 16);
    CHECK_EQ_U64(families[1].queueFlags, transfer);
    CHECK_EQ_U64(families[2].queueFlags, compute);
    CHECK_EQ_U64(families[2].queueCount, 3);
    VkDevice device;
    CHECK_EQ_I64(create_with(v, 3, 1, &device), VK_ERROR_INITIALIZATION_FAILED);
    CHECK_EQ_I64(create_with(v, 2, 4, &device), VK_ERROR_INITIALIZATION_FAILED);
    if (!CHECK_EQ_I64(create_with(v, 2, 2, &device), VK_SUCCESS))
        return;
    VkQueue queues[4];
    PFN_vkGetDeviceQueue get =
        (PFN_vkGetDeviceQueue)v->GetInstanceProcAddr(v->instance, "vkGetDeviceQueue");
    for (uint32_t i = 0; i < 3; i++)
        get(device, 2, i, &queues[i]);
    get(device, 0, 0, &queues[3]);
    CHECK(queues[0] && queues[1] && queues[0] != queues[1]);
    CHECK(!queues[2] && !queues[3]); // the device was not made with these
    PFN_vkDestroyDevice destroy =
        (PFN_vkDestroyDevice)v->GetInstanceProcAddr(v->instance, "vkDestroyDevice");
    destroy(device, NULL);
    for (int i = 0; i < 5; i++) {
        static const char *const wrong[] = {"families=", "families=C", "families=4", "families=C4+",
                                            "families=C1+C1+C1+C1+C1"};
        kt_set_environment(t, "KRONOS_NULL", wrong[i]);
        PFN_vkCreateInstance create =
            (PFN_vkCreateInstance)v->GetInstanceProcAddr(NULL, "vkCreateInstance");
        const VkInstanceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO};
        VkInstance instance;
        CHECK_EQ_I64(create(&info, NULL, &instance), VK_ERROR_INITIALIZATION_FAILED);
    }
}

TEST(null_refuses_what_it_does_not_offer)
{
    vk *v = vk_open_instance(t, kt_null_driver(t));
    if (!v)
        return;
    const char *const swapchain = "VK_KHR_swapchain";
    CHECK_EQ_I64(vk_create_device(v, NULL, &swapchain, 1), VK_ERROR_EXTENSION_NOT_PRESENT);
    VkPhysicalDeviceFeatures2 features = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
        .features.geometryShader = VK_TRUE,
    };
    CHECK_EQ_I64(vk_create_device(v, &features, NULL, 0), VK_ERROR_FEATURE_NOT_PRESENT);
    CHECK(v->GetInstanceProcAddr(v->instance, "vkNoSuchFunction") == NULL);

    kt_set_environment(t, "KRONOS_NULL", "queues=0");
    PFN_vkCreateInstance create =
        (PFN_vkCreateInstance)v->GetInstanceProcAddr(NULL, "vkCreateInstance");
    const VkInstanceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO};
    VkInstance instance;
    CHECK_EQ_I64(create(&info, NULL, &instance), VK_ERROR_INITIALIZATION_FAILED);
}
