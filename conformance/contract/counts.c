// What a stream says of itself is what the driver sees, and steady work costs the driver no more
// than it must.
#include "contract.h"

#include <string.h>

#include "proxied.h"

// The proxy notes barriers only where it has a use for them.
static const char counting_spec[] = "exits";

static uint64_t descriptor_writes(const kronos_proxy_api *proxy)
{
    return proxy->calls("vkUpdateDescriptorSets") +
           proxy->calls("vkUpdateDescriptorSetWithTemplate") +
           proxy->calls("vkUpdateDescriptorSetWithTemplateKHR") +
           proxy->calls("vkCmdPushDescriptorSetKHR");
}

// Sums of what streams counted.
static void add_counts(kro_stream_info *sum, kro_stream *stream)
{
    const kro_stream_info *info = kro_stream_get_info(stream);
    sum->nodes += info->nodes;
    sum->submits += info->submits;
    sum->level_barriers += info->level_barriers;
    sum->entry_barriers += info->entry_barriers;
    sum->exit_barriers += info->exit_barriers;
    sum->descriptor_sets += info->descriptor_sets;
}

static void check_counts(kt_test *t, const kronos_proxy_api *proxy, const kro_stream_info *sum)
{
    CHECK_EQ_U64(sum->submits, proxy->submissions());
    CHECK_EQ_U64(sum->level_barriers, proxy->barriers(KRONOS_PROXY_BARRIER_LEVEL));
    CHECK_EQ_U64(sum->entry_barriers, proxy->barriers(KRONOS_PROXY_BARRIER_ENTRY));
    CHECK_EQ_U64(sum->exit_barriers, proxy->barriers(KRONOS_PROXY_BARRIER_EXIT));
    CHECK_EQ_U64(sum->nodes,
                 proxy->calls("vkCmdDispatch") + proxy->calls("vkCmdDispatchIndirect") +
                     proxy->calls("vkCmdCopyBuffer") + proxy->calls("vkCmdCopyBuffer2") +
                     proxy->calls("vkCmdFillBuffer") + proxy->calls("vkCmdUpdateBuffer"));
}

enum { STREAMS = 3 };

// Random operations on the bench's buffers by several streams, with submits and waits in between.
static void run_mix(kt_test *t, const contract_bench *bench, kro_stream *const streams[STREAMS])
{
    kro_buffer *const buffers[] = {bench->left, bench->right, bench->sum};
    uint32_t words[64];
    memset(words, 0, sizeof words);
    for (int step = 0; step < 400; step++) {
        kro_stream *stream = streams[kt_random_below(t, STREAMS)];
        uint64_t offset = 256 * kt_random_below(t, 12);
        kro_buffer *a = buffers[kt_random_below(t, 3)], *b = buffers[kt_random_below(t, 3)];
        switch (kt_random_below(t, 8)) {
        case 0:
            CHECK_OK(kro_fill(stream, a, offset, 256, (uint32_t)step));
            break;
        case 1:
            CHECK_OK(kro_copy(stream, a, offset, b, offset + 256, 256));
            break;
        case 2:
            CHECK_OK(kro_write(stream, a, offset, words, sizeof words));
            break;
        case 3:
            CHECK_OK(kro_read(stream, a, offset, words, sizeof words));
            break;
        case 4:
            CHECK_OK(kro_barrier(stream));
            break;
        case 5:
            CHECK_OK(kro_submit(stream, NULL));
            break;
        default:
            CHECK_OK(contract_dispatch(stream, bench->add, CONTRACT_COUNT,
                                       (kro_buffer *[4]){a, b, bench->sum}));
            break;
        }
        if (step % 100 == 99)
            CHECK_OK(kro_finish(stream));
    }
    for (int i = 0; i < STREAMS; i++)
        CHECK_OK(kro_finish(streams[i]));
}

