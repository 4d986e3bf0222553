// kronos/vulkan.h: a program's own Vulkan work runs beside the library's.
#include "contract.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include <kronos/vulkan.h>

// The calls that these cases make, loaded through the context's own entry point.
#define VULKAN_CALLS(CALL)         \
    CALL(vkCreateCommandPool)      \
    CALL(vkDestroyCommandPool)     \
    CALL(vkAllocateCommandBuffers) \
    CALL(vkBeginCommandBuffer)     \
    CALL(vkEndCommandBuffer)       \
    CALL(vkCmdFillBuffer)          \
    CALL(vkCmdPipelineBarrier)     \
    CALL(vkCreateFence)            \
    CALL(vkDestroyFence)           \
    CALL(vkWaitForFences)          \
    CALL(vkQueueSubmit)            \
    CALL(vkGetPhysicalDeviceProperties)

#define DECLARE(name) PFN_##name name;
typedef struct vulkan_calls {
    VULKAN_CALLS(DECLARE)
} vulkan_calls;

static bool load_calls(kt_test *t, const kro_vk_handles *handles, vulkan_calls *vk)
{
    bool all = true;
#define LOAD(name)                                                                    \
    vk->name = (PFN_##name)handles->get_instance_proc_addr(handles->instance, #name); \
    all &= CHECK(vk->name != NULL);
    VULKAN_CALLS(LOAD)
#undef LOAD
    return all;
}

TEST(handles_are_those_of_the_device)
{
    kro_context *ctx = kt_context(t);
    const kro_vk_handles *handles = kro_vk_context(ctx);
    vulkan_calls vk;
    if (!CHECK(handles != NULL) || !load_calls(t, handles, &vk))
        return;
    CHECK(handles->instance && handles->physical_device && handles->device);
    CHECK(handles->api_version >= VK_API_VERSION_1_1);
    CHECK(handles->api_version <= kro_context_info(ctx)->api_version_number);
    CHECK_EQ_U64(handles->queue_family, kro_context_info(ctx)->queue_family);
    for (uint32_t i = 0; i < kro_context_info(ctx)->queue_count; i++)
        CHECK(kro_vk_queue(ctx, i) != VK_NULL_HANDLE);
    VkPhysicalDeviceProperties properties;
    vk.vkGetPhysicalDeviceProperties(handles->physical_device, &properties);
    CHECK_EQ_STRING(properties.deviceName, kro_context_info(ctx)->name);
    CHECK_EQ_U64(properties.vendorID, kro_context_info(ctx)->vendor_id);
}

// A fill of the program's own, ready to be submitted.
typedef struct raw_fill {
    VkCommandPool pool;
    VkCommandBuffer commands;
    VkFence fence;
} raw_fill;

static bool record_fill(kt_test *t, const kro_vk_handles *handles, const vulkan_calls *vk,
                        kro_buffer *buffer, uint64_t at, uint32_t word, raw_fill *out)
{
    const VkCommandPoolCreateInfo pool_info = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                               .queueFamilyIndex = handles->queue_family};
    const VkFenceCreateInfo fence_info = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    *out = (raw_fill){0};
    if (!CHECK(vk->vkCreateCommandPool(handles->device, &pool_info, NULL, &out->pool) ==
               VK_SUCCESS) ||
        !CHECK(vk->vkCreateFence(handles->device, &fence_info, NULL, &out->fence) == VK_SUCCESS))
        return false;
    const VkCommandBufferAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = out->pool,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1,
    };
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    if (!CHECK(vk->vkAllocateCommandBuffers(handles->device, &info, &out->commands) ==
               VK_SUCCESS) ||
        !CHECK(vk->vkBeginCommandBuffer(out->commands, &begin) == VK_SUCCESS))
        return false;
    uint64_t offset = 0;
    VkBuffer handle = kro_vk_buffer(buffer, &offset);
    const VkMemoryBarrier barrier = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                     .srcAccessMask = VK_ACCESS_MEMORY_WRITE_BIT,
                                     .dstAccessMask =
                                         VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT};
    const VkPipelineStageFlags work = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
    vk->vkCmdPipelineBarrier(out->commands, work, work, 0, 1, &barrier, 0, NULL, 0, NULL);
    vk->vkCmdFillBuffer(out->commands, handle, offset + at, 16, word);
    vk->vkCmdPipelineBarrier(out->commands, work, work | VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &barrier,
                             0, NULL, 0, NULL);
    return CHECK(vk->vkEndCommandBuffer(out->commands) == VK_SUCCESS);
}

static void submit_fill(kt_test *t, kro_context *ctx, const vulkan_calls *vk, const raw_fill *fill)
{
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                                 .commandBufferCount = 1,
                                 .pCommandBuffers = &fill->commands};
    if (!CHECK_OK(kro_vk_queue_lock(ctx, 0)))
        return;
    CHECK(vk->vkQueueSubmit(kro_vk_queue(ctx, 0), 1, &submit, fill->fence) == VK_SUCCESS);
    kro_vk_queue_unlock(ctx, 0);
}

