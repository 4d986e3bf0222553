// Dependent work: whatever may run side by side, the result is as if it ran in order.
#include "kernel.h"

#include <string.h>

enum { COUNT = 1000 };

// The words of a buffer and what they ought to be.
typedef struct chain {
    kro_stream *stream;
    kro_pipeline *affine, *reverse, *add;
} chain;

static chain chain_create_in(kt_test *t, kro_context *ctx, kro_stream *stream)
{
    return (chain){stream, kt_pipeline_in(t, ctx, "affine_words", NULL),
                   kt_pipeline_in(t, ctx, "xor_reversed", NULL),
                   kt_pipeline_in(t, ctx, "add_scaled_words", NULL)};
}

static chain chain_create(kt_test *t)
{
    return chain_create_in(t, kt_context(t), kt_stream(t));
}

static void record(kt_test *t, const chain *c, kro_pipeline *pipeline, const kro_binding *bindings,
                   uint32_t binding_count, uint32_t count, uint32_t a, uint32_t b)
{
    const uint32_t push[] = {count, a, b};
    CHECK_OK(kro_dispatch(c->stream, pipeline,
                          &(kro_dispatch_args){.bindings = bindings,
                                               .binding_count = binding_count,
                                               .push = push,
                                               .push_bytes = sizeof push,
                                               .threads = {count}}));
}

// words = words * factor + addend: no two steps may change places.
static void record_affine(kt_test *t, const chain *c, kro_buffer *words, uint32_t factor,
                          uint32_t addend)
{
    record(t, c, c->affine, &(kro_binding){words, .binding = 0}, 1, COUNT, factor, addend);
}

static void affine_model(uint32_t *words, uint32_t count, uint32_t factor, uint32_t addend)
{
    for (uint32_t i = 0; i < count; i++)
        words[i] = words[i] * factor + addend;
}

// A thousand steps on one buffer, `per_submit` in each submit; 0 leaves that to the stream.
static void check_steps(kt_test *t, const chain *c, kro_buffer *buffer, uint32_t words[COUNT],
                        uint32_t per_submit)
{
    for (uint32_t i = 0; i < 1000; i++) {
        const uint32_t factor = 2 * i + 3, addend = i * 2654435761u;
        record_affine(t, c, buffer, factor, addend);
        affine_model(words, COUNT, factor, addend);
        if (per_submit && i % per_submit == per_submit - 1)
            CHECK_OK(kro_submit(c->stream, NULL));
    }
    CHECK_OK(kro_finish(c->stream));
    CHECK_U32S(kernel_read_all(t, buffer), words, COUNT);
}

static const uint32_t PER_SUBMIT[] = {1000, 100, 7, 1};

TEST_PARAMS(steps_per_submit)
{
    for (size_t i = 0; i < sizeof PER_SUBMIT / sizeof PER_SUBMIT[0]; i++)
        kt_param(params, "%u_a_submit", PER_SUBMIT[i]);
}

TEST_FAMILY_CASE(thousand_dependent_dispatches_run_in_order)
{
    (void)param;
    uint32_t words[COUNT];
    kt_fill_u32s(t, words, COUNT);
    const chain c = chain_create(t);
    check_steps(t, &c, kt_buffer(t, sizeof words, words), words, PER_SUBMIT[kt_param_index(t)]);
}

// Streams that submit by themselves after a few operations, the smallest number being one.
static const uint32_t BATCH_NODES[] = {1, 7, 64};

TEST_PARAMS(batch_sizes)
{
    for (size_t i = 0; i < sizeof BATCH_NODES / sizeof BATCH_NODES[0]; i++)
        kt_param(params, "%u", BATCH_NODES[i]);
}

TEST_FAMILY_CASE(streams_that_submit_by_themselves_keep_order)
{
    (void)param;
    uint32_t words[COUNT];
    kt_fill_u32s(t, words, COUNT);
    const kro_stream_config config = {.batch_nodes = BATCH_NODES[kt_param_index(t)]};
    kro_stream *stream = kt_stream_in(t, kt_context(t), &config);
    const chain c = chain_create_in(t, kt_context(t), stream);
    check_steps(t, &c, kt_buffer(t, sizeof words, words), words, 0);
}

