// A whole program, in which each call of the driver fails once, in turn: the caller is told, or the
// program did without it and its numbers are right, and nothing is left behind.
#include <stdio.h>
#include <string.h>

#include "proxied.h"
#include "shaders.h"
#include "test.h"

enum { COUNT = 1024 };

static void ignore_log(void *user, kro_log_level level, const char *message)
{
    (void)user;
    (void)level;
    (void)message;
}

// The same sum as a graph, launched as it was captured and after an update to the same.
static kro_status run_graph(kro_stream *stream, kro_pipeline *pipeline,
                            kro_buffer *const buffers[3], kro_graph **out)
{
    const kro_dispatch_args args = {.buffers = {buffers[0], buffers[1], buffers[2]},
                                    .threads = {COUNT}};
    kro_status status = kro_graph_begin(stream, NULL);
    if (status < 0)
        return status;
    (void)kro_dispatch(stream, pipeline, &args);
    status = kro_graph_end(stream, out);
    for (int round = 0; round < 2 && status >= 0; round++) {
        status = kro_graph_launch(*out, stream, NULL);
        if (status >= 0)
            status = kro_graph_update(*out, 0, &args);
    }
    return status;
}

// Memory of the program's own, read into and given back. Not every device can; those that cannot go
// without.
static kro_status run_in_place(kt_test *t, kro_stream *stream, kro_context *ctx, kro_buffer *buffer,
                               float *first)
{
    const uint64_t alignment = kro_context_info(ctx)->limits.host_alignment;
    if (alignment == 0)
        return KRO_OK;
    uint8_t *bytes = kt_alloc(t, 2 * alignment);
    bytes += (alignment - (uintptr_t)bytes % alignment) % alignment;
    kro_buffer *mine;
    kro_status status =
        kro_host_register(ctx, &(kro_host_config){.memory = bytes, .size_bytes = alignment}, &mine);
    if (status < 0)
        return status == KRO_ERROR_UNSUPPORTED ? KRO_OK : status;
    status = kro_read(stream, buffer, 0, bytes, sizeof *first);
    kro_status finished = kro_finish(stream);
    if (status >= 0)
        status = finished;
    if (status >= 0)
        memcpy(first, bytes, sizeof *first);
    kro_status unregistered = kro_host_unregister(mine);
    return status < 0 ? status : unregistered;
}

// The program that every failing call is tried on; where no call failed its numbers are right.
// Returns the first status that is no success.
static kro_status run_program(kt_test *t, const char *driver, const char *device)
{
    const kronos_shader *add = kronos_shader_find("vector_add");
    float data[COUNT], doubled[COUNT], out[COUNT] = {0};
    for (int i = 0; i < COUNT; i++) {
        data[i] = (float)i + 0.5f;
        doubled[i] = 2 * data[i];
    }
    kro_context *ctx = NULL;
    kro_buffer *buffers[3] = {NULL};
    kro_pipeline *pipeline = NULL;
    kro_stream *stream = NULL;
    kro_graph *graph = NULL;
    kro_fence fence;
    void *mapped = NULL;
    kro_status status = kro_context_create(
        &(kro_context_config){.driver = driver, .device = device, .log = ignore_log}, &ctx);
    for (int i = 0; i < 3 && status >= 0; i++)
        status = kro_buffer_create(ctx,
                                   &(kro_buffer_config){.size_bytes = sizeof data,
                                                        .memory = (kro_memory)i,
                                                        .data = data,
                                                        .label = "some buffer"},
                                   &buffers[i]);
    if (status >= 0)
        status = kro_pipeline_create(
            ctx, &(kro_pipeline_config){.spirv = add->words, .spirv_bytes = add->size_bytes},
            &pipeline);
    if (status >= 0)
        status = kro_stream_create(ctx, &(kro_stream_config){.label = "some stream"}, &stream);
    for (int round = 0; round < 2 && status >= 0; round++) {
        status = kro_dispatch(stream, pipeline,
                              &(kro_dispatch_args){.buffers = {buffers[0], buffers[1], buffers[2]},
                                                   .threads = {COUNT}});
        if (status >= 0)
            status = kro_write(stream, buffers[0], 0, data, sizeof data);
        if (status >= 0)
            status = kro_read(stream, buffers[2], 0, out, sizeof out);
        if (status >= 0)
            status = kro_submit(stream, &fence);
        if (status >= 0)
            status = kro_wait(ctx, fence, UINT64_MAX);
    }
    if (status >= 0)
        status = run_graph(stream, pipeline, buffers, &graph);
    if (status >= 0)
        status = kro_buffer_map(buffers[1], &mapped);
    if (status >= 0)
        status = kro_buffer_unmap(buffers[1]);
    if (status >= 0)
        status = kro_buffer_read(buffers[2], 0, out, sizeof out);
    if (status >= 0)
        status = run_in_place(t, stream, ctx, buffers[2], out);
    if (status >= 0)
        CHECK_FLOATS(out, doubled, COUNT);
    kro_graph_destroy(graph);
    kro_stream_destroy(stream);
    kro_pipeline_destroy(pipeline);
    for (int i = 0; i < 3; i++)
        kro_buffer_destroy(buffers[i]);
    kro_context_destroy(ctx);
    return status;
}

