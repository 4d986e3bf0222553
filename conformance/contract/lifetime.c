// Objects may be destroyed while recorded or submitted work still uses them; they are freed when
// that work has passed, and a context leaves nothing behind.
#include "contract.h"

#include <string.h>

#include "proxied.h"
#include "shaders.h"

enum { ROUNDS = 50 };

// Each round's program: sum = left + right, in objects of the round's own.
typedef struct round_objects {
    kro_buffer *left, *right;
    kro_pipeline *add;
} round_objects;

static bool create_round(kt_test *t, const contract_bench *bench, float step, round_objects *out)
{
    float left[CONTRACT_COUNT], right[CONTRACT_COUNT];
    for (int i = 0; i < CONTRACT_COUNT; i++) {
        left[i] = step;
        right[i] = (float)i;
    }
    const kro_buffer_config left_config = {.size_bytes = CONTRACT_BYTES, .data = left};
    const kro_buffer_config right_config = {.size_bytes = CONTRACT_BYTES, .data = right};
    out->add = kt_pipeline_in(t, bench->ctx, "vector_add", NULL);
    return CHECK_OK(kro_buffer_create(bench->ctx, &left_config, &out->left)) &&
           CHECK_OK(kro_buffer_create(bench->ctx, &right_config, &out->right)) && out->add;
}

static void check_round(kt_test *t, const contract_bench *bench, float step)
{
    float actual[CONTRACT_COUNT] = {0}, expected[CONTRACT_COUNT];
    for (int i = 0; i < CONTRACT_COUNT; i++)
        expected[i] = (float)i + step;
    CHECK_OK(kro_buffer_read(bench->sum, 0, actual, sizeof actual));
    CHECK_FLOATS(actual, expected, CONTRACT_COUNT);
}

static void destroy_round(kt_test *t, const round_objects *objects)
{
    kro_buffer_destroy(objects->left);
    kro_buffer_destroy(objects->right);
    kt_release(t, objects->add);
}

TEST(recorded_work_keeps_what_it_uses)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    for (int round = 0; bench.ctx && round < ROUNDS; round++) {
        round_objects objects;
        if (!create_round(t, &bench, (float)round, &objects))
            return;
        CHECK_OK(contract_dispatch(bench.stream, objects.add, CONTRACT_COUNT,
                                   (kro_buffer *[4]){objects.left, objects.right, bench.sum}));
        destroy_round(t, &objects);
        CHECK_OK(kro_finish(bench.stream));
        check_round(t, &bench, (float)round);
    }
}

TEST(submitted_work_keeps_what_it_uses)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    for (int round = 0; bench.ctx && round < ROUNDS; round++) {
        round_objects objects;
        kro_stream *stream;
        if (!create_round(t, &bench, (float)round, &objects) ||
            !CHECK_OK(kro_stream_create(bench.ctx, NULL, &stream)))
            return;
        CHECK_OK(contract_dispatch(stream, objects.add, CONTRACT_COUNT,
                                   (kro_buffer *[4]){objects.left, objects.right, bench.sum}));
        CHECK_OK(kro_submit(stream, NULL));
        destroy_round(t, &objects);
        kro_stream_destroy(stream);
        check_round(t, &bench, (float)round);
    }
}

// A stream that goes takes its open batch with it; its submitted work runs on.
TEST(destroyed_streams_drop_their_open_batch)
{
    kro_context *ctx = kt_context(t);
    kro_stream *stream = kt_stream(t);
    kro_buffer *buffer = kt_buffer(t, 8, NULL);
    const uint32_t expected[] = {0x11111111, 0x11111111};
    uint32_t actual[2] = {0};
    CHECK_OK(kro_fill(stream, buffer, 0, 8, 0x11111111));
    CHECK_OK(kro_submit(stream, NULL));
    CHECK_OK(kro_fill(stream, buffer, 0, 8, 0x22222222));
    kt_release(t, stream);
    CHECK_OK(kro_buffer_read(buffer, 0, actual, sizeof actual));
    CHECK_U32S(actual, expected, 2);
    CHECK(ctx != NULL);
}

TEST(default_stream_refuses_to_be_destroyed)
{
    contract_log *log = contract_log_create(t);
    contract_bench bench = contract_bench_create(
        t, kt_context_with(t, &(kro_context_config){.log = contract_log_line, .log_user = log}));
    if (!bench.ctx)
        return;
    kro_stream *stream = kro_context_stream(bench.ctx);
    kro_stream_destroy(stream);
    CHECK(contract_log_contains(log, KRO_LOG_WARNING, "kro_stream_destroy"));
    CHECK_EQ_U64(contract_log_count(log, KRO_LOG_WARNING), 1);
    CHECK(kro_context_stream(bench.ctx) == stream);
    bench.stream = stream;
    contract_check_usable(t, &bench);
}

