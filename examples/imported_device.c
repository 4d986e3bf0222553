// An application with a Vulkan device of its own lets Kronos compute on it: raw work waits for
// Kronos, and Kronos for raw work, without the host in between.
#include <vulkan/vulkan.h>

#include <kronos/kronos.h>
#include <kronos/vulkan.h>

#include <stdio.h>
#include <stdlib.h>

static const uint32_t affine_words_spirv[] =
#include "affine_words.spv.inc"
    ;

enum { COUNT = 4, HALF_BYTES = COUNT / 2 * 4 };

// What the application has anyway.
typedef struct application {
    VkInstance instance;
    VkPhysicalDevice gpu;
    VkDevice device;
    VkQueue queue;
    uint32_t family;
    VkSemaphore timeline; // its own, for what it submits
    VkCommandPool pool;
    VkCommandBuffer commands;
} application;

static void check(VkResult result, const char *what)
{
    if (result < 0) {
        fprintf(stderr, "%s returned %d\n", what, result);
        exit(1);
    }
}
#define CALL(function, ...) check(function(__VA_ARGS__), #function)

// The features that the device is made with; Kronos is told the same.
static const VkPhysicalDeviceTimelineSemaphoreFeatures timelines = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES,
    .timelineSemaphore = VK_TRUE,
};
static const VkPhysicalDeviceFeatures2 features = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
    .pNext = (void *)&timelines,
};

static void open_device(application *app)
{
    const VkApplicationInfo info = {.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
                                    .apiVersion = VK_API_VERSION_1_2};
    const VkInstanceCreateInfo instance = {.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
                                           .pApplicationInfo = &info};
    CALL(vkCreateInstance, &instance, NULL, &app->instance);

    uint32_t count = 1; // the first device will do
    CALL(vkEnumeratePhysicalDevices, app->instance, &count, &app->gpu);
    check(count ? VK_SUCCESS : VK_ERROR_INITIALIZATION_FAILED, "vkEnumeratePhysicalDevices");

    VkQueueFamilyProperties families[16];
    uint32_t family_count = 16;
    vkGetPhysicalDeviceQueueFamilyProperties(app->gpu, &family_count, families);
    while (app->family < family_count && !(families[app->family].queueFlags & VK_QUEUE_COMPUTE_BIT))
        app->family++;

    const float priority = 1;
    const VkDeviceQueueCreateInfo queue = {.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                           .queueFamilyIndex = app->family,
                                           .queueCount = 1,
                                           .pQueuePriorities = &priority};
    const VkDeviceCreateInfo device = {.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                                       .pNext = &features,
                                       .queueCreateInfoCount = 1,
                                       .pQueueCreateInfos = &queue};
    CALL(vkCreateDevice, app->gpu, &device, NULL, &app->device);
    vkGetDeviceQueue(app->device, app->family, 0, &app->queue);
}

static void create_objects(application *app)
{
    const VkSemaphoreTypeCreateInfo type = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
                                            .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE};
    const VkSemaphoreCreateInfo semaphore = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
                                             .pNext = &type};
    CALL(vkCreateSemaphore, app->device, &semaphore, NULL, &app->timeline);
    const VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                          .queueFamilyIndex = app->family};
    CALL(vkCreateCommandPool, app->device, &pool, NULL, &app->pool);
    const VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = app->pool,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1};
    CALL(vkAllocateCommandBuffers, app->device, &commands, &app->commands);
}

static void close_device(const application *app)
{
    vkDestroyCommandPool(app->device, app->pool, NULL);
    vkDestroySemaphore(app->device, app->timeline, NULL);
    vkDestroyDevice(app->device, NULL);
    vkDestroyInstance(app->instance, NULL);
}

// One thread submits here. Where several do, lock_queue and unlock_queue take the application's own
// lock around what Kronos submits.
static kro_status import_device(const application *app, kro_context **out)
{
    const kro_vk_import import = {
        .instance = app->instance,
        .physical_device = app->gpu,
        .device = app->device,
        .get_instance_proc_addr = vkGetInstanceProcAddr,
        .api_version = VK_API_VERSION_1_2,
        .queue_family = app->family,
        .queues = &app->queue,
        .queue_count = 1,
        .features = &features,
    };
    return kro_context_import(&import, NULL, out);
}

