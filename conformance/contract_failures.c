// Calls that the driver refuses: the status is right, nothing leaks, and what was there still
// works.
#include "contract.h"

#include <stdio.h>
#include <string.h>

#include "proxied.h"
#include "shaders.h"

static void arm(kt_test *t, const kronos_proxy_api *proxy, const char *spec)
{
    char message[256] = "";
    if (!proxy->configure(spec, message, sizeof message))
        FAILF(t, "the proxy refuses '%s': %s", spec, message);
}

static const char no_memory_to_submit[] = "fail=vkQueueSubmit:1:VK_ERROR_OUT_OF_HOST_MEMORY;"
                                          "fail=vkQueueSubmit2:1:VK_ERROR_OUT_OF_HOST_MEMORY;"
                                          "fail=vkQueueSubmit2KHR:1:VK_ERROR_OUT_OF_HOST_MEMORY";

// A submit that fails drops its batch and uses no fence value.
TEST(failed_submit_drops_its_batch)
{
    contract_bench bench = contract_bench_create(t, proxied_context(t, "", NULL));
    const kronos_proxy_api *proxy = proxied_api(t);
    if (!bench.ctx)
        return;
    kro_fence before, failed = {7, 7}, after;
    float dst[4] = {1, 2, 3, 4};
    CHECK_OK(kro_fill(bench.stream, bench.left, 0, 4, 0));
    CHECK_OK(kro_submit(bench.stream, &before));
    CHECK_OK(kro_fill(bench.stream, bench.sum, 0, CONTRACT_BYTES, 0));
    CHECK_OK(kro_read(bench.stream, bench.sum, 0, dst, sizeof dst));
    arm(t, proxy, no_memory_to_submit);
    CHECK_REFUSED(kro_submit(bench.stream, &failed), KRO_ERROR_OUT_OF_HOST_MEMORY, "vkQueueSubmit");
    CHECK(proxy->fail_reached());
    CHECK_EQ_U64(failed.queue, 0);
    CHECK_EQ_U64(failed.value, 0);
    CHECK_OK(kro_submit(bench.stream, &after)); // empty: the last fence there was
    CHECK_EQ_U64(after.value, before.value);
    CHECK_EQ_U64(kro_stream_get_info(bench.stream)->submits, 1);
    CHECK_OK(kro_fill(bench.stream, bench.left, 0, 4, 0));
    CHECK_OK(kro_submit(bench.stream, &after));
    CHECK_EQ_U64(after.value, before.value + 1);
    CHECK_OK(kro_wait(bench.ctx, after, UINT64_MAX));
    CHECK(dst[0] == 1 && dst[3] == 4);
    contract_check_untouched(t, &bench); // left[0] was 0 before
    contract_check_usable(t, &bench);
}

// The barrier of a batch that failed never ran: what was in flight before it still is.
TEST(failed_submit_orders_nothing)
{
    kro_context *ctx = proxied_context(t, "", NULL);
    const kronos_proxy_api *proxy = proxied_api(t);
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    kro_buffer *buffer = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = 4096});
    const kro_stream_info *info = kro_stream_get_info(stream);
    if (!info || !buffer)
        return;
    CHECK_OK(kro_fill(stream, buffer, 0, 4096, 1));
    CHECK_OK(kro_submit(stream, NULL));
    CHECK_OK(kro_fill(stream, buffer, 0, 64, 2)); // behind a barrier, if it ran
    arm(t, proxy, no_memory_to_submit);
    CHECK_STATUS(kro_submit(stream, NULL), KRO_ERROR_OUT_OF_HOST_MEMORY);
    CHECK_EQ_U64(info->entry_barriers, 0);
    CHECK_OK(kro_fill(stream, buffer, 2048, 64, 3)); // of the first batch alone
    CHECK_OK(kro_finish(stream));
    CHECK_EQ_U64(info->entry_barriers, 1);
}

