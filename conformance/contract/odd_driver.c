// Answers of a driver that none of CI gives: a driver made up here, in front of the null driver.
#include "contract.h"

#include <string.h>

#include <kronos/vulkan.h>

static struct {
    PFN_vkGetInstanceProcAddr null; // the driver behind
    PFN_vkGetDeviceProcAddr null_device;
    PFN_vkGetPhysicalDeviceProperties get_properties;
    PFN_vkGetSemaphoreCounterValue get_counter;
    PFN_vkGetBufferMemoryRequirements2 get_requirements;
    bool jumps;               // timelines are at their end
    bool takes_no_memory;     // buffers fit no memory type
    VkResult counter_result;  // of looking at a timeline
    VkResult cache_result;    // of getting what a pipeline cache holds; its size is known
    uint32_t cache_asked;     // how often
    uint32_t version_claimed; // by the physical device; 0: its own
} odd;

static VKAPI_ATTR VkResult VKAPI_CALL get_counter(VkDevice device, VkSemaphore semaphore,
                                                  uint64_t *value)
{
    VkResult result = odd.get_counter(device, semaphore, value);
    if (odd.jumps)
        *value = UINT64_MAX;
    return odd.counter_result != VK_SUCCESS ? odd.counter_result : result;
}

static VKAPI_ATTR void VKAPI_CALL get_requirements(VkDevice device,
                                                   const VkBufferMemoryRequirementsInfo2 *info,
                                                   VkMemoryRequirements2 *out)
{
    odd.get_requirements(device, info, out);
    if (odd.takes_no_memory)
        out->memoryRequirements.memoryTypeBits = 0;
}

static VKAPI_ATTR VkResult VKAPI_CALL get_cache(VkDevice device, VkPipelineCache cache,
                                                size_t *bytes, void *data)
{
    (void)device;
    (void)cache;
    *bytes = 100;
    odd.cache_asked += data != NULL;
    return data ? odd.cache_result : VK_SUCCESS;
}

static VKAPI_ATTR void VKAPI_CALL get_properties(VkPhysicalDevice device,
                                                 VkPhysicalDeviceProperties *out)
{
    odd.get_properties(device, out);
    if (odd.version_claimed)
        out->apiVersion = odd.version_claimed;
}

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL find_in_device(VkDevice device, const char *name)
{
    if (strcmp(name, "vkGetSemaphoreCounterValue") == 0) {
        odd.get_counter = (PFN_vkGetSemaphoreCounterValue)odd.null_device(device, name);
        return (PFN_vkVoidFunction)get_counter;
    }
    if (strcmp(name, "vkGetBufferMemoryRequirements2") == 0) {
        odd.get_requirements = (PFN_vkGetBufferMemoryRequirements2)odd.null_device(device, name);
        return (PFN_vkVoidFunction)get_requirements;
    }
    if (strcmp(name, "vkGetPipelineCacheData") == 0)
        return (PFN_vkVoidFunction)get_cache;
    return odd.null_device(device, name);
}

static kro_void_function find(void *instance, const char *name)
{
    PFN_vkVoidFunction found = odd.null(instance, name);
    if (strcmp(name, "vkGetPhysicalDeviceProperties") == 0) {
        odd.get_properties = (PFN_vkGetPhysicalDeviceProperties)found;
        return (kro_void_function)get_properties;
    }
    if (strcmp(name, "vkGetDeviceProcAddr") != 0)
        return (kro_void_function)found;
    odd.null_device = (PFN_vkGetDeviceProcAddr)found;
    return (kro_void_function)find_in_device;
}

// A context on the null driver itself, whose entry point the made up driver uses.
static kro_context *make_driver(kt_test *t)
{
    kro_context *ctx = kt_context_with(t, &(kro_context_config){.driver = kt_null_driver(t)});
    if (!ctx)
        return NULL;
    memset(&odd, 0, sizeof odd);
    odd.null = kro_vk_context(ctx)->get_instance_proc_addr;
    kt_set_environment(t, "KRONOS_DRIVER", NULL);
    return ctx;
}

// Some drivers release whoever waits so when the device is lost.
TEST(a_timeline_that_jumps_is_a_lost_device)
{
    kro_context *ctx;
    kro_buffer *buffer = NULL;
    kro_fence fence;
    const kro_context_config config = {.get_instance_proc_addr = find};
    if (!make_driver(t) || !CHECK_OK(kro_context_create(&config, &ctx)))
        return;
    CHECK_OK(kro_buffer_create(ctx, &(kro_buffer_config){.size_bytes = 64}, &buffer));
    CHECK_OK(kro_fill(kro_context_stream(ctx), buffer, 0, 64, 1));
    odd.jumps = true;
    CHECK_OK(kro_submit(kro_context_stream(ctx), &fence));
    CHECK_REFUSED(kro_wait(ctx, fence, UINT64_MAX), KRO_ERROR_DEVICE_LOST,
                  "which was never submitted");
    CHECK_STATUS(kro_buffer_create(ctx, &(kro_buffer_config){.size_bytes = 64}, &buffer),
                 KRO_ERROR_DEVICE_LOST);
    kro_context_destroy(ctx);
}