TEST(labels_are_copied)
{
    char label[] = "a label";
    kro_context *ctx = kt_context(t);
    kro_buffer *buffer =
        kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = 4, .label = label});
    kro_stream *stream = kt_stream_in(t, ctx, &(kro_stream_config){.label = label});
    kro_pipeline *pipeline =
        kt_pipeline_in(t, ctx, "vector_add", &(kro_pipeline_config){.label = label});
    if (!buffer || !stream || !pipeline)
        return;
    memset(label, 'x', sizeof label - 1);
    CHECK_EQ_STRING(kro_buffer_get_info(buffer)->label, "a label");
    CHECK_EQ_STRING(kro_stream_get_info(stream)->label, "a label");
    CHECK_EQ_STRING(kro_pipeline_get_info(pipeline)->label, "a label");
    CHECK_EQ_STRING(kro_buffer_get_info(kt_buffer(t, 4, NULL))->label, "");
    CHECK_EQ_STRING(kro_stream_get_info(kt_stream(t))->label, "");
}

TEST(buffer_info_says_what_was_asked_for)
{
    for (int memory = KRO_MEMORY_DEVICE; memory <= KRO_MEMORY_READBACK; memory++) {
        const kro_buffer_info *info = kro_buffer_get_info(
            kt_buffer_in(t, kt_context(t),
                         &(kro_buffer_config){.size_bytes = 100, .memory = (kro_memory)memory}));
        if (!info)
            return;
        CHECK_EQ_U64(info->size_bytes, 100);
        CHECK_EQ_U64(info->memory, (uint64_t)memory);
        CHECK_EQ_U64(info->device_address, 0);
        CHECK(info->mappable || memory == KRO_MEMORY_DEVICE);
    }
}

// Everything that an application can forget, in every state: recorded, submitted, mapped, dead.
static void forget_objects(kt_test *t, kro_context *ctx)
{
    enum { COUNT = 4 };
    const kronos_shader *add = kronos_shader_find("vector_add");
    kro_buffer *buffers[COUNT];
    kro_stream *streams[COUNT];
    kro_pipeline *pipeline;
    char dst[64];
    void *mapped;
    CHECK_OK(kro_pipeline_create(
        ctx, &(kro_pipeline_config){.spirv = add->words, .spirv_bytes = add->size_bytes},
        &pipeline));
    for (int i = 0; i < COUNT; i++) {
        const kro_buffer_config config = {.size_bytes = UINT64_C(256) << (4 * i),
                                          .memory = (kro_memory)(i % 3)};
        CHECK_OK(kro_buffer_create(ctx, &config, &buffers[i]));
        CHECK_OK(kro_stream_create(ctx, NULL, &streams[i]));
    }
    for (int i = 0; i < COUNT; i++) {
        CHECK_OK(contract_dispatch(streams[i], pipeline, 64,
                                   (kro_buffer *[4]){buffers[i], buffers[i], buffers[i]}));
        CHECK_OK(kro_read(streams[i], buffers[i], 0, dst, 16));
        if (i % 2)
            CHECK_OK(kro_submit(streams[i], NULL));
        CHECK_OK(kro_fill(kro_context_stream(ctx), buffers[i], 0, 64, 1));
    }
    CHECK_OK(kro_buffer_map(buffers[2], &mapped));
    kro_buffer_destroy(buffers[0]);
    kro_stream_destroy(streams[1]);
}

TEST(context_destroys_what_was_left)
{
    const kronos_proxy_api *proxy = proxied_api(t);
    if (!proxy)
        return;
    // Not 0 where the whole run goes through the proxy.
    const uint64_t objects = proxy->objects(NULL), bytes = proxy->memory_bytes();
    const uint64_t mappings = proxy->mappings();
    kro_context *ctx = proxied_context(t, "", NULL);
    if (!ctx)
        return;
    forget_objects(t, ctx);
    CHECK(proxy->objects(NULL) > objects && proxy->memory_bytes() > bytes);
    kt_release(t, ctx);
    CHECK_EQ_U64(proxy->objects(NULL), objects);
    CHECK_EQ_U64(proxy->memory_bytes(), bytes);
    CHECK_EQ_U64(proxy->mappings(), mappings);
}