// Where a recording call had to submit, the error is kept like any other.
TEST(failed_submit_inside_another_call_is_kept)
{
    for (int how = 0; how < 2; how++) {
        kro_context *ctx = proxied_context(t, "split_queues=2",
                                           &(kro_context_config){.batch_nodes = 2, .queues = 2});
        contract_bench bench = contract_bench_create(t, ctx);
        const kronos_proxy_api *proxy = proxied_api(t);
        kro_stream *other = kt_stream_in(t, bench.ctx, &(kro_stream_config){.queue = 1});
        if (!bench.ctx || !other)
            return;
        kro_fence fence = {0};
        CHECK_OK(kro_fill(other, bench.right, 0, 4, 0x3f000000)); // what is there: 0.5
        CHECK_OK(kro_submit(other, &fence));
        CHECK_OK(kro_fill(bench.stream, bench.sum, 0, 4, 0));
        arm(t, proxy, no_memory_to_submit);
        kro_status status = how == 0 ? kro_fill(bench.stream, bench.sum, 0, 8, 0)
                                     : kro_stream_wait(bench.stream, fence);
        CHECK_REFUSED(status, KRO_ERROR_OUT_OF_HOST_MEMORY, "vkQueueSubmit");
        CHECK_REFUSED(kro_fill(bench.stream, bench.sum, 0, 8, 0), KRO_ERROR_OUT_OF_HOST_MEMORY,
                      "vkQueueSubmit");
        CHECK_REFUSED(kro_submit(bench.stream, NULL), KRO_ERROR_OUT_OF_HOST_MEMORY,
                      "vkQueueSubmit");
        contract_check_untouched(t, &bench);
        contract_check_usable(t, &bench);
    }
}

TEST(device_memory_runs_out_with_a_sentence)
{
    enum { BUFFERS = 40, SIZE = 4 << 20 };
    kro_context *ctx = proxied_context(t, "limit=heap_bytes:67108864",
                                       &(kro_context_config){.slab_bytes = UINT64_C(1) << 20});
    const kronos_proxy_api *proxy = proxied_api(t);
    contract_bench bench = contract_bench_create(t, ctx);
    if (!bench.ctx)
        return;
    const kro_buffer_config config = {.size_bytes = SIZE, .label = "one of many"};
    kro_buffer *buffers[BUFFERS + 1] = {NULL};
    kro_status status = KRO_OK;
    int count = 0;
    while (count < BUFFERS && (status = kro_buffer_create(ctx, &config, &buffers[count])) == KRO_OK)
        count++;
    CHECK(count >= 8 && count <= 32); // one or two heaps of 64 MiB
    CHECK_REFUSED(status, KRO_ERROR_OUT_OF_DEVICE_MEMORY, "'one of many'", "4194304");
    CHECK(buffers[count] == NULL);
    const uint64_t full = proxy->memory_bytes(), objects = proxy->objects(NULL);
    CHECK_STATUS(kro_buffer_create(ctx, &config, &buffers[count]), KRO_ERROR_OUT_OF_DEVICE_MEMORY);
    CHECK_EQ_U64(proxy->memory_bytes(), full);
    CHECK_EQ_U64(proxy->objects(NULL), objects);
    contract_check_usable(t, &bench);
    // One goes, one fits.
    kro_buffer_destroy(buffers[0]);
    CHECK_OK(kro_buffer_create(ctx, &config, &buffers[0]));
    for (int i = 0; i < count; i++)
        kro_buffer_destroy(buffers[i]);
}

