// Whole small programs on devices that lack something: the results are the same on all of them.
#include "contract.h"

#include <string.h>

#include "proxied.h"

// What a device is like, by parameter name.
static const struct {
    const char *name, *spec;
    kro_context_config config;
} variants[] = {
    {"as_it_is", "", {0}},
    {"plain", "", {.plain = true}},
    {"vulkan_1.1", "api=1.1", {0}},
    {"vulkan_1.2", "api=1.2", {0}},
    {"no_timeline", "hide=timeline", {0}},
    {"vulkan_1.1_no_timeline", "api=1.1;hide=timeline", {.queues = 4}},
    {"noncoherent", "noncoherent", {0}},
    {"noncoherent_atom_256", "noncoherent;limit=nonCoherentAtomSize:256", {0}},
    {"noncoherent_1.1", "noncoherent;api=1.1;hide=timeline", {0}},
    {"split_queues", "split_queues=4", {.queues = 4}},
    {"split_queues_reordered", "split_queues=4;reorder=5", {.queues = 4}},
    {"reordered", "reorder=3", {0}},
    {"reordered_no_timeline", "reorder=11;hide=timeline", {0}},
    {"few_dynamic_offsets", "limit=maxDescriptorSetStorageBuffersDynamic:1", {0}},
    {"no_dynamic_offsets", "limit=maxDescriptorSetStorageBuffersDynamic:0", {0}},
    {"wide_alignment",
     "limit=minStorageBufferOffsetAlignment:256;"
     "limit=minUniformBufferOffsetAlignment:256",
     {0}},
    {"no_sync2", "hide=sync2", {0}},
    {"few_allocations", "limit=maxMemoryAllocationCount:12", {0}},
    {"small_allocations", "limit=maxMemoryAllocationSize:4194304", {0}},
    {"small_slabs", "", {.slab_bytes = 65536}},
    {"delayed", "delay=7", {0}},
    {"robust", "", {.robust = true}},
    {"all_features", "", {.enable_all_features = true}},
    {"batches_of_one", "", {.batch_nodes = 1}},
    {"spinning", "delay=7", {.spin_ns = UINT64_MAX}},
    {"watched", "", {.check_hazards = true}},
};
enum { VARIANTS = sizeof variants / sizeof *variants };

TEST_PARAMS(device_variants)
{
    for (int i = 0; i < VARIANTS; i++)
        kt_param(params, "%s", variants[i].name);
}

enum { STREAMS = 4, STEPS = 24 };

// Streams hand a row of words on, copy by copy and dispatch by dispatch, in a chain of fences.
static void check_chain(kt_test *t, const contract_bench *bench)
{
    const uint32_t queues = kro_context_info(bench->ctx)->queue_count;
    kro_stream *streams[STREAMS];
    for (uint32_t i = 0; i < STREAMS; i++)
        streams[i] = kt_stream_in(t, bench->ctx, &(kro_stream_config){.queue = i % queues});
    float start[CONTRACT_COUNT], zeros[CONTRACT_COUNT] = {0}, read_back[CONTRACT_COUNT] = {0};
    for (int i = 0; i < CONTRACT_COUNT; i++)
        start[i] = (float)(i % 17);
    const kro_buffer_config from = {.size_bytes = sizeof start, .data = start};
    const kro_buffer_config to = {.size_bytes = sizeof start, .data = zeros};
    kro_buffer *one = kt_buffer_in(t, bench->ctx, &from);
    kro_buffer *total = kt_buffer_in(t, bench->ctx, &to), *other = kt_buffer_in(t, bench->ctx, &to);
    kro_fence fence = {0};
    for (int step = 0; step < STEPS; step++) {
        kro_stream *stream = streams[step * 3 % STREAMS];
        CHECK_OK(kro_stream_wait(stream, fence));
        CHECK_OK(contract_dispatch(stream, bench->add, CONTRACT_COUNT,
                                   (kro_buffer *[4]){total, one, other}));
        CHECK_OK(kro_copy(stream, total, 0, other, 0, sizeof start));
        if (step % 5 == 4) { // the sum so far, doubled on the way through the host
            CHECK_OK(kro_read(stream, total, 0, read_back, sizeof read_back));
            CHECK_OK(kro_finish(stream));
            for (int i = 0; i < CONTRACT_COUNT; i++)
                read_back[i] *= 2;
            CHECK_OK(kro_write(stream, total, 0, read_back, sizeof read_back));
        }
        CHECK_OK(kro_submit(stream, &fence));
    }
    float factor = 0, expected[CONTRACT_COUNT], actual[CONTRACT_COUNT] = {0};
    for (int step = 0; step < STEPS; step++)
        factor = (factor + 1) * (step % 5 == 4 ? 2.0f : 1.0f);
    for (int i = 0; i < CONTRACT_COUNT; i++)
        expected[i] = factor * start[i];
    CHECK_OK(kro_wait(bench->ctx, fence, UINT64_MAX));
    CHECK_OK(kro_buffer_read(total, 0, actual, sizeof actual));
    CHECK_FLOATS(actual, expected, CONTRACT_COUNT);
}