// What may fail, and how. The last are successes that these calls do not have: a driver that gives
// one has done nothing that can be relied on.
static const struct {
    const char *function, *result;
    kro_status status;
} failures[] = {
    {"vkCreateInstance", "VK_ERROR_OUT_OF_HOST_MEMORY", KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkEnumeratePhysicalDevices", "VK_ERROR_INITIALIZATION_FAILED", KRO_ERROR_DRIVER},
    {"vkEnumerateInstanceExtensionProperties", "VK_ERROR_OUT_OF_HOST_MEMORY",
     KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkEnumerateDeviceExtensionProperties", "VK_ERROR_OUT_OF_HOST_MEMORY",
     KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkCreateDevice", "VK_ERROR_OUT_OF_DEVICE_MEMORY", KRO_ERROR_OUT_OF_DEVICE_MEMORY},
    {"vkCreateDevice", "VK_ERROR_DEVICE_LOST", KRO_ERROR_DEVICE_LOST},
    {"vkCreateBuffer", "VK_ERROR_OUT_OF_DEVICE_MEMORY", KRO_ERROR_OUT_OF_DEVICE_MEMORY},
    {"vkAllocateMemory", "VK_ERROR_OUT_OF_HOST_MEMORY", KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkGetMemoryHostPointerPropertiesEXT", "VK_ERROR_OUT_OF_HOST_MEMORY",
     KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkAllocateMemory", "VK_ERROR_INVALID_EXTERNAL_HANDLE", KRO_ERROR_DRIVER},
    {"vkMapMemory", "VK_ERROR_MEMORY_MAP_FAILED", KRO_ERROR_OUT_OF_DEVICE_MEMORY},
    {"vkBindBufferMemory", "VK_ERROR_OUT_OF_DEVICE_MEMORY", KRO_ERROR_OUT_OF_DEVICE_MEMORY},
    {"vkBindBufferMemory2", "VK_ERROR_OUT_OF_DEVICE_MEMORY", KRO_ERROR_OUT_OF_DEVICE_MEMORY},
    {"vkCreateShaderModule", "VK_ERROR_OUT_OF_HOST_MEMORY", KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkCreateDescriptorSetLayout", "VK_ERROR_OUT_OF_HOST_MEMORY", KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkCreatePipelineLayout", "VK_ERROR_OUT_OF_HOST_MEMORY", KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkCreateComputePipelines", "VK_ERROR_OUT_OF_DEVICE_MEMORY", KRO_ERROR_OUT_OF_DEVICE_MEMORY},
    {"vkCreateDescriptorPool", "VK_ERROR_OUT_OF_HOST_MEMORY", KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkAllocateDescriptorSets", "VK_ERROR_OUT_OF_POOL_MEMORY", KRO_ERROR_OUT_OF_DEVICE_MEMORY},
    {"vkCreateCommandPool", "VK_ERROR_OUT_OF_HOST_MEMORY", KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkAllocateCommandBuffers", "VK_ERROR_OUT_OF_HOST_MEMORY", KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkBeginCommandBuffer", "VK_ERROR_OUT_OF_HOST_MEMORY", KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkEndCommandBuffer", "VK_ERROR_OUT_OF_DEVICE_MEMORY", KRO_ERROR_OUT_OF_DEVICE_MEMORY},
    {"vkResetCommandPool", "VK_ERROR_OUT_OF_DEVICE_MEMORY", KRO_ERROR_OUT_OF_DEVICE_MEMORY},
    {"vkCreateSemaphore", "VK_ERROR_OUT_OF_HOST_MEMORY", KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkCreateFence", "VK_ERROR_OUT_OF_HOST_MEMORY", KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkQueueSubmit", "VK_ERROR_OUT_OF_DEVICE_MEMORY", KRO_ERROR_OUT_OF_DEVICE_MEMORY},
    {"vkQueueSubmit", "VK_ERROR_DEVICE_LOST", KRO_ERROR_DEVICE_LOST},
    {"vkWaitSemaphores", "VK_ERROR_OUT_OF_HOST_MEMORY", KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkWaitSemaphores", "VK_ERROR_DEVICE_LOST", KRO_ERROR_DEVICE_LOST},
    {"vkGetSemaphoreCounterValue", "VK_ERROR_DEVICE_LOST", KRO_ERROR_DEVICE_LOST},
    {"vkWaitForFences", "VK_ERROR_OUT_OF_HOST_MEMORY", KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkGetFenceStatus", "VK_ERROR_DEVICE_LOST", KRO_ERROR_DEVICE_LOST},
    {"vkResetFences", "VK_ERROR_OUT_OF_DEVICE_MEMORY", KRO_ERROR_OUT_OF_DEVICE_MEMORY},
    {"vkDeviceWaitIdle", "VK_ERROR_DEVICE_LOST", KRO_ERROR_DEVICE_LOST},
    {"vkFlushMappedMemoryRanges", "VK_ERROR_OUT_OF_HOST_MEMORY", KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkInvalidateMappedMemoryRanges", "VK_ERROR_OUT_OF_HOST_MEMORY", KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"vkEnumeratePhysicalDevices", "VK_NOT_READY", KRO_ERROR_DRIVER},
    {"vkCreateBuffer", "VK_INCOMPLETE", KRO_ERROR_DRIVER},
    {"vkAllocateMemory", "VK_INCOMPLETE", KRO_ERROR_DRIVER},
    {"vkCreateComputePipelines", "VK_PIPELINE_COMPILE_REQUIRED", KRO_ERROR_DRIVER},
    {"vkCreateCommandPool", "VK_TIMEOUT", KRO_ERROR_DRIVER},
    {"vkQueueSubmit", "VK_NOT_READY", KRO_ERROR_DRIVER},
};

// Every call in turn: the status is the call's or the program did without it, and nothing is left.
// `variant` is what the device is like.
static void fail_every_call(kt_test *t, const char *variant)
{
    // Opened once to find the device behind the proxy.
    kro_context *ctx = proxied_context(t, "", NULL);
    const kronos_proxy_api *proxy = proxied_api(t);
    if (!ctx || !proxy)
        return;
    char device[64], spec[256];
    snprintf(device, sizeof device, "uuid:%s", kro_context_info(ctx)->uuid);
    const char *driver = kt_proxy_driver(t);
    kt_release(t, ctx);
    const uint64_t objects = proxy->objects(NULL);
    uint32_t failed = 0, survived = 0;
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        for (uint32_t nth = 1; nth < 100; nth++) {
            snprintf(spec, sizeof spec, "%sfail=%s:%u:%s:unlisted", variant, failures[i].function,
                     nth, failures[i].result);
            proxied_configure(t, spec);
            kro_status status = run_program(t, driver, device);
            if (!proxy->fail_reached()) {
                CHECK_OK(status);
                break;
            }
            failed += status < 0;
            survived += status >= 0;
            if (status < 0 && status != failures[i].status)
                FAILF(t, "call %u of %s returned %s: %s: %s", nth, failures[i].function,
                      failures[i].result, kro_status_name(status), kro_error_detail());
            if (!CHECK_EQ_U64(proxy->objects(NULL), objects)) {
                char text[1024];
                (void)proxy->objects_text(text, sizeof text);
                LOGF(t, "after call %u of %s:\n%s", nth, failures[i].function, text);
                return;
            }
        }
    }
    LOGF(t, "%u failed, %u survived", failed, survived);
    CHECK(failed > 20);
    CHECK_EQ_U64(proxy->violations(), 0);
}

TEST(every_failing_call_of_a_program_is_survived)
{
    fail_every_call(t, "");
}

TEST(every_failing_call_of_a_program_is_survived_on_old_devices)
{
    fail_every_call(t, "api=1.1;hide=timeline;noncoherent;");
}
