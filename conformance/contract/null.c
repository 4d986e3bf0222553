// A NULL handle or a NULL required argument is INVALID_ARGUMENT, of every public function; destroy
// calls accept NULL, questions about nothing are answered with nothing.
#include "contract.h"

#include <kronos/vulkan.h>

#define REFUSES_NULL(call, function) CHECK_REFUSED(call, KRO_ERROR_INVALID_ARGUMENT, function)

// Shows that an out-parameter was set to NULL.
#define POISON(type) ((type *)(uintptr_t)1)

TEST(null_context_arguments_are_refused)
{
    REFUSES_NULL(kro_devices_create(NULL, NULL), "kro_devices_create");
    REFUSES_NULL(kro_context_create(NULL, NULL), "kro_context_create");
    CHECK_EQ_U64(kro_devices_count(NULL), 0);
    CHECK(kro_devices_info(NULL, 0) == NULL);
    CHECK(kro_context_info(NULL) == NULL);
    CHECK(kro_context_stream(NULL) == NULL);
    kro_devices_destroy(NULL);
    kro_context_destroy(NULL);
}

TEST(null_buffer_arguments_are_refused)
{
    const kro_buffer_config config = {.size_bytes = 16};
    kro_buffer *out = POISON(kro_buffer);
    REFUSES_NULL(kro_buffer_create(NULL, &config, &out), "kro_buffer_create");
    CHECK(out == NULL);
    out = POISON(kro_buffer);
    REFUSES_NULL(kro_buffer_create(kt_context(t), NULL, &out), "kro_buffer_create");
    CHECK(out == NULL);
    REFUSES_NULL(kro_buffer_create(kt_context(t), &config, NULL), "kro_buffer_create");

    kro_buffer *buffer = kt_buffer(t, 16, "0123456789abcdef");
    char bytes[16] = {0};
    void *pointer = POISON(void);
    REFUSES_NULL(kro_buffer_write(NULL, 0, bytes, 4), "kro_buffer_write");
    REFUSES_NULL(kro_buffer_write(buffer, 0, NULL, 4), "kro_buffer_write");
    REFUSES_NULL(kro_buffer_read(NULL, 0, bytes, 4), "kro_buffer_read");
    REFUSES_NULL(kro_buffer_read(buffer, 0, NULL, 4), "kro_buffer_read");
    REFUSES_NULL(kro_buffer_map(NULL, &pointer), "kro_buffer_map");
    CHECK(pointer == NULL);
    REFUSES_NULL(kro_buffer_map(buffer, NULL), "kro_buffer_map");
    REFUSES_NULL(kro_buffer_unmap(NULL), "kro_buffer_unmap");
    CHECK(kro_buffer_get_info(NULL) == NULL);
    kro_buffer_destroy(NULL);

    CHECK_OK(kro_buffer_read(buffer, 0, bytes, sizeof bytes));
    CHECK_BYTES(bytes, "0123456789abcdef", sizeof bytes);
}

TEST(null_pipeline_arguments_are_refused)
{
    static const uint32_t words[] = {0x07230203};
    const kro_pipeline_config config = {.spirv = words, .spirv_bytes = sizeof words};
    kro_pipeline *out = POISON(kro_pipeline);
    REFUSES_NULL(kro_pipeline_create(NULL, &config, &out), "kro_pipeline_create");
    CHECK(out == NULL);
    out = POISON(kro_pipeline);
    REFUSES_NULL(kro_pipeline_create(kt_context(t), NULL, &out), "kro_pipeline_create");
    CHECK(out == NULL);
    REFUSES_NULL(kro_pipeline_create(kt_context(t), &config, NULL), "kro_pipeline_create");
    REFUSES_NULL(kro_pipeline_create(kt_context(t), &(kro_pipeline_config){0}, &out), "spirv");
    REFUSES_NULL(kro_pipeline_create(kt_context(t), &(kro_pipeline_config){.spirv_bytes = 4}, &out),
                 "spirv");
    REFUSES_NULL(kro_pipeline_create(kt_context(t),
                                     &(kro_pipeline_config){.spirv = words,
                                                            .spirv_bytes = sizeof words,
                                                            .constant_count = 2},
                                     &out),
                 "constants");

    out = POISON(kro_pipeline);
    REFUSES_NULL(kro_pipeline_load(NULL, "kernel.spv", NULL, &out), "kro_pipeline_load");
    CHECK(out == NULL);
    out = POISON(kro_pipeline);
    REFUSES_NULL(kro_pipeline_load(kt_context(t), NULL, NULL, &out), "kro_pipeline_load");
    CHECK(out == NULL);
    REFUSES_NULL(kro_pipeline_load(kt_context(t), "kernel.spv", NULL, NULL), "kro_pipeline_load");
    CHECK(kro_pipeline_get_info(NULL) == NULL);
    kro_pipeline_destroy(NULL);
}