// Drivers allow few allocations; small buffers share them.
TEST(small_buffers_need_few_allocations)
{
    enum { BUFFERS = 1000 };
    kro_context *ctx = proxied_context(t, "limit=maxMemoryAllocationCount:12", NULL);
    const kronos_proxy_api *proxy = proxied_api(t);
    contract_bench bench = contract_bench_create(t, ctx);
    if (!bench.ctx)
        return;
    kro_buffer *buffers[BUFFERS] = {NULL};
    for (int i = 0; i < BUFFERS; i++)
        if (!CHECK_OK(kro_buffer_create(
                ctx, &(kro_buffer_config){.size_bytes = 1000, .memory = (kro_memory)(i % 3)},
                &buffers[i])))
            break;
    CHECK(proxy->objects("VkDeviceMemory") <= 12);
    contract_check_usable(t, &bench);
    for (int i = 0; i < BUFFERS; i++)
        kro_buffer_destroy(buffers[i]);
    // And when large ones have used them up, the sentence says so.
    kro_buffer *large[13];
    kro_status status = KRO_OK;
    int count = 0;
    while (count < 13 &&
           (status = kro_buffer_create(
                ctx, &(kro_buffer_config){.size_bytes = UINT64_C(80) << 20, .label = "large"},
                &large[count])) == KRO_OK)
        count++;
    CHECK_REFUSED(status, KRO_ERROR_OUT_OF_DEVICE_MEMORY, "'large'", "83886080");
    for (int i = 0; i < count; i++)
        kro_buffer_destroy(large[i]);
}

TEST(buffer_limit_follows_the_allocation_limit)
{
    kro_context *ctx = proxied_context(t, "limit=maxMemoryAllocationSize:1048576", NULL);
    contract_bench bench = contract_bench_create(t, ctx);
    if (!bench.ctx)
        return;
    const uint64_t limit = kro_context_info(ctx)->limits.max_buffer_bytes;
    CHECK(limit <= 1048576);
    kro_buffer *buffer;
    CHECK_REFUSED(kro_buffer_create(ctx, &(kro_buffer_config){.size_bytes = limit + 1}, &buffer),
                  KRO_ERROR_INVALID_ARGUMENT, "max_buffer_bytes");
    if (!CHECK_OK(kro_buffer_create(ctx, &(kro_buffer_config){.size_bytes = limit}, &buffer)))
        return;
    uint32_t word = 0;
    CHECK_OK(kro_fill(bench.stream, buffer, limit - 4, 4, 0x600df00d));
    CHECK_OK(kro_finish(bench.stream));
    CHECK_OK(kro_buffer_read(buffer, limit - 4, &word, 4));
    CHECK_EQ_U64(word, 0x600df00d);
    kro_buffer_destroy(buffer);
    contract_check_usable(t, &bench);
}

// weighted_sum declares five storage buffers and a uniform one; each kind has a limit, and so have
// all together, and descriptor sets.
TEST(binding_limits_are_kept)
{
    static const struct {
        const char *spec;
        bool fits;
        const char *count, *limit, *name;
    } cases[] = {
        {"limit=maxPerStageDescriptorStorageBuffers:5", true, "", "", ""},
        {"limit=maxPerStageDescriptorStorageBuffers:4", false, "5", "4", "limits.max_bindings"},
        {"limit=maxDescriptorSetStorageBuffers:4", false, "5", "4", "limits.max_bindings"},
        {"limit=maxPerStageDescriptorUniformBuffers:1", true, "", "", ""},
        {"limit=maxPerStageDescriptorUniformBuffers:0", false, "1", "0",
         "limits.max_uniform_bindings"},
        {"limit=maxPerStageResources:6", true, "", "", ""},
        {"limit=maxPerStageResources:5", false, "6", "5", "buffers"},
        {"limit=maxBoundDescriptorSets:2", true, "", "", ""},
        {"limit=maxBoundDescriptorSets:1", false, "set 1", "0", "sets"},
    };
    const kronos_shader *shader = kronos_shader_find("weighted_sum");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        kro_context *ctx = proxied_context(t, cases[i].spec, NULL);
        if (!ctx)
            return;
        const kro_pipeline_config config = {
            .spirv = shader->words, .spirv_bytes = shader->size_bytes, .label = "weighted_sum"};
        kro_pipeline *pipeline;
        kro_status status = kro_pipeline_create(ctx, &config, &pipeline);
        if (cases[i].fits)
            CHECK_OK(status);
        else
            CHECK_REFUSED(status, KRO_ERROR_UNSUPPORTED, "'weighted_sum'", cases[i].count,
                          cases[i].limit, cases[i].name, kro_context_info(ctx)->name);
        kro_pipeline_destroy(pipeline);
        kt_release(t, ctx);
    }
}