// The library's fill, the program's in the middle of it, the library's copy of both.
TEST(own_vulkan_work_runs_between_submits)
{
    kro_context *ctx = kt_context_with(t, NULL);
    const kro_vk_handles *handles = kro_vk_context(ctx);
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    vulkan_calls vk;
    if (!handles || !stream || !load_calls(t, handles, &vk))
        return;
    // Two small buffers: the second one does not begin where its memory begins.
    kro_buffer *first = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = 64});
    kro_buffer *buffer = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = 64});
    kro_buffer *copy = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = 64});
    raw_fill fill;
    uint32_t expected[16], actual[16] = {0}, untouched[16] = {0};
    CHECK_OK(kro_fill(stream, first, 0, 64, 0x11111111));
    CHECK_OK(kro_fill(stream, buffer, 0, 64, 0x22222222));
    CHECK_OK(kro_submit(stream, NULL));
    if (record_fill(t, handles, &vk, buffer, 32, 0x33333333, &fill)) {
        submit_fill(t, ctx, &vk, &fill);
        CHECK_OK(kro_copy(stream, copy, 0, buffer, 0, 64));
        CHECK_OK(kro_finish(stream));
        CHECK(vk.vkWaitForFences(handles->device, 1, &fill.fence, VK_TRUE, UINT64_MAX) ==
              VK_SUCCESS);
        for (int i = 0; i < 16; i++)
            expected[i] = i >= 8 && i < 12 ? 0x33333333 : 0x22222222;
        CHECK_OK(kro_buffer_read(copy, 0, actual, sizeof actual));
        CHECK_U32S(actual, expected, 16);
        CHECK_OK(kro_buffer_read(buffer, 0, actual, sizeof actual));
        CHECK_U32S(actual, expected, 16);
        CHECK_OK(kro_buffer_read(first, 0, untouched, sizeof untouched));
        CHECK(untouched[0] == 0x11111111 && untouched[15] == 0x11111111);
    }
    vk.vkDestroyFence(handles->device, fill.fence, NULL);
    vk.vkDestroyCommandPool(handles->device, fill.pool, NULL);
}

typedef struct submitter {
    kt_test *t;
    kro_stream *stream;
    atomic_bool submitted;
} submitter;

static void *submit_in_thread(void *user)
{
    submitter *s = user;
    kt_test *t = s->t;
    CHECK_OK(kro_submit(s->stream, NULL));
    atomic_store(&s->submitted, true);
    return NULL;
}

TEST(queue_lock_keeps_others_from_submitting)
{
    kro_context *ctx = kt_context(t);
    submitter s = {.t = t, .stream = kt_stream(t)};
    kro_buffer *buffer = kt_buffer(t, 64, NULL);
    pthread_t thread;
    CHECK_OK(kro_fill(s.stream, buffer, 0, 64, 1));
    if (!CHECK_OK(kro_vk_queue_lock(ctx, 0)))
        return;
    if (CHECK(pthread_create(&thread, NULL, submit_in_thread, &s) == 0)) {
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
        CHECK(!atomic_load(&s.submitted));
        kro_vk_queue_unlock(ctx, 0);
        pthread_join(thread, NULL);
        CHECK(atomic_load(&s.submitted));
    } else {
        kro_vk_queue_unlock(ctx, 0);
    }
    CHECK_OK(kro_finish(s.stream));
}

TEST(queues_have_handles_and_locks_of_their_own)
{
    kro_context *ctx =
        kt_context_with(t, &(kro_context_config){.driver = kt_null_driver(t), .queues = 4});
    if (!ctx || !CHECK_EQ_U64(kro_context_info(ctx)->queue_count, 4))
        return;
    for (uint32_t i = 0; i < 4; i++) {
        CHECK_OK(kro_vk_queue_lock(ctx, i)); // all at once
        for (uint32_t k = 0; k < i; k++)
            CHECK(kro_vk_queue(ctx, i) != kro_vk_queue(ctx, k));
    }
    for (uint32_t i = 0; i < 4; i++)
        kro_vk_queue_unlock(ctx, i);
    CHECK(kro_vk_queue(ctx, 4) == VK_NULL_HANDLE);
}

// A driver that leaves one function of its devices out.
static struct {
    PFN_vkGetInstanceProcAddr get_instance_proc_addr;
    PFN_vkGetDeviceProcAddr get_device_proc_addr;
    const char *left_out;
} incomplete;

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL find_in_device(VkDevice device, const char *name)
{
    return strcmp(name, incomplete.left_out) == 0 ? NULL
                                                  : incomplete.get_device_proc_addr(device, name);
}

static kro_void_function find_in_instance(void *instance, const char *name)
{
    PFN_vkVoidFunction found = incomplete.get_instance_proc_addr(instance, name);
    if (!found || strcmp(name, "vkGetDeviceProcAddr") != 0)
        return found;
    incomplete.get_device_proc_addr = (PFN_vkGetDeviceProcAddr)found;
    return (kro_void_function)find_in_device;
}

TEST(drivers_without_a_function_are_refused)
{
    static const char *const functions[] = {
        "vkQueueSubmit",
        "vkWaitSemaphores",
        "vkGetSemaphoreCounterValue",
        "vkGetBufferDeviceAddress",
    };
    kro_context *null = kt_context_with(t, &(kro_context_config){.driver = kt_null_driver(t)});
    kro_context *ctx;
    if (!null)
        return;
    incomplete.get_instance_proc_addr = kro_vk_context(null)->get_instance_proc_addr;
    const kro_context_config config = {.get_instance_proc_addr = find_in_instance};
    incomplete.left_out = "";
    kt_set_environment(t, "KRONOS_DRIVER", NULL);
    if (!CHECK_OK(kro_context_create(&config, &ctx)))
        return;
    kro_context_destroy(ctx);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        incomplete.left_out = functions[i];
        CHECK_REFUSED(kro_context_create(&config, &ctx), KRO_ERROR_DRIVER, functions[i]);
        CHECK(ctx == NULL);
    }
}