// Mapped memory in both directions, and groups that a buffer decides.
static void check_mapped(kt_test *t, const contract_bench *bench)
{
    kro_buffer *in = kt_buffer_in(
        t, bench->ctx,
        &(kro_buffer_config){.size_bytes = CONTRACT_BYTES, .memory = KRO_MEMORY_UPLOAD});
    kro_buffer *out = kt_buffer_in(
        t, bench->ctx,
        &(kro_buffer_config){.size_bytes = CONTRACT_BYTES + 4, .memory = KRO_MEMORY_READBACK});
    kro_buffer *groups = kt_buffer_in(
        t, bench->ctx, &(kro_buffer_config){.size_bytes = 12, .memory = KRO_MEMORY_UPLOAD});
    for (int round = 1; round <= 3; round++) {
        void *mapped;
        float expected[CONTRACT_COUNT];
        const uint32_t counts[] = {CONTRACT_COUNT / 64, 1, 1};
        if (!CHECK_OK(kro_buffer_map(in, &mapped)))
            return;
        for (int i = 0; i < CONTRACT_COUNT; i++) {
            ((float *)mapped)[i] = (float)(i * round);
            expected[i] = 2 * (float)(i * round);
        }
        CHECK_OK(kro_buffer_unmap(in));
        if (!CHECK_OK(kro_buffer_map(groups, &mapped)))
            return;
        memcpy(mapped, counts, sizeof counts);
        CHECK_OK(kro_buffer_unmap(groups));
        const kro_dispatch_args args = {.buffers = {in, in, out}};
        CHECK_OK(
            kro_dispatch_indirect(kro_context_stream(bench->ctx), bench->add, &args, groups, 0));
        if (!CHECK_OK(kro_buffer_map(out, &mapped)))
            return;
        CHECK_FLOATS((float *)mapped, expected, CONTRACT_COUNT);
        CHECK_OK(kro_buffer_unmap(out));
    }
}

// Odd bytes at odd places, by every way that bytes can take.
static void check_bytes(kt_test *t, const contract_bench *bench)
{
    enum { BYTES = 4001 };
    kro_stream *stream = kro_context_stream(bench->ctx);
    unsigned char model[BYTES], actual[BYTES] = {0}, part[97];
    kt_fill_bytes(t, model, sizeof model);
    for (int memory = KRO_MEMORY_DEVICE; memory <= KRO_MEMORY_READBACK; memory++) {
        kro_buffer *buffer = kt_buffer_in(
            t, bench->ctx,
            &(kro_buffer_config){.size_bytes = BYTES, .data = model, .memory = (kro_memory)memory});
        for (uint32_t step = 0; step < 12; step++) {
            uint64_t at = kt_random_below(t, BYTES - 2 * sizeof part);
            kt_fill_bytes(t, part, sizeof part);
            if (step % 2)
                CHECK_OK(kro_write(stream, buffer, at, part, sizeof part));
            else
                CHECK_OK(kro_buffer_write(buffer, at, part, sizeof part));
            memcpy(model + at, part, sizeof part);
            CHECK_OK(kro_copy(stream, buffer, at + sizeof part, buffer, at, sizeof part));
            memcpy(model + at + sizeof part, part, sizeof part);
            CHECK_OK(kro_fill(stream, buffer, 4 * step, 8, step));
            memcpy(model + 4 * step, (uint32_t[2]){step, step}, 8);
            CHECK_OK(kro_read(stream, buffer, at, part, sizeof part));
            CHECK_OK(kro_finish(stream));
            CHECK_BYTES(part, model + at, sizeof part);
        }
        CHECK_OK(kro_buffer_read(buffer, 0, actual, sizeof actual));
        CHECK_BYTES(actual, model, sizeof actual);
    }
}