// Memory really comes back: at once when nothing uses it, after the work otherwise.
TEST(memory_of_destroyed_buffers_comes_back)
{
    enum { SIZE = 8 << 20 };
    kro_context *ctx =
        proxied_context(t, "", &(kro_context_config){.slab_bytes = UINT64_C(1) << 20});
    const kronos_proxy_api *proxy = proxied_api(t);
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    kro_buffer *unused, *recorded;
    const kro_buffer_config config = {.size_bytes = SIZE};
    if (!ctx || !stream)
        return;
    const uint64_t before = proxy->memory_bytes();
    const uint64_t buffers_before = proxy->objects("VkBuffer");
    if (!CHECK_OK(kro_buffer_create(ctx, &config, &unused)) ||
        !CHECK_OK(kro_buffer_create(ctx, &config, &recorded)))
        return;
    CHECK(proxy->memory_bytes() >= before + 2 * SIZE);
    kro_buffer_destroy(unused);
    CHECK(proxy->memory_bytes() >= before + SIZE);
    CHECK(proxy->memory_bytes() < before + 2 * SIZE);

    CHECK_OK(kro_fill(stream, recorded, 0, SIZE, 1));
    kro_buffer_destroy(recorded);
    CHECK(proxy->memory_bytes() >= before + SIZE);
    CHECK_EQ_U64(proxy->objects("VkBuffer"), buffers_before + 1);
    CHECK_OK(kro_finish(stream));
    CHECK_EQ_U64(proxy->memory_bytes(), before);
    CHECK_EQ_U64(proxy->objects("VkBuffer"), buffers_before);
}

// An open batch pins what is destroyed after its first operation; an empty one pins nothing.
TEST(empty_batches_pin_nothing)
{
    kro_context *ctx = proxied_context(t, "", NULL);
    const kronos_proxy_api *proxy = proxied_api(t);
    kro_stream *idle = kt_stream_in(t, ctx, NULL), *dropped = kt_stream_in(t, ctx, NULL);
    kro_buffer *buffer;
    if (!ctx || !idle || !dropped)
        return;
    CHECK_OK(kro_barrier(idle));
    const uint64_t before = proxy->objects("VkBuffer");
    CHECK_OK(kro_buffer_create(ctx, &(kro_buffer_config){.size_bytes = 4096}, &buffer));
    CHECK_OK(kro_fill(dropped, buffer, 0, 4096, 1));
    CHECK_STATUS(kro_fill(dropped, buffer, 1, 4096, 1), KRO_ERROR_INVALID_ARGUMENT);
    kro_buffer_destroy(buffer);
    CHECK_EQ_U64(proxy->objects("VkBuffer"), before);
}

// Twelve hundred lives need no more of the driver than a few; descriptor sets of dead buffers stay,
// but no more than some thousand.
TEST(objects_come_and_go_without_growth)
{
    enum { LIVES = 1200, SETTLED = 10, SETS_SETTLED = 1100 };
    kro_context *ctx = proxied_context(t, "", NULL);
    const kronos_proxy_api *proxy = proxied_api(t);
    contract_bench bench = contract_bench_create(t, ctx);
    if (!bench.ctx)
        return;
    uint64_t settled = 0, all_settled = 0;
    for (int round = 0; round < LIVES; round++) {
        round_objects objects;
        if (!create_round(t, &bench, (float)round, &objects))
            return;
        CHECK_OK(contract_dispatch(bench.stream, objects.add, CONTRACT_COUNT,
                                   (kro_buffer *[4]){objects.left, objects.right, bench.sum}));
        destroy_round(t, &objects);
        CHECK_OK(kro_finish(bench.stream));
        const uint64_t all_now = proxy->objects(NULL);
        const uint64_t objects_now =
            all_now - proxy->objects("VkDescriptorSet") - proxy->objects("VkDescriptorPool");
        if (round == SETTLED)
            settled = objects_now;
        if (round == SETS_SETTLED)
            all_settled = all_now;
        if ((round > SETTLED && !CHECK_EQ_U64(objects_now, settled)) ||
            (round > SETS_SETTLED && !CHECK_EQ_U64(all_now, all_settled)))
            return;
    }
}

// Work that nobody sees finish, except who waits for it: the driver's command buffers stay few.
TEST(programs_that_never_wait_hold_few_batches)
{
    enum { SUBMITS = 700, MOST = 256 + 8 };
    kro_context *ctx = proxied_context(t, "delay=1000000000", NULL);
    const kronos_proxy_api *api = proxied_api(t);
    if (!ctx || !api)
        return;
    kro_buffer *buffer = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = 4096});
    kro_stream *stream = kro_context_stream(ctx);
    for (uint32_t i = 0; i < SUBMITS; i++) {
        CHECK_OK(kro_fill(stream, buffer, i * 4, 4, i));
        CHECK_OK(kro_submit(stream, NULL));
    }
    uint64_t pools = api->objects("VkCommandPool");
    if (!CHECK(pools <= MOST))
        LOGF(t, "%llu command pools for %d submits", (unsigned long long)pools, SUBMITS);
    uint32_t words[SUBMITS];
    CHECK_OK(kro_buffer_read(buffer, 0, words, sizeof words));
    for (uint32_t i = 0; i < SUBMITS; i++)
        CHECK_EQ_U64(words[i], i);
}