// Back and forth between two buffers, reversed each time.
TEST(two_buffers_hand_their_words_to_and_fro)
{
    uint32_t words[COUNT], next[COUNT];
    kt_fill_u32s(t, words, COUNT);
    kro_buffer *buffers[] = {kt_buffer(t, sizeof words, words), kt_buffer(t, sizeof words, NULL)};
    const chain c = chain_create(t);
    for (uint32_t i = 0; i < 1001; i++) {
        const kro_binding bindings[] = {{buffers[i % 2], .binding = 0},
                                        {buffers[(i + 1) % 2], .binding = 1}};
        record(t, &c, c.reverse, bindings, 2, COUNT, i, 0);
        for (uint32_t k = 0; k < COUNT; k++)
            next[k] = words[COUNT - 1 - k] ^ i;
        memcpy(words, next, sizeof words);
    }
    CHECK_OK(kro_finish(c.stream));
    CHECK_U32S(kernel_read_all(t, buffers[1]), words, COUNT);
}

// Dispatches, copies, fills, writes and reads on two buffers in turn, in one submit.
TEST(mixed_operations_run_in_order)
{
    enum { STEPS = 600, READS = STEPS / 6 };
    uint32_t a[COUNT], b[COUNT], *read = kt_alloc(t, READS * sizeof a);
    uint32_t *expected = kt_alloc(t, READS * sizeof a);
    kt_fill_u32s(t, a, COUNT);
    kt_fill_u32s(t, b, COUNT);
    kro_buffer *x = kt_buffer(t, sizeof a, a), *y = kt_buffer(t, sizeof b, b);
    const chain c = chain_create(t);
    for (uint32_t i = 0; i < STEPS; i++) {
        const uint32_t at = (uint32_t)kt_random_below(t, COUNT - 100), word = kt_random_u32(t);
        switch (i % 6) {
        case 0:
            record_affine(t, &c, x, 5, word);
            affine_model(a, COUNT, 5, word);
            break;
        case 1:
            CHECK_OK(kro_copy(c.stream, y, 4 * at, x, 4 * (COUNT - 100 - at), 400));
            memcpy(b + at, a + COUNT - 100 - at, 400);
            break;
        case 2:
            CHECK_OK(kro_fill(c.stream, x, 4 * at, 40, word));
            for (uint32_t k = 0; k < 10; k++)
                a[at + k] = word;
            break;
        case 3:
            record_affine(t, &c, y, word | 1, i);
            affine_model(b, COUNT, word | 1, i);
            break;
        case 4:
            CHECK_OK(kro_write(c.stream, x, 4 * at + 1, b, 35));
            memcpy((uint8_t *)(a + at) + 1, b, 35);
            break;
        default:
            CHECK_OK(kro_read(c.stream, y, 0, read + i / 6 * COUNT, sizeof b));
            memcpy(expected + i / 6 * COUNT, b, sizeof b);
            break;
        }
    }
    CHECK_OK(kro_finish(c.stream));
    CHECK_U32S(kernel_read_all(t, x), a, COUNT);
    CHECK_U32S(kernel_read_all(t, y), b, COUNT);
    CHECK_U32S(read, expected, READS * COUNT);
}

// One buffer feeds two branches, which meet again, a hundred times over.
TEST(diamonds_of_dependencies_close)
{
    uint32_t a[COUNT], b[COUNT], c_words[COUNT];
    kt_fill_u32s(t, a, COUNT);
    kro_buffer *top = kt_buffer(t, sizeof a, a), *left = kt_buffer(t, sizeof a, NULL);
    kro_buffer *right = kt_buffer(t, sizeof a, NULL);
    const chain c = chain_create(t);
    for (uint32_t i = 0; i < 100; i++) {
        const kro_binding to_left[] = {{top, .binding = 0}, {left, .binding = 1}};
        const kro_binding to_right[] = {{top, .binding = 0}, {right, .binding = 1}};
        const kro_binding join[] = {
            {left, .binding = 0}, {right, .binding = 1}, {top, .binding = 2}};
        record(t, &c, c.reverse, to_left, 2, COUNT, 0x1234 + i, 0);
        record(t, &c, c.reverse, to_right, 2, COUNT, 0x77 * i, 0);
        record(t, &c, c.add, join, 3, COUNT, 3, 0);
        for (uint32_t k = 0; k < COUNT; k++) {
            b[k] = a[COUNT - 1 - k] ^ (0x1234 + i);
            c_words[k] = a[COUNT - 1 - k] ^ (0x77 * i);
        }
        for (uint32_t k = 0; k < COUNT; k++)
            a[k] = b[k] + c_words[k] * 3;
    }
    CHECK_OK(kro_finish(c.stream));
    CHECK_U32S(kernel_read_all(t, top), a, COUNT);
}

