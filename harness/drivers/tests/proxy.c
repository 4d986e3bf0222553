// The proxy driver: counts, planned failures, the ledger, hidden features and limits.
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "vk.h"

TEST(proxy_counts_calls)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "");
    if (!v)
        return;
    proxy->reset_counts();
    VkCommandBuffer commands = vk_begin(v);
    for (int i = 0; i < 5; i++)
        vk_barrier(v, commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_TRANSFER_BIT);
    vk_end_and_run(v, commands);
    vk_idle(v);
    CHECK_EQ_U64(proxy->calls("vkCmdPipelineBarrier"), 5);
    CHECK_EQ_U64(proxy->calls("vkQueueSubmit"), 1);
    CHECK_EQ_U64(proxy->submissions(), 1);
    CHECK_EQ_U64(proxy->calls("vkCmdDispatch"), 0);
    CHECK_EQ_U64(proxy->calls("vkNoSuchFunction"), 0);
    // allocate, begin, barriers, end, submit, wait
    CHECK_EQ_U64(proxy->calls_total(), 10);
}

TEST(proxy_fails_the_nth_call)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "");
    if (!v)
        return;
    const VkFenceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    VkFence fence;
    for (int from = 0; from < 2; from++) {
        vk_configure(t, from ? "fail=vkCreateFence:3:VK_ERROR_OUT_OF_HOST_MEMORY:from"
                             : "fail=vkCreateFence:3:VK_ERROR_OUT_OF_HOST_MEMORY");
        for (int i = 1; i <= 5; i++) {
            bool fails = i == 3 || (from && i > 3);
            CHECK(proxy->fail_reached() == (i > 3));
            fence = (VkFence)t;
            CHECK_EQ_I64(v->CreateFence(v->device, &info, NULL, &fence),
                         fails ? VK_ERROR_OUT_OF_HOST_MEMORY : VK_SUCCESS);
            CHECK((fence == VK_NULL_HANDLE) == fails);
            v->DestroyFence(v->device, fence, NULL);
        }
    }
    // The failing call did not reach the driver: nothing is left.
    CHECK_EQ_U64(proxy->objects("VkFence"), 0);
    vk_configure(t, "");
    CHECK_VK(v->CreateFence(v->device, &info, NULL, &fence));
    v->DestroyFence(v->device, fence, NULL);
}

// Of calls in a row those count that the registry gives the result: of these, destroying an object,
// which returns nothing, is none, and to reset a fence may not lose the device.
TEST(proxy_fails_the_nth_of_all_that_may)
{
    static const struct {
        const char *spec, *refused;
        VkResult create, status, reset;
    } rows[] = {
        {"fail=any:1:VK_ERROR_OUT_OF_HOST_MEMORY", "vkCreateFence", VK_ERROR_OUT_OF_HOST_MEMORY, 0,
         0},
        {"fail=any:2:VK_ERROR_OUT_OF_DEVICE_MEMORY", "vkGetFenceStatus", VK_SUCCESS,
         VK_ERROR_OUT_OF_DEVICE_MEMORY, VK_SUCCESS},
        {"fail=any:2:VK_ERROR_OUT_OF_DEVICE_MEMORY:from", "vkGetFenceStatus", VK_SUCCESS,
         VK_ERROR_OUT_OF_DEVICE_MEMORY, VK_ERROR_OUT_OF_DEVICE_MEMORY},
        {"fail=any:2:VK_ERROR_DEVICE_LOST", NULL, VK_SUCCESS, VK_NOT_READY, VK_SUCCESS},
        {"fail=any:1:VK_ERROR_DEVICE_LOST", "vkGetFenceStatus", VK_SUCCESS, VK_ERROR_DEVICE_LOST,
         VK_SUCCESS},
    };
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "");
    if (!v)
        return;
    const VkFenceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    VkFence fence;
    proxy->reset_counts();
    CHECK_VK(v->CreateFence(v->device, &info, NULL, &fence));
    CHECK_EQ_I64(v->GetFenceStatus(v->device, fence), VK_NOT_READY);
    v->DestroyFence(v->device, fence, NULL);
    CHECK_EQ_U64(proxy->calls_that_may("VK_ERROR_OUT_OF_HOST_MEMORY"), 2);
    CHECK_EQ_U64(proxy->calls_that_may("VK_ERROR_DEVICE_LOST"), 1);
    CHECK_EQ_U64(proxy->calls_that_may("VK_ERROR_MEMORY_MAP_FAILED"), 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        vk_configure(t, rows[i].spec);
        CHECK_EQ_I64(v->CreateFence(v->device, &info, NULL, &fence), rows[i].create);
        if (rows[i].create == VK_SUCCESS) {
            CHECK_EQ_I64(v->GetFenceStatus(v->device, fence), rows[i].status);
            CHECK_EQ_I64(v->ResetFences(v->device, 1, &fence), rows[i].reset);
            v->DestroyFence(v->device, fence, NULL);
        }
        CHECK(proxy->fail_reached() == (rows[i].refused != NULL));
        if (rows[i].refused)
            CHECK_EQ_STRING(proxy->fail_function(), rows[i].refused);
        else
            CHECK(!proxy->fail_function());
    }
    // The last one lost the device, for good.
    vk_configure(t, "");
    CHECK_VK(v->CreateFence(v->device, &info, NULL, &fence));
    CHECK_EQ_I64(v->GetFenceStatus(v->device, fence), VK_ERROR_DEVICE_LOST);
    v->DestroyFence(v->device, fence, NULL);
}