// Fills the buffer's second half when `semaphore` has reached `value`; then the application's
// timeline reaches 1. The semaphores order it, so it needs no barrier.
static void fill_second_half(const application *app, const kro_buffer *buffer,
                             VkSemaphore semaphore, uint64_t value)
{
    const VkCommandBufferBeginInfo begin = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
        .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT,
    };
    uint64_t offset_bytes;
    const VkBuffer handle = kro_vk_buffer(buffer, &offset_bytes);
    CALL(vkBeginCommandBuffer, app->commands, &begin);
    vkCmdFillBuffer(app->commands, handle, offset_bytes + HALF_BYTES, HALF_BYTES, 2);
    CALL(vkEndCommandBuffer, app->commands);

    const uint64_t reached = 1;
    const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_TRANSFER_BIT;
    const VkTimelineSemaphoreSubmitInfo values = {
        .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
        .waitSemaphoreValueCount = 1,
        .pWaitSemaphoreValues = &value,
        .signalSemaphoreValueCount = 1,
        .pSignalSemaphoreValues = &reached,
    };
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                                 .pNext = &values,
                                 .waitSemaphoreCount = 1,
                                 .pWaitSemaphores = &semaphore,
                                 .pWaitDstStageMask = &stage,
                                 .commandBufferCount = 1,
                                 .pCommandBuffers = &app->commands,
                                 .signalSemaphoreCount = 1,
                                 .pSignalSemaphores = &app->timeline};
    CALL(vkQueueSubmit, app->queue, 1, &submit, VK_NULL_HANDLE);
}

// Kronos fills the buffer, the application its second half, Kronos computes with both.
static kro_status compute(const application *app, kro_stream *stream, kro_context *ctx,
                          kro_pipeline *affine, kro_buffer *buffer, uint32_t words[COUNT])
{
    const uint32_t push[] = {COUNT, 10, 1}; // words[i] = words[i] * 10 + 1
    kro_fence filled;
    VkSemaphore semaphore;
    uint64_t value;
    kro_status status = kro_fill(stream, buffer, 0, COUNT * 4, 1);
    if (status >= 0)
        status = kro_submit(stream, &filled);
    if (status >= 0)
        status = kro_vk_fence(ctx, filled, &semaphore, &value);
    if (status < 0)
        return status;
    fill_second_half(app, buffer, semaphore, value);
    status = kro_vk_stream_wait(stream, app->timeline, 1);
    if (status >= 0)
        status = kro_dispatch(
            stream, affine,
            &(kro_dispatch_args){
                .buffers = {buffer}, .push = push, .push_bytes = sizeof push, .threads = {COUNT}});
    if (status >= 0)
        status = kro_read(stream, buffer, 0, words, COUNT * 4);
    return status < 0 ? status : kro_finish(stream);
}

int main(void)
{
    application app = {0};
    uint32_t words[COUNT] = {0};
    kro_context *ctx = NULL;
    kro_pipeline *affine = NULL;
    kro_buffer *buffer = NULL;
    open_device(&app);
    create_objects(&app);
    kro_status status = import_device(&app, &ctx);
    if (status >= 0)
        status =
            kro_pipeline_create(ctx,
                                &(kro_pipeline_config){.spirv = affine_words_spirv,
                                                       .spirv_bytes = sizeof affine_words_spirv},
                                &affine);
    if (status >= 0)
        status = kro_buffer_create(ctx, &(kro_buffer_config){.size_bytes = COUNT * 4}, &buffer);
    if (status >= 0)
        status = compute(&app, kro_context_stream(ctx), ctx, affine, buffer, words);
    if (status < 0)
        fprintf(stderr, "%s: %s\n", kro_status_name(status), kro_error_detail());
    CALL(vkDeviceWaitIdle, app.device); // the application's own work may still use the buffer
    kro_buffer_destroy(buffer);
    kro_pipeline_destroy(affine);
    kro_context_destroy(ctx);
    close_device(&app); // still the application's

    if (status < 0)
        return 1;
    printf("%u %u %u %u\n", words[0], words[1], words[2], words[3]);
    return 0;
}
