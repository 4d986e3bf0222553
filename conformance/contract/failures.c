// Calls that the driver refuses: the status is right, nothing leaks, and what was there still
// works.
#include "contract.h"

#include "proxied.h"
#include "shaders.h"

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
    proxied_configure(t, no_memory_to_submit);
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
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    kro_buffer *buffer = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = 4096});
    const kro_stream_info *info = kro_stream_get_info(stream);
    if (!info || !buffer)
        return;
    CHECK_OK(kro_fill(stream, buffer, 0, 4096, 1));
    CHECK_OK(kro_submit(stream, NULL));
    CHECK_OK(kro_fill(stream, buffer, 0, 64, 2)); // behind a barrier, if it ran
    proxied_configure(t, no_memory_to_submit);
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
        kro_stream *other = kt_stream_in(t, bench.ctx, &(kro_stream_config){.queue = 1});
        if (!bench.ctx || !other)
            return;
        kro_fence fence = {0};
        CHECK_OK(kro_fill(other, bench.right, 0, 4, 0x3f000000)); // what is there: 0.5
        CHECK_OK(kro_submit(other, &fence));
        CHECK_OK(kro_fill(bench.stream, bench.sum, 0, 4, 0));
        proxied_configure(t, no_memory_to_submit);
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

// It is the named driver that refuses, not a loader without drivers.
TEST(a_named_driver_that_refuses_is_told_apart)
{
    kro_context *ctx;
    if (!proxied_context(t, "", NULL))
        return;
    proxied_configure(t, "fail=vkCreateInstance:1:VK_ERROR_INCOMPATIBLE_DRIVER");
    CHECK_REFUSED(kro_context_create(&(kro_context_config){.driver = kt_proxy_driver(t)}, &ctx),
                  KRO_ERROR_NO_DRIVER, "vkCreateInstance", "VK_ERROR_INCOMPATIBLE_DRIVER");
}

TEST(lists_that_never_hold_still_are_given_up)
{
    kro_context *ctx;
    if (!proxied_context(t, "", NULL))
        return;
    const char *spec = ""; // each second call asks for the list itself
    for (int nth = 2; nth <= 16; nth += 2)
        spec = contract_text(t, "%sfail=vkEnumerateDeviceExtensionProperties:%d:VK_INCOMPLETE;",
                             spec, nth);
    proxied_configure(t, spec);
    CHECK_REFUSED(kro_context_create(&(kro_context_config){.driver = kt_proxy_driver(t)}, &ctx),
                  KRO_ERROR_DRIVER, "vkEnumerateDeviceExtensionProperties", "VK_INCOMPLETE");
}