// Memory for the object that is leaked on purpose, so that leak checkers do not find it too.
static void *give_room(void *room, size_t size, size_t alignment, VkSystemAllocationScope scope)
{
    (void)alignment;
    (void)scope;
    return size <= 1024 ? room : NULL;
}

static void *keep_room(void *room, void *original, size_t size, size_t alignment,
                       VkSystemAllocationScope scope)
{
    (void)original;
    return give_room(room, size, alignment, scope);
}

static void take_room(void *room, void *memory)
{
    (void)room;
    (void)memory;
}

TEST(proxy_names_leaked_objects)
{
    static _Alignas(64) char room[1024];
    const VkAllocationCallbacks callbacks = {
        .pUserData = room,
        .pfnAllocation = give_room,
        .pfnReallocation = keep_room,
        .pfnFree = take_room,
    };
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "");
    if (!v)
        return;
    const VkEventCreateInfo info = {.sType = VK_STRUCTURE_TYPE_EVENT_CREATE_INFO};
    VkEvent leaked;
    CHECK_VK(v->CreateEvent(v->device, &info, &callbacks, &leaked));
    const VkDebugUtilsObjectNameInfoEXT name = {
        .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_OBJECT_NAME_INFO_EXT,
        .objectType = VK_OBJECT_TYPE_EVENT,
        .objectHandle = (uint64_t)leaked,
        .pObjectName = "forgotten",
    };
    CHECK_VK(v->SetDebugUtilsObjectNameEXT(v->device, &name));
    char text[4096];
    CHECK_EQ_U64(proxy->objects("VkEvent"), 1);
    proxy->objects_text(text, sizeof text);
    CHECK_CONTAINS(text, "VkEvent 0x");
    CHECK_CONTAINS(text, "'forgotten'");
    CHECK_EQ_U64(proxy->violations(), 0);
    vk_close(v);
    CHECK_EQ_U64(proxy->violations(), 1);
    size_t length = proxy->violations_text(text, sizeof text);
    CHECK_EQ_U64(length, strlen(text));
    CHECK_CONTAINS(text, "vkDestroyDevice: VkEvent 0x");
    CHECK_CONTAINS(text, "was not destroyed");
    CHECK_CONTAINS(text, "'forgotten'");
    CHECK_EQ_U64(proxy->objects(NULL), 0);
    char little[8];
    CHECK_EQ_U64(proxy->violations_text(little, sizeof little), length);
    CHECK_EQ_U64(strlen(little), sizeof little - 1);
    proxy->reset_counts();
}

TEST(proxy_ledger_follows_pools_and_memory)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "");
    if (!v)
        return;
    CHECK_EQ_U64(proxy->objects("VkCommandBuffer"), 0);
    vk_begin(v);
    vk_begin(v);
    CHECK_EQ_U64(proxy->objects("VkCommandBuffer"), 2);
    v->DestroyCommandPool(v->device, v->pool, NULL);
    v->pool = VK_NULL_HANDLE;
    CHECK_EQ_U64(proxy->objects("VkCommandBuffer"), 0);

    CHECK_EQ_U64(proxy->memory_bytes(), 0);
    vk_buffer first = vk_buffer_create(v), second = vk_buffer_create(v);
    CHECK_EQ_U64(proxy->objects("VkDescriptorSet"), 2);
    CHECK(proxy->memory_bytes() >= 2 * VK_BUFFER_BYTES);
    CHECK_EQ_U64(proxy->mappings(), 2);
    v->UnmapMemory(v->device, first.memory);
    CHECK_EQ_U64(proxy->mappings(), 1);
    vk_buffer_destroy(v, &first);
    vk_buffer_destroy(v, &second);
    CHECK_EQ_U64(proxy->mappings(), 0);
    CHECK_EQ_U64(proxy->memory_bytes(), 0);
    CHECK_EQ_U64(proxy->objects("VkDeviceMemory"), 0);
    vk_close(v);
    CHECK_EQ_U64(proxy->objects(NULL), 0);
    CHECK_EQ_U64(proxy->violations(), 0);
}