TEST(null_graphs_are_refused)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    if (!bench.ctx)
        return;
    const kro_dispatch_args args = {.buffers = {bench.left, bench.right, bench.sum},
                                    .threads = {CONTRACT_COUNT}};
    kro_graph *graph = POISON(kro_graph);
    kro_fence fence = {.queue = 77, .value = 77};
    REFUSES_NULL(kro_graph_begin(NULL, NULL), "kro_graph_begin");
    REFUSES_NULL(kro_graph_end(NULL, &graph), "kro_graph_end");
    CHECK(graph == NULL);
    REFUSES_NULL(kro_graph_launch(NULL, bench.stream, &fence), "kro_graph_launch");
    CHECK_EQ_U64(fence.queue, 0);
    REFUSES_NULL(kro_graph_update(NULL, 0, &args), "kro_graph_update");
    REFUSES_NULL(kro_graph_write_dot(NULL, "graph.dot"), "kro_graph_write_dot");
    CHECK(kro_graph_get_info(NULL) == NULL);
    kro_graph_destroy(NULL);

    CHECK_OK(kro_graph_begin(bench.stream, NULL));
    REFUSES_NULL(kro_graph_end(bench.stream, NULL), "kro_graph_end"); // it ends all the same
    CHECK_OK(kro_graph_begin(bench.stream, NULL));
    CHECK_OK(kro_dispatch(bench.stream, bench.add, &args));
    CHECK_OK(kro_graph_end(bench.stream, &graph));
    REFUSES_NULL(kro_graph_launch(graph, NULL, NULL), "kro_graph_launch");
    REFUSES_NULL(kro_graph_update(graph, 0, NULL), "kro_graph_update");
    REFUSES_NULL(kro_graph_write_dot(graph, NULL), "kro_graph_write_dot");
    kro_graph_destroy(graph);
    contract_check_untouched(t, &bench);
}

TEST(null_streams_are_refused)
{
    kro_stream *out = POISON(kro_stream);
    REFUSES_NULL(kro_stream_create(NULL, NULL, &out), "kro_stream_create");
    CHECK(out == NULL);
    REFUSES_NULL(kro_stream_create(kt_context(t), NULL, NULL), "kro_stream_create");
    CHECK(kro_stream_get_info(NULL) == NULL);
    kro_stream_destroy(NULL);

    kro_buffer *buffer = kt_buffer(t, 16, NULL);
    kro_pipeline *pipeline = kt_pipeline(t, "vector_add");
    const kro_dispatch_args args = {.threads = {1}};
    char bytes[16];
    kro_fence fence = {.queue = 77, .value = 77};
    REFUSES_NULL(kro_dispatch(NULL, pipeline, &args), "kro_dispatch");
    REFUSES_NULL(kro_dispatch_indirect(NULL, pipeline, &args, buffer, 0), "kro_dispatch_indirect");
    REFUSES_NULL(kro_copy(NULL, buffer, 0, buffer, 8, 4), "kro_copy");
    REFUSES_NULL(kro_fill(NULL, buffer, 0, 4, 0), "kro_fill");
    REFUSES_NULL(kro_write(NULL, buffer, 0, bytes, 4), "kro_write");
    REFUSES_NULL(kro_read(NULL, buffer, 0, bytes, 4), "kro_read");
    REFUSES_NULL(kro_barrier(NULL), "kro_barrier");
    REFUSES_NULL(kro_submit(NULL, &fence), "kro_submit");
    CHECK_EQ_U64(fence.queue, 0);
    CHECK_EQ_U64(fence.value, 0);
    REFUSES_NULL(kro_stream_wait(NULL, (kro_fence){0}), "kro_stream_wait");
    REFUSES_NULL(kro_wait(NULL, (kro_fence){0}, 0), "kro_wait");
    REFUSES_NULL(kro_poll(NULL, (kro_fence){0}), "kro_poll");
    REFUSES_NULL(kro_finish(NULL), "kro_finish");
}