// Recording looks for what has finished, to use it again.
TEST(a_look_at_progress_that_fails_drops_the_batch)
{
    kro_context *ctx;
    kro_buffer *buffer = NULL;
    uint32_t word = 0;
    const kro_context_config config = {.get_instance_proc_addr = find};
    if (!make_driver(t) || !CHECK_OK(kro_context_create(&config, &ctx)))
        return;
    kro_stream *stream = kro_context_stream(ctx);
    CHECK_OK(kro_buffer_create(ctx, &(kro_buffer_config){.size_bytes = 64}, &buffer));
    CHECK_OK(kro_fill(stream, buffer, 0, 64, 1));
    CHECK_OK(kro_submit(stream, NULL));
    CHECK_OK(kro_fill(stream, buffer, 0, 64, 2));
    odd.counter_result = VK_ERROR_OUT_OF_HOST_MEMORY;
    CHECK_REFUSED(kro_submit(stream, NULL), KRO_ERROR_OUT_OF_HOST_MEMORY,
                  "vkGetSemaphoreCounterValue");
    odd.counter_result = VK_SUCCESS;
    CHECK_OK(kro_fill(stream, buffer, 0, 64, 3));
    CHECK_OK(kro_finish(stream));
    CHECK_OK(kro_buffer_read(buffer, 0, &word, sizeof word));
    kro_buffer_destroy(buffer);
    kro_context_destroy(ctx);
}

TEST(a_buffer_that_no_memory_takes_is_refused)
{
    static const struct {
        kro_memory memory;
        const char *sentence;
    } cases[] = {
        {KRO_MEMORY_DEVICE, "the device has no device memory"},
        {KRO_MEMORY_UPLOAD, "the device has no upload memory"},
        {KRO_MEMORY_READBACK, "the device has no readback memory"},
    };
    kro_context *ctx;
    const kro_context_config config = {.get_instance_proc_addr = find};
    if (!make_driver(t) || !CHECK_OK(kro_context_create(&config, &ctx)))
        return;
    odd.takes_no_memory = true;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        kro_buffer *buffer;
        const kro_buffer_config wanted = {
            .size_bytes = 64, .memory = cases[i].memory, .label = "homeless"};
        CHECK_REFUSED(kro_buffer_create(ctx, &wanted, &buffer), KRO_ERROR_OUT_OF_DEVICE_MEMORY,
                      "'homeless' of 64 bytes", cases[i].sentence);
        CHECK(buffer == NULL);
    }
    kro_context_destroy(ctx);
}

// What is lost is time at the next start, so nobody is held up.
TEST(a_cache_that_the_driver_does_not_give_is_logged)
{
    contract_log *log = contract_log_create(t);
    const char *folder = contract_folder(t);
    kro_context *ctx;
    const kro_context_config config = {.get_instance_proc_addr = find,
                                       .cache_dir = folder,
                                       .log = contract_log_line,
                                       .log_user = log};
    if (!folder || !make_driver(t) || !CHECK_OK(kro_context_create(&config, &ctx)))
        return;
    odd.cache_result = VK_ERROR_OUT_OF_HOST_MEMORY;
    kro_context_destroy(ctx);
    CHECK_EQ_U64(odd.cache_asked, 1);
    CHECK(contract_log_contains(log, KRO_LOG_WARNING, "vkGetPipelineCacheData of 100 bytes"));
}

TEST(an_imported_device_of_vulkan_1_0_is_refused)
{
    kro_context *null = make_driver(t), *ctx;
    if (!null)
        return;
    const kro_vk_handles *handles = kro_vk_context(null);
    const VkQueue queues[] = {kro_vk_queue(null, 0)};
    const kro_vk_import import = {
        .instance = handles->instance,
        .physical_device = handles->physical_device,
        .device = handles->device,
        .get_instance_proc_addr = (PFN_vkGetInstanceProcAddr)find,
        .api_version = VK_API_VERSION_1_3,
        .queues = queues,
        .queue_count = 1,
        .queue_family = handles->queue_family,
    };
    odd.version_claimed = VK_MAKE_API_VERSION(0, 1, 0, 77);
    CHECK_REFUSED(kro_context_import(&import, NULL, &ctx), KRO_ERROR_INVALID_ARGUMENT,
                  "older than Vulkan 1.1");
    CHECK(ctx == NULL);
    odd.version_claimed = 0;
    if (CHECK_OK(kro_context_import(&import, NULL, &ctx)))
        kro_context_destroy(ctx);
}