// By type, and of each type the oldest first, whatever their handles are.
TEST(proxy_lists_objects_in_order)
{
    enum { FENCES = 20 };
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "");
    if (!v)
        return;
    VkFence fences[FENCES];
    const VkFenceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    for (int i = 0; i < FENCES; i++)
        CHECK_VK(v->CreateFence(v->device, &info, NULL, &fences[i]));
    vk_buffer buffer = vk_buffer_create(v);
    char text[8192], *rest = text;
    CHECK(proxy->objects_text(text, sizeof text) < sizeof text);
    uint64_t lines = 0, numbers[2] = {0};
    char types[2][64] = {"", ""};
    for (char *line; (line = strtok_r(NULL, "\n", &rest)); lines++) {
        const int now = lines % 2, before = !now;
        if (!CHECK(sscanf(line, "%63s 0x%*x #%" SCNu64, types[now], &numbers[now]) == 2))
            break;
        const int order = strcmp(types[before], types[now]);
        CHECK(order < 0 || (order == 0 && numbers[before] < numbers[now]));
        if (strstr(line, "VkDeviceMemory")) {
            CHECK_CONTAINS(line, " bytes of heap 0");
            CHECK_CONTAINS(line, ", mapped)");
        }
    }
    CHECK_EQ_U64(lines, proxy->objects(NULL));
    vk_buffer_destroy(v, &buffer);
    for (int i = 0; i < FENCES; i++)
        v->DestroyFence(v->device, fences[i], NULL);
}

TEST(proxy_forgets_memory_with_its_device)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "");
    if (!v)
        return;
    static VkDeviceMemory left; // known for ever, so that leak checkers do not find it
    vk_buffer buffer = vk_buffer_create(v);
    left = buffer.memory;
    v->DestroyBuffer(v->device, buffer.handle, NULL);
    CHECK(left && proxy->mappings() == 1);
    vk_close(v);
    CHECK_EQ_U64(proxy->memory_bytes(), 0);
    CHECK_EQ_U64(proxy->mappings(), 0);
    char text[1024];
    proxy->violations_text(text, sizeof text);
    CHECK_CONTAINS(text, "vkDestroyDevice: VkDeviceMemory 0x");
    CHECK_CONTAINS(text, ", mapped) was not destroyed");
    proxy->reset_counts();
}

static bool has_extension(vk *v, const char *name)
{
    static VkExtensionProperties list[512];
    uint32_t count = 512;
    v->EnumerateDeviceExtensionProperties(v->physical, NULL, &count, list);
    for (uint32_t i = 0; i < count; i++)
        if (!strcmp(list[i].extensionName, name))
            return true;
    return false;
}

TEST(proxy_hides_features_and_extensions)
{
    vk_configure(t, "hide=timeline,int64,push_descriptor;noncoherent");
    vk *v = vk_proxy(t) ? vk_open_instance(t, kt_proxy_driver(t)) : NULL;
    if (!v)
        return;
    VkPhysicalDeviceVulkan12Features newer = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
    };
    VkPhysicalDeviceTimelineSemaphoreFeatures timeline = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES,
    };
    VkPhysicalDeviceFeatures2 features = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
        .pNext = &newer,
    };
    v->GetPhysicalDeviceFeatures2(v->physical, &features);
    CHECK(!newer.timelineSemaphore && !features.features.shaderInt64);
    CHECK(newer.bufferDeviceAddress && features.features.robustBufferAccess);
    features.pNext = &timeline;
    v->GetPhysicalDeviceFeatures2(v->physical, &features);
    CHECK(!timeline.timelineSemaphore);

    CHECK(!has_extension(v, "VK_KHR_timeline_semaphore"));
    CHECK(!has_extension(v, "VK_KHR_push_descriptor"));
    CHECK(has_extension(v, "VK_KHR_synchronization2"));
    timeline.timelineSemaphore = VK_TRUE;
    CHECK_EQ_I64(vk_create_device(v, &timeline, NULL, 0), VK_ERROR_FEATURE_NOT_PRESENT);
    const char *const push = "VK_KHR_push_descriptor";
    CHECK_EQ_I64(vk_create_device(v, NULL, &push, 1), VK_ERROR_EXTENSION_NOT_PRESENT);
    CHECK_VK(vk_create_device(v, NULL, NULL, 0));
    CHECK(!v->CmdPushDescriptorSetKHR);

    VkPhysicalDeviceMemoryProperties memory;
    v->GetPhysicalDeviceMemoryProperties(v->physical, &memory);
    for (uint32_t i = 0; i < memory.memoryTypeCount; i++)
        CHECK(!(memory.memoryTypes[i].propertyFlags & VK_MEMORY_PROPERTY_HOST_COHERENT_BIT));
}