TEST(null_recording_arguments_drop_the_batch)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    if (!bench.ctx)
        return;
    kro_stream *stream = bench.stream;
    const kro_dispatch_args args = {.buffers = {bench.left, bench.right, bench.sum}};
    char bytes[16] = {0};
    CHECK_DROPPED(&bench, kro_dispatch(stream, NULL, &args), "kro_dispatch");
    CHECK_DROPPED(&bench, kro_dispatch(stream, bench.add, NULL), "kro_dispatch");
    CHECK_DROPPED(&bench, kro_dispatch_indirect(stream, NULL, &args, bench.left, 0),
                  "kro_dispatch_indirect");
    CHECK_DROPPED(&bench, kro_dispatch_indirect(stream, bench.add, NULL, bench.left, 0),
                  "kro_dispatch_indirect");
    CHECK_DROPPED(&bench, kro_dispatch_indirect(stream, bench.add, &args, NULL, 0),
                  "kro_dispatch_indirect");
    CHECK_DROPPED(&bench, kro_copy(stream, NULL, 0, bench.left, 0, 4), "kro_copy");
    CHECK_DROPPED(&bench, kro_copy(stream, bench.left, 0, NULL, 0, 4), "kro_copy");
    CHECK_DROPPED(&bench, kro_fill(stream, NULL, 0, 4, 0), "kro_fill");
    CHECK_DROPPED(&bench, kro_write(stream, NULL, 0, bytes, 4), "kro_write");
    CHECK_DROPPED(&bench, kro_write(stream, bench.left, 0, NULL, 4), "kro_write");
    CHECK_DROPPED(&bench, kro_read(stream, NULL, 0, bytes, 4), "kro_read");
    CHECK_DROPPED(&bench, kro_read(stream, bench.left, 0, NULL, 4), "kro_read");
    contract_check_usable(t, &bench);
}

TEST(null_vulkan_arguments_are_refused)
{
    kro_context *ctx = kt_context(t);
    uint32_t queues = kt_device(t)->queue_count;
    CHECK(kro_vk_context(NULL) == NULL);
    CHECK(kro_vk_queue(NULL, 0) == VK_NULL_HANDLE);
    CHECK(kro_vk_queue(ctx, queues) == VK_NULL_HANDLE);
    CHECK(kro_vk_queue(ctx, UINT32_MAX) == VK_NULL_HANDLE);
    uint64_t offset_bytes = 77;
    CHECK(kro_vk_buffer(NULL, &offset_bytes) == VK_NULL_HANDLE);
    REFUSES_NULL(kro_vk_queue_lock(NULL, 0), "kro_vk_queue_lock");
    CHECK_REFUSED(kro_vk_queue_lock(ctx, queues), KRO_ERROR_INVALID_ARGUMENT,
                  contract_text(t, "%u", queues));
    kro_vk_queue_unlock(NULL, 0);
}

TEST(status_names_are_the_enumerators)
{
#define IS_NAMED(status) CHECK_EQ_STRING(kro_status_name(status), #status)
    IS_NAMED(KRO_OK);
    IS_NAMED(KRO_NOT_READY);
    IS_NAMED(KRO_TIMEOUT);
    IS_NAMED(KRO_ERROR_INVALID_ARGUMENT);
    IS_NAMED(KRO_ERROR_OUT_OF_HOST_MEMORY);
    IS_NAMED(KRO_ERROR_OUT_OF_DEVICE_MEMORY);
    IS_NAMED(KRO_ERROR_NO_DRIVER);
    IS_NAMED(KRO_ERROR_NO_DEVICE);
    IS_NAMED(KRO_ERROR_UNSUPPORTED);
    IS_NAMED(KRO_ERROR_INVALID_SHADER);
    IS_NAMED(KRO_ERROR_IO);
    IS_NAMED(KRO_ERROR_DEVICE_LOST);
    IS_NAMED(KRO_ERROR_DRIVER);
#undef IS_NAMED
    CHECK_EQ_STRING(kro_status_name((kro_status)-11), "KRO_STATUS_UNKNOWN");
    CHECK_EQ_STRING(kro_status_name((kro_status)3), "KRO_STATUS_UNKNOWN");
    CHECK_EQ_STRING(kro_version(), KRO_VERSION);
}