static void check_mix(kt_test *t, kro_context_config config)
{
    contract_bench bench = contract_bench_create(t, proxied_context(t, counting_spec, &config));
    const kronos_proxy_api *proxy = proxied_api(t);
    kro_stream *streams[STREAMS];
    for (int i = 0; i < STREAMS; i++)
        streams[i] = kt_stream_in(t, bench.ctx, NULL);
    if (!bench.ctx || !streams[0] || !streams[1] || !streams[2])
        return;
    proxy->reset_counts();
    run_mix(t, &bench, streams);
    kro_stream_info sum = {0};
    for (int i = 0; i < STREAMS; i++)
        add_counts(&sum, streams[i]);
    check_counts(t, proxy, &sum);
    CHECK(config.plain || sum.entry_barriers > 0); // plain work has always been waited for
    LOGF(t, "%u operations, %u submits, %u + %u + %u barriers, %u sets", (unsigned)sum.nodes,
         (unsigned)sum.submits, (unsigned)sum.level_barriers, (unsigned)sum.entry_barriers,
         (unsigned)sum.exit_barriers, (unsigned)sum.descriptor_sets);
    CHECK_EQ_U64(proxy->violations(), 0);
}

TEST(stream_counts_are_the_drivers)
{
    check_mix(t, (kro_context_config){0});
    check_mix(t, (kro_context_config){.batch_nodes = 3});
}

TEST(stream_counts_are_the_drivers_in_plain_mode)
{
    check_mix(t, (kro_context_config){.plain = true});
}

// One submit for each operation in plain mode, for each batch otherwise.
TEST(batches_are_one_submission)
{
    enum { BATCHES = 10, NODES = 7 };
    for (int plain = 0; plain < 2; plain++) {
        kro_context *ctx = proxied_context(t, counting_spec, &(kro_context_config){.plain = plain});
        contract_bench bench = contract_bench_create(t, ctx);
        const kronos_proxy_api *proxy = proxied_api(t);
        if (!bench.ctx)
            return;
        proxy->reset_counts();
        for (int batch = 0; batch < BATCHES; batch++) {
            for (int node = 0; node < NODES; node++)
                CHECK_OK(contract_dispatch(bench.stream, bench.add, CONTRACT_COUNT,
                                           (kro_buffer *[4]){bench.left, bench.right, bench.sum}));
            CHECK_OK(kro_submit(bench.stream, NULL));
        }
        CHECK_OK(kro_finish(bench.stream));
        CHECK_EQ_U64(proxy->submissions(), plain ? BATCHES * NODES : BATCHES);
        // Each adds the same numbers again, behind the one before.
        CHECK_EQ_U64(proxy->barriers(KRONOS_PROXY_BARRIER_LEVEL),
                     plain ? 0 : BATCHES * (NODES - 1));
        contract_check_usable(t, &bench);
    }
}

// Plain operations have finished when they return.
TEST(plain_operations_are_waited_for)
{
    for (int plain = 0; plain < 2; plain++) {
        kro_context *ctx = proxied_context(t, "delay=1000", &(kro_context_config){.plain = plain});
        contract_bench bench = contract_bench_create(t, ctx);
        if (!bench.ctx)
            return;
        kro_fence fence;
        CHECK_OK(contract_dispatch(bench.stream, bench.add, CONTRACT_COUNT,
                                   (kro_buffer *[4]){bench.left, bench.right, bench.sum}));
        CHECK_OK(kro_submit(bench.stream, &fence));
        CHECK_STATUS(kro_poll(bench.ctx, fence), plain ? KRO_OK : KRO_NOT_READY);
        CHECK_OK(kro_finish(bench.stream));
    }
}

// Work that shares no bytes, or only reads, runs side by side.
TEST(independent_work_has_no_barriers)
{
    enum { NODES = 16 };
    contract_bench bench = contract_bench_create(t, proxied_context(t, counting_spec, NULL));
    const kronos_proxy_api *proxy = proxied_api(t);
    kro_buffer *out = kt_buffer_in(t, bench.ctx, &(kro_buffer_config){.size_bytes = NODES * 4096});
    if (!bench.ctx || !out)
        return;
    proxy->reset_counts();
    for (uint64_t i = 0; i < NODES; i++) {
        const kro_binding bindings[] = {
            {.buffer = bench.left, .binding = 0},
            {.buffer = bench.right, .binding = 1},
            {.buffer = out, .binding = 2, .offset_bytes = i * 4096, .size_bytes = 4096}};
        const kro_dispatch_args args = {
            .bindings = bindings, .binding_count = 3, .threads = {CONTRACT_COUNT}};
        CHECK_OK(kro_dispatch(bench.stream, bench.add, &args));
    }
    CHECK_OK(kro_finish(bench.stream));
    CHECK_EQ_U64(proxy->barriers(KRONOS_PROXY_BARRIER_LEVEL), 0);
    CHECK_EQ_U64(proxy->barriers(KRONOS_PROXY_BARRIER_ENTRY), 0);
    CHECK_EQ_U64(proxy->calls("vkCmdBindPipeline"), 1);
    CHECK_EQ_U64(kro_stream_get_info(bench.stream)->nodes, NODES);
}