TEST(proxy_caps_the_version)
{
    vk_configure(t, "api=1.1;hide=sync2");
    vk *v = vk_proxy(t) ? vk_open_instance(t, kt_proxy_driver(t)) : NULL;
    if (!v)
        return;
    VkPhysicalDeviceVulkan12Properties newer = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_PROPERTIES,
        .maxTimelineSemaphoreValueDifference = 77,
    };
    VkPhysicalDeviceSubgroupProperties subgroup = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES,
        .pNext = &newer,
    };
    VkPhysicalDeviceProperties2 properties = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
        .pNext = &subgroup,
    };
    v->GetPhysicalDeviceProperties2(v->physical, &properties);
    CHECK_EQ_U64(properties.properties.apiVersion >> 12, VK_API_VERSION_1_1 >> 12);
    CHECK(subgroup.subgroupSize > 0);
    CHECK_EQ_U64(newer.maxTimelineSemaphoreValueDifference, 77); // unknown to a 1.1 driver
    CHECK(subgroup.pNext == &newer);                             // the chain is whole again
    CHECK_VK(vk_create_device(v, NULL, NULL, 0));
    CHECK(!v->WaitSemaphores && !v->CmdPipelineBarrier2);
    CHECK(v->CmdDispatch != NULL);
}

TEST(proxy_shrinks_limits_and_holds_to_them)
{
    vk_configure(t, "limit=maxStorageBufferRange:1000;limit=maxComputeWorkGroupCount:7;"
                    "limit=minStorageBufferOffsetAlignment:256;limit=maxPushConstantsSize:4096;"
                    "limit=maxMemoryAllocationCount:3;limit=maxMemoryAllocationSize:65536;"
                    "limit=heap_bytes:100000");
    vk *v = vk_proxy(t) ? vk_open_instance(t, kt_proxy_driver(t)) : NULL;
    if (!v)
        return;
    VkPhysicalDeviceMaintenance3Properties maintenance = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES,
    };
    VkPhysicalDeviceProperties2 properties = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
        .pNext = &maintenance,
    };
    v->GetPhysicalDeviceProperties2(v->physical, &properties);
    const VkPhysicalDeviceLimits *limits = &properties.properties.limits;
    CHECK_EQ_U64(limits->maxStorageBufferRange, 1000);
    CHECK_EQ_U64(limits->maxComputeWorkGroupCount[2], 7);
    CHECK_EQ_U64(limits->minStorageBufferOffsetAlignment, 256);
    CHECK(limits->maxPushConstantsSize < 4096); // limits never grow
    CHECK_EQ_U64(maintenance.maxMemoryAllocationSize, 65536);
    VkPhysicalDeviceMemoryProperties memory;
    v->GetPhysicalDeviceMemoryProperties(v->physical, &memory);
    CHECK_EQ_U64(memory.memoryHeaps[0].size, 100000);

    if (!CHECK_VK(vk_create_device(v, NULL, NULL, 0)))
        return;
    static const struct {
        uint64_t size_bytes;
        VkResult result;
    } rows[] = {
        {65537, VK_ERROR_OUT_OF_DEVICE_MEMORY},
        {65536, VK_SUCCESS},
        {34465, VK_ERROR_OUT_OF_DEVICE_MEMORY},
        {34000, VK_SUCCESS},
        {64, VK_SUCCESS},
        {64, VK_ERROR_TOO_MANY_OBJECTS},
    };
    VkDeviceMemory made[6];
    for (int i = 0; i < 6; i++) {
        const VkMemoryAllocateInfo info = {
            .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
            .allocationSize = rows[i].size_bytes,
        };
        CHECK_EQ_I64(v->AllocateMemory(v->device, &info, NULL, &made[i]), rows[i].result);
        CHECK((made[i] == VK_NULL_HANDLE) == (rows[i].result < 0));
    }
    for (int i = 0; i < 6; i++)
        v->FreeMemory(v->device, made[i], NULL);
}