TEST_FAMILY_CASE(programs_are_right_on_every_device)
{
    int i = 0;
    while (strcmp(variants[i].name, param) != 0)
        i++;
    contract_bench bench =
        contract_bench_create(t, proxied_context(t, variants[i].spec, &variants[i].config));
    if (!bench.ctx)
        return;
    if (strstr(param, "split_queues"))
        CHECK_EQ_U64(kro_context_info(bench.ctx)->queue_count, 4);
    contract_check_usable(t, &bench);
    check_chain(t, &bench);
    check_mapped(t, &bench);
    check_bytes(t, &bench);
    CHECK_EQ_U64(proxied_api(t)->violations(), 0);
    if (strstr(param, "reordered"))
        CHECK(proxied_api(t)->replayed() > 0);
}

TEST(old_devices_have_one_queue)
{
    kro_context *ctx =
        proxied_context(t, "api=1.1;hide=timeline", &(kro_context_config){.queues = 4});
    const kro_device_info *info = kro_context_info(ctx);
    if (!info)
        return;
    CHECK_EQ_U64(info->queue_count, 1);
    CHECK(!info->features.timeline_semaphores);
    CHECK_CONTAINS(info->api_version, "1.1.");
}

// As many queues as are asked for and there are.
TEST(queues_are_clamped_to_what_there_is)
{
    static const struct {
        uint32_t asked, offered, expected;
    } cases[] = {{0, 4, 1}, {1, 4, 1}, {3, 4, 3}, {4, 4, 4}, {9, 4, 4}, {UINT32_MAX, 2, 2}};
    for (int i = 0; i < 6; i++) {
        kt_set_environment(t, "KRONOS_NULL", contract_text(t, "queues=%u", cases[i].offered));
        kro_context *ctx = kt_context_with(
            t, &(kro_context_config){.driver = kt_null_driver(t), .queues = cases[i].asked});
        const kro_device_info *info = kro_context_info(ctx);
        if (!info)
            return;
        CHECK_EQ_U64(info->queue_count, cases[i].expected);
        kro_stream *stream;
        CHECK_STATUS(
            kro_stream_create(ctx, &(kro_stream_config){.queue = cases[i].expected}, &stream),
            KRO_ERROR_INVALID_ARGUMENT);
        CHECK_OK(
            kro_stream_create(ctx, &(kro_stream_config){.queue = cases[i].expected - 1}, &stream));
        CHECK_EQ_U64(kro_stream_get_info(stream)->queue, cases[i].expected - 1);
        kro_stream_destroy(stream);
        kt_release(t, ctx);
    }
}

// Of several fences of one queue the latest counts, in whatever order they are waited for.
TEST(waits_for_one_queue_keep_the_latest)
{
    enum { ROUNDS = 16 };
    for (int order = 0; order < 2; order++) {
        kro_context *ctx =
            proxied_context(t, order ? "split_queues=2;reorder=7" : "split_queues=2;reorder=8",
                            &(kro_context_config){.queues = 2});
        kro_stream *producer = kt_stream_in(t, ctx, NULL);
        kro_stream *consumer = kt_stream_in(t, ctx, &(kro_stream_config){.queue = 1});
        const kro_buffer_config config = {.size_bytes = 4 * ROUNDS};
        kro_buffer *from = kt_buffer_in(t, ctx, &config), *to = kt_buffer_in(t, ctx, &config);
        if (!producer || !consumer || !from || !to)
            return;
        uint32_t words[ROUNDS] = {0}, expected[ROUNDS];
        for (uint32_t i = 0; i < ROUNDS; i++) {
            kro_fence fences[2];
            expected[i] = i + 100;
            CHECK_OK(kro_fill(producer, from, 0, 4, i));
            CHECK_OK(kro_submit(producer, &fences[0]));
            CHECK_OK(kro_fill(producer, from, 0, 4, i + 100));
            CHECK_OK(kro_submit(producer, &fences[1]));
            CHECK_OK(kro_stream_wait(consumer, fences[order]));
            CHECK_OK(kro_stream_wait(consumer, fences[1 - order]));
            CHECK_OK(kro_copy(consumer, to, 4 * i, from, 0, 4));
            CHECK_OK(kro_submit(consumer, &fences[0]));
            CHECK_OK(kro_stream_wait(producer, fences[0]));
        }
        CHECK_OK(kro_finish(consumer));
        CHECK_OK(kro_buffer_read(to, 0, words, sizeof words));
        CHECK_U32S(words, expected, ROUNDS);
    }
}