// Two chains beside each other need the barriers of one.
TEST(chains_side_by_side_share_barriers)
{
    enum { LENGTH = 10 };
    kro_context *ctx = proxied_context(t, counting_spec, NULL);
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    kro_buffer *buffer = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = 4096});
    if (!stream || !buffer)
        return;
    for (uint32_t i = 0; i < LENGTH; i++) {
        CHECK_OK(kro_fill(stream, buffer, 0, 64, i));
        CHECK_OK(kro_fill(stream, buffer, 64, 64, i));
    }
    CHECK_OK(kro_finish(stream));
    CHECK_EQ_U64(kro_stream_get_info(stream)->level_barriers, LENGTH - 1);
    CHECK_EQ_U64(proxied_api(t)->barriers(KRONOS_PROXY_BARRIER_LEVEL), LENGTH - 1);
}

// What barriers stand before the last indirect dispatch of a batch, and only they, make groups in a
// buffer visible, which can cost as much as all the rest.
TEST(barriers_are_for_indirect_dispatches_where_there_are_some)
{
    enum { FILLS = 5 };
    static const uint32_t groups[] = {1, 1, 1};
    kro_context *ctx = proxied_context(t, counting_spec, NULL);
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    kro_pipeline *pipeline = kt_pipeline_in(t, ctx, "count_groups", NULL);
    kro_buffer *visits = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = 4096});
    kro_buffer *counts =
        kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = sizeof groups, .data = groups});
    if (!stream || !pipeline || !visits || !counts)
        return;
    const kronos_proxy_api *proxy = proxied_api(t);
    for (int indirect = 0; indirect < 3; indirect++) { // as many of them in the middle
        proxy->reset_counts();
        for (uint32_t i = 0; i < FILLS; i++)
            CHECK_OK(kro_fill(stream, visits, 0, 64, i));
        for (int i = 0; i < indirect; i++)
            CHECK_OK(kro_dispatch_indirect(stream, pipeline,
                                           &(kro_dispatch_args){.buffers = {visits}}, counts, 0));
        for (uint32_t i = 0; i < FILLS; i++)
            CHECK_OK(kro_fill(stream, visits, 0, 64, i));
        CHECK_OK(kro_finish(stream));
        CHECK_EQ_U64(proxy->barriers(KRONOS_PROXY_BARRIER_LEVEL), 2 * FILLS - 1 + indirect);
        CHECK_EQ_U64(proxy->figure("indirect_barriers"), indirect ? FILLS + indirect - 1 : 0);
    }
}

// A barrier before a batch only for what is still in flight and in the way.
TEST(entry_barriers_are_for_conflicts_in_flight)
{
    kro_context *ctx = proxied_context(t, counting_spec, NULL);
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    kro_buffer *buffer = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = 4096});
    const kro_stream_info *info = kro_stream_get_info(stream);
    const kronos_proxy_api *proxy = proxied_api(t);
    if (!ctx || !info || !buffer)
        return;
    CHECK_OK(kro_fill(stream, buffer, 0, 64, 1));
    CHECK_OK(kro_submit(stream, NULL));
    CHECK_EQ_U64(info->entry_barriers, 0);
    CHECK_OK(kro_fill(stream, buffer, 64, 64, 1)); // other bytes
    CHECK_OK(kro_submit(stream, NULL));
    CHECK_EQ_U64(info->entry_barriers, 0);
    CHECK_OK(kro_fill(stream, buffer, 60, 64, 1)); // bytes of both
    CHECK_OK(kro_submit(stream, NULL));
    CHECK_EQ_U64(info->entry_barriers, 1);
    CHECK_OK(kro_finish(stream));
    CHECK_OK(kro_fill(stream, buffer, 60, 64, 1)); // seen complete
    CHECK_OK(kro_submit(stream, NULL));
    CHECK_EQ_U64(info->entry_barriers, 1);
    CHECK_OK(kro_barrier(stream));
    CHECK_OK(kro_fill(stream, buffer, 1024, 64, 1)); // asked for
    CHECK_OK(kro_finish(stream));
    CHECK_EQ_U64(info->entry_barriers, 2);
    CHECK_OK(kro_fill(stream, buffer, 0, 64, 1));
    CHECK_OK(kro_barrier(stream)); // asked for behind the last operation of a batch
    CHECK_OK(kro_submit(stream, NULL));
    CHECK_OK(kro_fill(stream, buffer, 1024, 64, 1));
    CHECK_OK(kro_finish(stream));
    CHECK_EQ_U64(info->entry_barriers, 3);
    CHECK_EQ_U64(proxy->barriers(KRONOS_PROXY_BARRIER_ENTRY), 3);
}