// Also on a driver that has no such thing.
TEST(proxy_grants_a_budget)
{
    enum { BUDGET = 1 << 20, SIZE = 65536 };
    vk_configure(t, "budget=1048576");
    vk *v = vk_proxy(t) ? vk_open_instance(t, kt_proxy_driver(t)) : NULL;
    const char *const name = VK_EXT_MEMORY_BUDGET_EXTENSION_NAME;
    if (!v)
        return;
    CHECK(has_extension(v, name));
    if (!CHECK_VK(vk_create_device(v, NULL, &name, 1)))
        return;
    VkPhysicalDeviceMemoryBudgetPropertiesEXT budget = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT,
    };
    VkPhysicalDeviceMemoryProperties2 memory = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2,
        .pNext = &budget,
    };
    const VkMemoryAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .allocationSize = SIZE,
    };
    VkDeviceMemory made;
    v->GetPhysicalDeviceMemoryProperties2(v->physical, &memory);
    const uint32_t heap = memory.memoryProperties.memoryTypes[0].heapIndex;
    CHECK_EQ_U64(budget.heapBudget[heap], BUDGET);
    CHECK_EQ_U64(budget.heapBudget[memory.memoryProperties.memoryHeapCount], 0);
    CHECK(memory.memoryProperties.memoryHeaps[heap].size > BUDGET);
    const uint64_t before = budget.heapUsage[heap];
    CHECK_VK(v->AllocateMemory(v->device, &info, NULL, &made));
    v->GetPhysicalDeviceMemoryProperties2(v->physical, &memory);
    CHECK_EQ_U64(budget.heapUsage[heap], before + SIZE);
    v->FreeMemory(v->device, made, NULL);
    v->GetPhysicalDeviceMemoryProperties2(v->physical, &memory);
    CHECK_EQ_U64(budget.heapUsage[heap], before);
}

TEST(proxy_loses_the_device)
{
    for (int engine = 0; engine < 2; engine++) {
        vk *v = vk_open_proxy(t, engine ? "lose=3;reorder=1" : "lose=3");
        if (!v)
            return;
        VkSemaphore timeline = vk_timeline(v);
        vk_submit(v, 0, NULL, VK_NULL_HANDLE, 0, timeline, 1);
        vk_submit(v, 0, NULL, VK_NULL_HANDLE, 0, timeline, 2);
        CHECK_VK(vk_wait(v, timeline, 2, UINT64_MAX));
        CHECK_EQ_I64(v->QueueSubmit(v->queues[0], 0, NULL, VK_NULL_HANDLE), VK_ERROR_DEVICE_LOST);
        uint64_t value;
        CHECK_EQ_I64(v->QueueSubmit(v->queues[0], 0, NULL, VK_NULL_HANDLE), VK_ERROR_DEVICE_LOST);
        CHECK_EQ_I64(vk_wait(v, timeline, 3, UINT64_MAX), VK_ERROR_DEVICE_LOST);
        CHECK_EQ_I64(v->GetSemaphoreCounterValue(v->device, timeline, &value),
                     VK_ERROR_DEVICE_LOST);
        CHECK_EQ_I64(v->DeviceWaitIdle(v->device), VK_ERROR_DEVICE_LOST);
        CHECK_EQ_I64(v->QueueWaitIdle(v->queues[0]), VK_ERROR_DEVICE_LOST);

        // Another device is not lost.
        vk *other = vk_open_proxy(t, "");
        if (other)
            vk_idle(other);
    }
}

TEST(proxy_refuses_a_bad_spec_and_keeps_the_old_one)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    if (!proxy)
        return;
    char message[256] = "";
    vk_configure(t, "hide=int64");
    CHECK(!proxy->configure("hide=int65", message, sizeof message));
    CHECK_CONTAINS(message, "'int65'");
    vk *v = vk_open_instance(t, kt_proxy_driver(t));
    if (!v)
        return;
    VkPhysicalDeviceFeatures2 features = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2};
    v->GetPhysicalDeviceFeatures2(v->physical, &features);
    CHECK(!features.features.shaderInt64);
}
