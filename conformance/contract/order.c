// How batches reach the driver: levels apart, what is alike side by side, so that nothing is bound
// twice; and the same for a hundred thousand operations as for a few.
#include "contract.h"

#include "proxied.h"

// The proxy notes barriers only where it has a use for them.
static const char counting_spec[] = "exits";

enum { PIPELINES = 3, TOTALS = 5, REPEATS = 8, WORDS = 64 };

// Atomic additions commute, so any order of them is right and all may share a level.
typedef struct adders {
    kro_context *ctx; // NULL where something could not be made
    kro_stream *stream;
    kro_pipeline *pipelines[PIPELINES];
    kro_buffer *from, *totals[TOTALS];
} adders;

static adders adders_create(kt_test *t)
{
    static const uint32_t zero;
    uint32_t from[WORDS];
    for (uint32_t i = 0; i < WORDS; i++)
        from[i] = i;
    adders a = {.ctx = proxied_context(t, counting_spec, NULL)};
    a.stream = kt_stream_in(t, a.ctx, NULL);
    a.from = kt_buffer_in(t, a.ctx, &(kro_buffer_config){.size_bytes = sizeof from, .data = from});
    bool made = a.stream && a.from;
    for (uint32_t i = 0; i < PIPELINES; i++) {
        a.pipelines[i] = kt_pipeline_in(t, a.ctx, "add_words_atomically", NULL);
        made = made && a.pipelines[i];
    }
    for (uint32_t i = 0; i < TOTALS; i++) {
        a.totals[i] =
            kt_buffer_in(t, a.ctx, &(kro_buffer_config){.size_bytes = sizeof zero, .data = &zero});
        made = made && a.totals[i];
    }
    if (!made)
        a.ctx = NULL;
    return a;
}

static void add(kt_test *t, const adders *a, uint32_t pipeline, uint32_t total)
{
    const uint32_t push[3] = {WORDS};
    CHECK_OK(kro_dispatch(a->stream, a->pipelines[pipeline],
                          &(kro_dispatch_args){.buffers = {a->from, a->totals[total]},
                                               .push = push,
                                               .push_bytes = sizeof push,
                                               .threads = {WORDS},
                                               .independent = true}));
}

// One level of every pipeline with every buffer, several times over and in any order of recording:
// each pipeline is bound once, and with it each buffer once.
TEST(a_level_binds_nothing_twice)
{
    enum { COUNT = PIPELINES * TOTALS * REPEATS };
    const kronos_proxy_api *proxy = proxied_api(t);
    adders a = adders_create(t);
    uint32_t picks[COUNT];
    if (!a.ctx)
        return;
    for (uint32_t i = 0; i < COUNT; i++) { // a permutation
        uint32_t k = (uint32_t)kt_random_below(t, i + 1);
        picks[i] = picks[k];
        picks[k] = i;
    }
    proxy->reset_counts();
    for (uint32_t i = 0; i < COUNT; i++)
        add(t, &a, picks[i] % PIPELINES, picks[i] / PIPELINES % TOTALS);
    CHECK_OK(kro_finish(a.stream));
    CHECK_EQ_U64(proxy->calls("vkCmdDispatch"), COUNT);
    CHECK_EQ_U64(proxy->calls("vkCmdBindPipeline"), PIPELINES);
    CHECK_EQ_U64(proxy->calls("vkCmdBindDescriptorSets"), PIPELINES * TOTALS);
    CHECK_EQ_U64(proxy->calls("vkCmdPushConstants"), 1); // the same words, one layout
    CHECK_EQ_U64(proxy->barriers(KRONOS_PROXY_BARRIER_LEVEL), 0);
    CHECK_EQ_U64(kro_stream_get_info(a.stream)->descriptor_sets, TOTALS);
    for (uint32_t i = 0; i < TOTALS; i++) {
        uint32_t total = 0;
        CHECK_OK(kro_buffer_read(a.totals[i], 0, &total, sizeof total));
        CHECK_EQ_U64(total, (uint64_t)PIPELINES * REPEATS * WORDS * (WORDS - 1) / 2);
    }
}