static const char *const creating_calls[] = {
    "vkUpdateDescriptorSets",
    "vkUpdateDescriptorSetWithTemplate",
    "vkCmdPushDescriptorSetKHR",
    "vkAllocateDescriptorSets",
    "vkCreateDescriptorPool",
    "vkResetDescriptorPool",
    "vkAllocateMemory",
    "vkFreeMemory",
    "vkMapMemory",
    "vkCreateBuffer",
    "vkDestroyBuffer",
    "vkCreateCommandPool",
    "vkAllocateCommandBuffers",
    "vkCreateFence",
    "vkCreateSemaphore",
    "vkCreateComputePipelines",
    "vkCreateDescriptorSetLayout",
    "vkCreatePipelineLayout",
};

static void check_nothing_created(kt_test *t, const kronos_proxy_api *proxy)
{
    for (size_t i = 0; i < sizeof creating_calls / sizeof *creating_calls; i++)
        if (proxy->calls(creating_calls[i]) != 0)
            FAILF(t, "%llu calls of %s", (unsigned long long)proxy->calls(creating_calls[i]),
                  creating_calls[i]);
}

// After the first rounds the driver is asked for nothing new.
static void check_steady_rounds(kt_test *t, const char *spec)
{
    enum { WARM_UP = 20, ROUNDS = 1000 };
    contract_bench bench = contract_bench_create(t, proxied_context(t, spec, NULL));
    const kronos_proxy_api *proxy = proxied_api(t);
    if (!bench.ctx)
        return;
    uint32_t words[16] = {0};
    for (int round = 0; round < WARM_UP + ROUNDS; round++) {
        if (round == WARM_UP)
            proxy->reset_counts();
        CHECK_OK(kro_write(bench.stream, bench.left, 0, words, sizeof words));
        CHECK_OK(contract_dispatch(bench.stream, bench.add, CONTRACT_COUNT,
                                   (kro_buffer *[4]){bench.left, bench.right, bench.sum}));
        CHECK_OK(kro_read(bench.stream, bench.sum, 0, words, sizeof words));
        if (!CHECK_OK(kro_finish(bench.stream)))
            return;
    }
    check_nothing_created(t, proxy);
    LOGF(t, "%llu Vulkan calls a round", (unsigned long long)(proxy->calls_total() / ROUNDS));
}

TEST(steady_rounds_create_nothing)
{
    check_steady_rounds(t, "");
}

TEST(steady_rounds_create_nothing_without_timelines)
{
    check_steady_rounds(t, "api=1.1;hide=timeline");
}

// One fence is enough where each batch is waited for before the next, however it was seen to end.
TEST(batches_that_are_waited_for_share_a_fence)
{
    enum { ROUNDS = 10 };
    kro_context *ctx = proxied_context(t, "api=1.1;hide=timeline;delay=1000", NULL);
    const kronos_proxy_api *proxy = proxied_api(t);
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    kro_buffer *buffer = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = 64});
    if (!stream || !buffer)
        return;
    for (int round = 0; round < ROUNDS; round++) {
        CHECK_OK(kro_fill(stream, buffer, 0, 64, 1));
        CHECK_OK(kro_finish(stream));
    }
    CHECK_EQ_U64(proxy->calls("vkCreateFence"), 1);
}