// The program that every failing call is tried on; where no call failed its numbers are right.
// Returns the first status that is no success.
static kro_status run_program(kt_test *t, const char *driver, const char *device)
{
    const kronos_shader *add = kronos_shader_find("vector_add");
    float data[CONTRACT_COUNT], doubled[CONTRACT_COUNT], out[CONTRACT_COUNT] = {0};
    for (int i = 0; i < CONTRACT_COUNT; i++) {
        data[i] = (float)i + 0.5f;
        doubled[i] = 2 * data[i];
    }
    contract_log *log = contract_log_create(t);
    kro_context *ctx = NULL;
    kro_buffer *buffers[3] = {NULL};
    kro_pipeline *pipeline = NULL;
    kro_stream *stream = NULL;
    kro_fence fence;
    void *mapped = NULL;
    kro_status status = kro_context_create(
        &(kro_context_config){
            .driver = driver, .device = device, .log = contract_log_line, .log_user = log},
        &ctx);
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
        status = contract_dispatch(stream, pipeline, CONTRACT_COUNT,
                                   (kro_buffer *[4]){buffers[0], buffers[1], buffers[2]});
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
        status = kro_buffer_map(buffers[1], &mapped);
    if (status >= 0)
        status = kro_buffer_unmap(buffers[1]);
    if (status >= 0)
        status = kro_buffer_read(buffers[2], 0, out, sizeof out);
    if (status >= 0)
        CHECK_FLOATS(out, doubled, CONTRACT_COUNT);
    kro_stream_destroy(stream);
    kro_pipeline_destroy(pipeline);
    for (int i = 0; i < 3; i++)
        kro_buffer_destroy(buffers[i]);
    kro_context_destroy(ctx);
    kt_release(t, log);
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
    const char *device = contract_text(t, "uuid:%s", kro_context_info(ctx)->uuid);
    const char *driver = kt_proxy_driver(t);
    kt_release(t, ctx);
    const uint64_t objects = proxy->objects(NULL);
    uint32_t failed = 0, survived = 0;
    for (size_t i = 0; i < sizeof failures / sizeof *failures; i++) {
        for (uint32_t nth = 1; nth < 100; nth++) {
            arm(t, proxy,
                contract_text(t, "%sfail=%s:%u:%s", variant, failures[i].function, nth,
                              failures[i].result));
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

// It is the named driver that refuses, not a loader without drivers.
TEST(a_named_driver_that_refuses_is_told_apart)
{
    const kronos_proxy_api *proxy = proxied_api(t);
    kro_context *ctx;
    if (!proxy || !proxied_context(t, "", NULL))
        return;
    arm(t, proxy, "fail=vkCreateInstance:1:VK_ERROR_INCOMPATIBLE_DRIVER");
    CHECK_REFUSED(kro_context_create(&(kro_context_config){.driver = kt_proxy_driver(t)}, &ctx),
                  KRO_ERROR_NO_DRIVER, "vkCreateInstance", "VK_ERROR_INCOMPATIBLE_DRIVER");
}

TEST(lists_that_never_hold_still_are_given_up)
{
    const kronos_proxy_api *proxy = proxied_api(t);
    kro_context *ctx;
    if (!proxy || !proxied_context(t, "", NULL))
        return;
    const char *spec = ""; // each second call asks for the list itself
    for (int nth = 2; nth <= 16; nth += 2)
        spec = contract_text(t, "%sfail=vkEnumerateDeviceExtensionProperties:%d:VK_INCOMPLETE;",
                             spec, nth);
    arm(t, proxy, spec);
    CHECK_REFUSED(kro_context_create(&(kro_context_config){.driver = kt_proxy_driver(t)}, &ctx),
                  KRO_ERROR_DRIVER, "vkEnumerateDeviceExtensionProperties", "VK_INCOMPLETE");
}

TEST(every_failing_call_is_survived)
{
    fail_every_call(t, "");
}

TEST(every_failing_call_is_survived_by_old_devices)
{
    fail_every_call(t, "api=1.1;hide=timeline;noncoherent;");
}