// Across a barrier nothing is bound again either, where it stays the same.
TEST(a_chain_binds_once)
{
    enum { LENGTH = 100 };
    const kronos_proxy_api *proxy = proxied_api(t);
    adders a = adders_create(t);
    if (!a.ctx)
        return;
    proxy->reset_counts();
    for (uint32_t i = 0; i < LENGTH; i++) {
        add(t, &a, 0, 0);
        CHECK_OK(kro_barrier(a.stream));
    }
    CHECK_OK(kro_finish(a.stream));
    CHECK_EQ_U64(proxy->barriers(KRONOS_PROXY_BARRIER_LEVEL), LENGTH - 1);
    CHECK_EQ_U64(proxy->calls("vkCmdBindPipeline"), 1);
    CHECK_EQ_U64(proxy->calls("vkCmdBindDescriptorSets"), 1);
    CHECK_EQ_U64(proxy->calls("vkCmdPushConstants"), 1);
}

enum { MANY = 100000, WORD = 4 };

// Fills of `words` words each, `step` words apart, the n-th with n.
typedef struct fills {
    uint32_t words, step;
    bool backwards;
    uint64_t expected; // level barriers
} fills;

static void check_fills(kt_test *t, kro_stream *stream, kro_buffer *buffer, const fills *f)
{
    const kronos_proxy_api *proxy = proxied_api(t);
    const kro_stream_info before = *kro_stream_get_info(stream),
                          *info = kro_stream_get_info(stream);
    const uint64_t size_bytes = kro_buffer_get_info(buffer)->size_bytes;
    uint32_t *actual = kt_alloc(t, size_bytes), *expected = kt_alloc(t, size_bytes);
    for (uint64_t i = 0; i < size_bytes / WORD; i++)
        expected[i] = UINT32_MAX;
    CHECK_OK(kro_buffer_write(buffer, 0, expected, size_bytes));
    proxy->reset_counts();
    for (uint32_t n = 0; n < MANY; n++) {
        const uint64_t first = (uint64_t)f->step * (f->backwards ? MANY - 1 - n : n);
        CHECK_OK(kro_fill(stream, buffer, first * WORD, (uint64_t)f->words * WORD, n));
        for (uint32_t i = 0; i < f->words; i++)
            expected[first + i] = n;
    }
    CHECK_OK(kro_finish(stream));
    CHECK_EQ_U64(proxy->submissions(), 1);
    CHECK_EQ_U64(proxy->calls("vkCmdFillBuffer"), MANY);
    CHECK_EQ_U64(info->level_barriers - before.level_barriers, f->expected);
    CHECK_EQ_U64(info->entry_barriers - before.entry_barriers, 0);
    CHECK_EQ_U64(proxy->figure("barriers"),
                 f->expected + info->exit_barriers - before.exit_barriers);
    CHECK_OK(kro_buffer_read(buffer, 0, actual, size_bytes));
    CHECK_U32S(actual, expected, size_bytes / WORD);
}

// One batch of a hundred thousand operations: each overlaps the next, or none another.
TEST(a_hundred_thousand_operations_are_one_batch)
{
    static const fills rows[] = {
        {.words = 2, .step = 2, .expected = 0},
        {.words = 2, .step = 2, .backwards = true, .expected = 0},
        {.words = 2, .step = 1, .expected = MANY - 1},
        {.words = 2, .step = 1, .backwards = true, .expected = MANY - 1},
    };
    kro_context *ctx = proxied_context(t, "", &(kro_context_config){.batch_nodes = MANY + 1});
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    kro_buffer *buffer =
        kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = (uint64_t)MANY * 2 * WORD});
    if (!stream || !buffer)
        return;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        check_fills(t, stream, buffer, &rows[i]);
}