// Words go round a ring of ranges of one buffer, each range reading its neighbour.
TEST(ring_of_ranges_passes_its_words_on)
{
    enum { RANGES = 16, WORDS = 50, STEPS = 1000 };
    const uint32_t step = kernel_range_step(t, 4 * WORDS), all = RANGES * step;
    uint32_t *words = kt_alloc(t, all);
    kt_fill_u32s(t, words, all / 4);
    kro_buffer *buffer = kt_buffer(t, all, words);
    const chain c = chain_create(t);
    for (uint32_t i = 0; i < STEPS; i++) {
        const uint32_t from = i % RANGES * step, to = (i + 1) % RANGES * step;
        const kro_binding bindings[] = {{buffer, from, 4 * WORDS, .binding = 0},
                                        {buffer, to, 4 * WORDS, .binding = 1}};
        record(t, &c, c.reverse, bindings, 2, WORDS, i * 40503u, 0);
        for (uint32_t k = 0; k < WORDS; k++)
            words[to / 4 + k] = words[from / 4 + WORDS - 1 - k] ^ (i * 40503u);
    }
    CHECK_OK(kro_finish(c.stream));
    CHECK_U32S(kernel_read_all(t, buffer), words, all / 4);
}

// Windows that overlap their neighbours by half: each step waits for just those before it.
TEST(overlapping_ranges_run_in_order)
{
    enum { WINDOWS = 60, ROUNDS = 5 };
    const uint32_t step = kernel_range_step(t, 128), window = 2 * step, all = (WINDOWS + 1) * step;
    uint32_t *words = kt_alloc(t, all);
    kt_fill_u32s(t, words, all / 4);
    kro_buffer *buffer = kt_buffer(t, all, words);
    const chain c = chain_create(t);
    for (uint32_t i = 0; i < WINDOWS * ROUNDS; i++) {
        const uint32_t start = i * 7 % WINDOWS * step;
        record(t, &c, c.affine, &(kro_binding){buffer, start, window, .binding = 0}, 1, window / 4,
               2 * i + 3, i);
        affine_model(words + start / 4, window / 4, 2 * i + 3, i);
    }
    CHECK_OK(kro_finish(c.stream));
    CHECK_U32S(kernel_read_all(t, buffer), words, all / 4);
}

// Work on ranges of one buffer that share nothing; `independent` says so, or the library finds out.
static void check_disjoint(kt_test *t, bool independent)
{
    enum { RANGES = 500, WORDS = 16 };
    const uint32_t step = kernel_range_step(t, 4 * WORDS), all = RANGES * step;
    uint32_t *words = kt_alloc(t, all);
    kt_fill_u32s(t, words, all / 4);
    kro_buffer *buffer = kt_buffer(t, all, words);
    const chain c = chain_create(t);
    for (uint32_t i = 0; i < RANGES; i++) {
        const uint32_t start = i * 77 % RANGES * step, push[] = {WORDS, 2 * i + 1, i};
        CHECK_OK(kro_dispatch(
            c.stream, c.affine,
            &(kro_dispatch_args){.bindings = &(kro_binding){buffer, start, 4 * WORDS, .binding = 0},
                                 .binding_count = 1,
                                 .push = push,
                                 .push_bytes = sizeof push,
                                 .threads = {WORDS},
                                 .independent = independent}));
        affine_model(words + start / 4, WORDS, 2 * i + 1, i);
    }
    CHECK_OK(kro_finish(c.stream));
    CHECK_U32S(kernel_read_all(t, buffer), words, all / 4);
}

TEST(disjoint_ranges_of_one_buffer_keep_apart)
{
    check_disjoint(t, false);
}

TEST(independent_work_on_one_buffer_keeps_apart)
{
    check_disjoint(t, true);
}

// Many readers, then a writer, again and again: the writer waits for all of them.
TEST(writers_wait_for_all_readers)
{
    enum { ROUNDS = 30, READERS = 8 };
    uint32_t words[COUNT], *expected = kt_alloc(t, ROUNDS * READERS * sizeof words);
    kt_fill_u32s(t, words, COUNT);
    kro_buffer *source = kt_buffer(t, sizeof words, words), *outs[ROUNDS * READERS];
    const chain c = chain_create(t);
    for (uint32_t i = 0; i < ROUNDS * READERS; i++) {
        outs[i] = kt_buffer(t, sizeof words, NULL);
        const kro_binding bindings[] = {{source, .binding = 0}, {outs[i], .binding = 1}};
        record(t, &c, c.reverse, bindings, 2, COUNT, i, 0);
        for (uint32_t k = 0; k < COUNT; k++)
            expected[i * COUNT + k] = words[COUNT - 1 - k] ^ i;
        if (i % READERS == READERS - 1) {
            record_affine(t, &c, source, 3, i);
            affine_model(words, COUNT, 3, i);
        }
    }
    CHECK_OK(kro_finish(c.stream));
    for (uint32_t i = 0; i < ROUNDS * READERS; i++)
        CHECK_U32S(kernel_read_all(t, outs[i]), expected + i * COUNT, COUNT);
}