// A ring of offsets in one buffer: the first storage bindings are dynamic, so moving along costs no
// descriptor.
TEST(moving_along_a_buffer_writes_no_descriptor)
{
    enum { STEPS = 1000, FLOATS = 64, STEP_BYTES = 4 * FLOATS };
    contract_bench bench = contract_bench_create(t, proxied_context(t, "", NULL));
    const kronos_proxy_api *proxy = proxied_api(t);
    const kro_buffer_config config = {.size_bytes = (uint64_t)STEPS * STEP_BYTES};
    kro_buffer *out = kt_buffer_in(t, bench.ctx, &config);
    if (!bench.ctx || !out)
        return;
    for (uint64_t step = 0; step < STEPS; step++) {
        if (step == 1)
            proxy->reset_counts();
        const kro_binding bindings[] = {
            {.buffer = bench.left,
             .binding = 0,
             .offset_bytes = step % 16 * STEP_BYTES,
             .size_bytes = STEP_BYTES},
            {.buffer = bench.right, .binding = 1, .size_bytes = STEP_BYTES},
            {.buffer = out,
             .binding = 2,
             .offset_bytes = step * STEP_BYTES,
             .size_bytes = STEP_BYTES}};
        const kro_dispatch_args args = {
            .bindings = bindings, .binding_count = 3, .threads = {FLOATS}};
        CHECK_OK(kro_dispatch(bench.stream, bench.add, &args));
        CHECK_OK(step == 0 ? kro_finish(bench.stream) : KRO_OK);
    }
    CHECK_OK(kro_finish(bench.stream));
    CHECK_EQ_U64(descriptor_writes(proxy), 0);
    CHECK_EQ_U64(kro_stream_get_info(bench.stream)->descriptor_sets, 1);
    float *sums = kt_alloc(t, config.size_bytes), *expected = kt_alloc(t, config.size_bytes);
    for (int i = 0; i < STEPS * FLOATS; i++)
        expected[i] = (float)(i % CONTRACT_COUNT) + 0.5f - 3.0f * (float)(i % FLOATS);
    CHECK_OK(kro_buffer_read(out, 0, sums, config.size_bytes));
    CHECK_FLOATS(sums, expected, STEPS * FLOATS);
}

// Where a device has few dynamic offsets the first bindings get them; moving another one costs a
// set for each new place.
TEST(few_dynamic_offsets_go_to_the_first_bindings)
{
    enum { STEPS = 5 };
    contract_bench bench = contract_bench_create(
        t, proxied_context(t, "limit=maxDescriptorSetStorageBuffersDynamic:1", NULL));
    if (!bench.ctx)
        return;
    const kro_stream_info *info = kro_stream_get_info(bench.stream);
    for (uint32_t moved = 0; moved < 3; moved++) {
        const uint64_t before = info->descriptor_sets;
        for (uint64_t step = 0; step < STEPS; step++) {
            kro_binding bindings[] = {{.buffer = bench.left, .binding = 0, .size_bytes = 256},
                                      {.buffer = bench.right, .binding = 1, .size_bytes = 256},
                                      {.buffer = bench.sum, .binding = 2, .size_bytes = 256}};
            bindings[moved].offset_bytes = 256 * (step + 1);
            const kro_dispatch_args args = {
                .bindings = bindings, .binding_count = 3, .threads = {64}};
            CHECK_OK(kro_dispatch(bench.stream, bench.add, &args));
        }
        CHECK_OK(kro_finish(bench.stream));
        CHECK_EQ_U64(info->descriptor_sets - before, moved == 0 ? 1 : STEPS);
    }
}

// As many sets as a stream says it wrote are alive, whatever the kernel declares.
TEST(descriptor_sets_are_counted)
{
    contract_bench bench = contract_bench_create(t, proxied_context(t, "", NULL));
    const kronos_proxy_api *proxy = proxied_api(t);
    kro_pipeline *weighted = kt_pipeline_in(t, bench.ctx, "weighted_sum", NULL);
    if (!bench.ctx || !weighted)
        return;
    uint64_t before = proxy->objects("VkDescriptorSet");
    kro_buffer *const buffers[] = {bench.left, bench.right, bench.sum};
    for (int i = 0; i < 3; i++) {
        const kro_binding bindings[] = {{.buffer = buffers[i], .binding = 1},
                                        {.buffer = bench.left, .binding = 2},
                                        {.buffer = bench.left, .binding = 2, .element = 1},
                                        {.buffer = bench.left, .set = 1},
                                        {.buffer = buffers[i], .set = 1, .binding = 3}};
        const kro_dispatch_args args = {.bindings = bindings, .binding_count = 5, .threads = {64}};
        for (int again = 0; again < 4; again++)
            CHECK_OK(kro_dispatch(bench.stream, weighted, &args));
        CHECK_OK(kro_finish(bench.stream));
        CHECK_EQ_U64(kro_stream_get_info(bench.stream)->descriptor_sets,
                     proxy->objects("VkDescriptorSet") - before);
    }
}