// The last of many writers wins: kernels, fills and copies that overwrite one another.
TEST(last_writer_wins)
{
    enum { ROUNDS = 100, SOURCES = 10 };
    uint32_t sources[SOURCES][COUNT], expected[COUNT] = {0};
    kro_buffer *from[SOURCES], *target = kt_buffer(t, sizeof expected, NULL);
    const chain c = chain_create(t);
    for (int i = 0; i < SOURCES; i++) {
        kt_fill_u32s(t, sources[i], COUNT);
        from[i] = kt_buffer(t, sizeof sources[i], sources[i]);
    }
    for (uint32_t i = 0; i < ROUNDS; i++) {
        const uint32_t *source = sources[i % SOURCES];
        const kro_binding bindings[] = {{from[i % SOURCES], .binding = 0}, {target, .binding = 1}};
        CHECK_OK(kro_fill(c.stream, target, 0, sizeof expected, i));
        CHECK_OK(kro_copy(c.stream, target, 0, from[(i + 1) % SOURCES], 0, sizeof expected));
        record(t, &c, c.reverse, bindings, 2, COUNT, i, 0);
        for (uint32_t k = 0; k < COUNT; k++)
            expected[k] = source[COUNT - 1 - k] ^ i;
    }
    CHECK_OK(kro_finish(c.stream));
    CHECK_U32S(kernel_read_all(t, target), expected, COUNT);
}

// 256 buffers are added up in pairs, eight levels deep.
TEST(tree_of_sums_adds_everything)
{
    enum { LEAVES = 256 };
    uint32_t words[COUNT], expected[COUNT] = {0};
    kro_buffer *buffers[LEAVES];
    const chain c = chain_create(t);
    for (int i = 0; i < LEAVES; i++) {
        kt_fill_u32s(t, words, COUNT);
        buffers[i] = kt_buffer(t, sizeof words, words);
        for (int k = 0; k < COUNT; k++)
            expected[k] += words[k];
    }
    for (int width = LEAVES / 2; width > 0; width /= 2)
        for (int i = 0; i < width; i++) {
            kro_buffer *sum = kt_buffer(t, sizeof words, NULL);
            const kro_binding bindings[] = {{buffers[i], .binding = 0},
                                            {buffers[i + width], .binding = 1},
                                            {sum, .binding = 2}};
            record(t, &c, c.add, bindings, 3, COUNT, 1, 0);
            buffers[i] = sum;
        }
    CHECK_OK(kro_finish(c.stream));
    CHECK_U32S(kernel_read_all(t, buffers[0]), expected, COUNT);
}

// Ten thousand operations on a hundred buffers, more than one batch takes.
TEST(ten_thousand_operations_run_in_order)
{
    enum { BUFFERS = 100, OPERATIONS = 10000, WORDS = 64 };
    uint32_t words[BUFFERS][WORDS];
    kro_buffer *buffers[BUFFERS];
    kt_fill_u32s(t, words[0], BUFFERS * WORDS);
    for (int i = 0; i < BUFFERS; i++)
        buffers[i] = kt_buffer(t, sizeof words[i], words[i]);
    const chain c = chain_create(t);
    for (uint32_t i = 0; i < OPERATIONS; i++) {
        const uint32_t from = (uint32_t)kt_random_below(t, BUFFERS);
        const uint32_t to = (from + 1 + (uint32_t)kt_random_below(t, BUFFERS - 1)) % BUFFERS;
        if (i % 3 == 0) {
            CHECK_OK(kro_copy(c.stream, buffers[to], 8, buffers[from], 0, 100));
            memcpy(words[to] + 2, words[from], 100);
            continue;
        }
        record(t, &c, c.affine, &(kro_binding){buffers[to], .binding = 0}, 1, WORDS, 3, i);
        affine_model(words[to], WORDS, 3, i);
    }
    CHECK_OK(kro_finish(c.stream));
    for (int i = 0; i < BUFFERS; i++)
        CHECK_U32S(kernel_read_all(t, buffers[i]), words[i], WORDS);
}

// Plain mode, which orders everything, gives the same bytes.
TEST(plain_mode_gives_the_same_bytes)
{
    kro_context_config config = kt_context_config(t);
    config.plain = true;
    kro_context *ctx = kt_context_with(t, &config);
    uint32_t words[COUNT];
    kt_fill_u32s(t, words, COUNT);
    const chain c = chain_create_in(t, ctx, kt_stream_in(t, ctx, NULL));
    kro_buffer *buffer =
        kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = sizeof words, .data = words});
    check_steps(t, &c, buffer, words, 100);
}
