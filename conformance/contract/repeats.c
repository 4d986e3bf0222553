// Batches that come again: what was recorded is submitted again, and never in place of another.
#include "contract.h"

#include <string.h>

#include "proxied.h"

enum { BUFFERS = 3, RANGES = 3, RANGE_WORDS = 64, BUFFER_WORDS = RANGES * RANGE_WORDS };

// words = words * factor + addend, in one range of one buffer.
typedef struct op {
    uint32_t buffer, range, factor, addend;
} op;

typedef struct bench {
    kro_context *ctx;
    kro_stream *stream;
    kro_pipeline *affine;
    kro_buffer *buffers[BUFFERS];
    uint32_t words[BUFFERS][BUFFER_WORDS]; // what they hold
} bench;

static bool open_bench(kt_test *t, bench *it, kro_context *ctx)
{
    *it = (bench){.ctx = ctx, .stream = kt_stream_in(t, ctx, NULL)};
    it->affine = kt_pipeline_in(t, ctx, "affine_words", NULL);
    for (uint32_t b = 0; b < BUFFERS; b++) {
        for (uint32_t i = 0; i < BUFFER_WORDS; i++)
            it->words[b][i] = 1000 * b + i;
        it->buffers[b] = kt_buffer_in(
            t, ctx, &(kro_buffer_config){.size_bytes = sizeof it->words[b], .data = it->words[b]});
    }
    return it->stream && it->affine && it->buffers[0] && it->buffers[1] && it->buffers[2];
}

// Dispatches, here and in the model.
static void run_op(kt_test *t, bench *it, const op *what)
{
    const kro_binding range = {
        .buffer = it->buffers[what->buffer],
        .offset_bytes = what->range * RANGE_WORDS * sizeof(uint32_t),
        .size_bytes = RANGE_WORDS * sizeof(uint32_t),
    };
    const uint32_t push[] = {RANGE_WORDS, what->factor, what->addend};
    CHECK_OK(kro_dispatch(it->stream, it->affine,
                          &(kro_dispatch_args){.bindings = &range,
                                               .binding_count = 1,
                                               .push = push,
                                               .push_bytes = sizeof push,
                                               .groups = {1}}));
    uint32_t *words = it->words[what->buffer] + what->range * RANGE_WORDS;
    for (uint32_t i = 0; i < RANGE_WORDS; i++)
        words[i] = words[i] * what->factor + what->addend;
}

static void run_ops(kt_test *t, bench *it, const op *ops, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        run_op(t, it, &ops[i]);
}

static void run_and_finish(kt_test *t, bench *it, const op *what)
{
    run_op(t, it, what);
    CHECK_OK(kro_finish(it->stream));
}

static void check_words(kt_test *t, const bench *it)
{
    uint32_t words[BUFFER_WORDS];
    for (uint32_t b = 0; b < BUFFERS; b++) {
        CHECK_OK(kro_finish(it->stream));
        CHECK_OK(kro_buffer_read(it->buffers[b], 0, words, sizeof words));
        CHECK_U32S(words, it->words[b], BUFFER_WORDS);
    }
}

// Command buffers that were recorded since the counts were reset.
static uint64_t recorded(kt_test *t)
{
    return proxied_api(t)->figure("command_buffers_recorded");
}

// The second time is kept, and so the third is not recorded; where arguments were new, the first
// time looks other than those that follow.
TEST(what_comes_again_is_not_recorded)
{
    enum { LONG = 100, ROUNDS = 20 };
    bench it;
    if (!open_bench(t, &it, proxied_context(t, "", NULL)))
        return;
    op ops[LONG];
    for (uint32_t i = 0; i < LONG; i++)
        ops[i] = (op){i % BUFFERS, i / 7 % RANGES, 3, i};
    for (uint32_t count = 1; count <= LONG; count += LONG - 1) {
        proxied_api(t)->reset_counts();
        for (int round = 0; round < ROUNDS; round++) {
            run_ops(t, &it, ops, count);
            CHECK_OK(kro_finish(it.stream));
        }
        CHECK(recorded(t) <= (count == 1 ? 2 : 3));
        CHECK_EQ_U64(proxied_api(t)->figure("dispatches"), ROUNDS * count);
        check_words(t, &it);
    }
}

// Several batches in turn, as where two buffers change places in each step.
TEST(what_comes_in_turn_is_not_recorded)
{
    enum { TURNS = 4, DISPATCHES = 10, ROUNDS = 20 };
    bench it;
    if (!open_bench(t, &it, proxied_context(t, "", NULL)))
        return;
    proxied_api(t)->reset_counts();
    for (uint32_t round = 0; round < ROUNDS * TURNS; round++) {
        for (uint32_t i = 0; i < DISPATCHES; i++)
            run_op(t, &it, &(op){round % TURNS % BUFFERS, round % TURNS / BUFFERS, 5, i});
        CHECK_OK(kro_finish(it.stream));
    }
    CHECK(recorded(t) <= 3 * TURNS);
    check_words(t, &it);
}

// A batch that differs in one thing from the one before is recorded, whatever that is: one dispatch
// or all behind the first, another buffer, range, factor or addend, or as many dispatches fewer.
TEST(what_differs_is_recorded)
{
    enum { COUNT = 6, MEMBERS = 4 };
    bench it;
    if (!open_bench(t, &it, proxied_context(t, "", NULL)))
        return;
    for (uint32_t place = 1; place <= COUNT; place++) // the last: all of them
        for (int member = 0; member <= MEMBERS; member++) {
            op ops[COUNT] = {{2, 2, 7, 9}};
            for (uint32_t i = 1; i < COUNT; i++)
                ops[i] = (op){0, 0, 3, 1};
            for (int round = 0; round < 4; round++) {
                run_ops(t, &it, ops, COUNT);
                CHECK_OK(kro_finish(it.stream));
            }
            for (uint32_t i = 1; i < COUNT; i++) {
                uint32_t *const members[] = {&ops[i].buffer, &ops[i].range, &ops[i].factor,
                                             &ops[i].addend};
                if (member < MEMBERS && (i == place || place == COUNT))
                    ++*members[member];
            }
            const bool shorter = member == MEMBERS && place < COUNT;
            proxied_api(t)->reset_counts();
            run_ops(t, &it, ops, shorter ? place : COUNT);
            CHECK_OK(kro_finish(it.stream));
            CHECK_EQ_U64(recorded(t), member < MEMBERS || shorter ? 1 : 0);
            check_words(t, &it);
        }
}

// As many groups as this time, not as many as the last.
TEST(other_groups_are_recorded)
{
    enum { WORDS = 3 * 64 };
    uint32_t words[WORDS], expected[WORDS];
    kro_buffer *buffer = kt_buffer(t, sizeof words, NULL);
    kro_pipeline *pipeline = kt_pipeline(t, "constant_branches"); // words[i] = i + 1
    kro_stream *stream = kt_stream(t);
    for (uint32_t round = 0; round < 12; round++) {
        const uint32_t groups = 1 + round / 3 % 3;
        memset(words, 0xee, sizeof words);
        memset(expected, 0xee, sizeof expected);
        for (uint32_t i = 0; i < 64 * groups; i++)
            expected[i] = i + 1;
        CHECK_OK(kro_buffer_write(buffer, 0, words, sizeof words));
        CHECK_OK(kro_dispatch(stream, pipeline,
                              &(kro_dispatch_args){.buffers = {buffer}, .groups = {groups}}));
        CHECK_OK(kro_finish(stream));
        CHECK_OK(kro_buffer_read(buffer, 0, words, sizeof words));
        CHECK_U32S(words, expected, WORDS);
    }
}

// New pipelines may lie where destroyed ones lay, and use the same descriptor sets.
TEST(pipelines_that_are_gone_do_not_come_again)
{
    enum { WORDS = 64, PIPELINES = 8 };
    uint32_t words[WORDS], expected[WORDS];
    kro_context *ctx = kt_context(t);
    kro_buffer *buffer = kt_buffer(t, sizeof words, NULL);
    kro_stream *stream = kt_stream(t);
    for (uint32_t round = 0; round < 6; round++) {
        const kro_constant mode = {.id = 0, .value.u32 = round % 2};
        const kro_pipeline_config config = {.constants = &mode, .constant_count = 1};
        kro_pipeline *pipelines[PIPELINES];
        for (uint32_t i = 0; i < WORDS; i++)
            expected[i] = mode.value.u32 ? (i * 3) ^ 0x55 : i + 1;
        for (int i = 0; i < PIPELINES; i++) {
            pipelines[i] = kt_pipeline_in(t, ctx, "constant_branches", &config);
            CHECK_OK(kro_dispatch(stream, pipelines[i],
                                  &(kro_dispatch_args){.buffers = {buffer}, .groups = {1}}));
            CHECK_OK(kro_finish(stream));
            CHECK_OK(kro_buffer_read(buffer, 0, words, sizeof words));
            CHECK_U32S(words, expected, WORDS);
        }
        for (int i = 0; i < PIPELINES; i++)
            kt_release(t, pipelines[i]);
    }
}

// What still runs is not submitted a second time.
TEST(what_is_in_flight_is_recorded_beside)
{
    enum { BATCHES = 5 };
    bench it;
    if (!open_bench(t, &it, proxied_context(t, "delay=500", NULL)))
        return;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < BATCHES; i++) {
            run_op(t, &it, &(op){1, 2, 7, 5});
            CHECK_OK(kro_submit(it.stream, NULL));
        }
        CHECK_OK(kro_finish(it.stream));
    }
    check_words(t, &it);
    CHECK_EQ_U64(proxied_api(t)->violations(), 0);
}

// A submit that the driver refuses leaves what was recorded for it usable.
TEST(what_was_refused_comes_again)
{
    bench it;
    if (!open_bench(t, &it, proxied_context(t, "", NULL)))
        return;
    const op again = {2, 1, 3, 2};
    for (int round = 0; round < 3; round++)
        run_and_finish(t, &it, &again);
    uint32_t before[BUFFERS][BUFFER_WORDS];
    memcpy(before, it.words, sizeof before);
    proxied_configure(t, "fail=vkQueueSubmit:1:VK_ERROR_OUT_OF_HOST_MEMORY");
    run_op(t, &it, &again);
    CHECK_STATUS(kro_finish(it.stream), KRO_ERROR_OUT_OF_HOST_MEMORY);
    memcpy(it.words, before, sizeof before); // it never ran
    proxied_configure(t, "");
    for (int round = 0; round < 3; round++)
        run_and_finish(t, &it, &again);
    check_words(t, &it);
}

// A few batches, chosen and changed at random, while buffers come and go.
TEST(random_batches_come_again)
{
    enum { KINDS = 5, MOST_OPS = 9, ROUNDS = 400 };
    bench it;
    if (!open_bench(t, &it, proxied_context(t, "", NULL)))
        return;
    op kinds[KINDS][MOST_OPS];
    uint32_t counts[KINDS] = {0};
    proxied_api(t)->reset_counts();
    for (int round = 0; round < ROUNDS; round++) {
        const uint32_t kind = (uint32_t)kt_random_below(t, KINDS);
        if (counts[kind] == 0 || kt_random_below(t, 16) == 0) { // anew
            counts[kind] = 1 + (uint32_t)kt_random_below(t, MOST_OPS);
            for (uint32_t i = 0; i < MOST_OPS; i++)
                kinds[kind][i] = (op){(uint32_t)kt_random_below(t, BUFFERS),
                                      (uint32_t)kt_random_below(t, RANGES), 3, i};
        }
        if (kt_random_below(t, 16) == 0) // a little
            kinds[kind][kt_random_below(t, MOST_OPS)].addend++;
        run_ops(t, &it, kinds[kind], counts[kind]);
        if (kt_random_below(t, 4) == 0)
            CHECK_OK(kro_submit(it.stream, NULL));
        else
            CHECK_OK(kro_finish(it.stream));
        if (kt_random_below(t, 32) == 0) { // another buffer in a buffer's place
            const uint32_t b = (uint32_t)kt_random_below(t, BUFFERS);
            kt_release(t, it.buffers[b]);
            it.buffers[b] = kt_buffer_in(
                t, it.ctx,
                &(kro_buffer_config){.size_bytes = sizeof it.words[b], .data = it.words[b]});
        }
        if (round % 20 == 19)
            check_words(t, &it);
    }
    LOGF(t, "%u of %d recorded", (unsigned)recorded(t), ROUNDS);
    CHECK(recorded(t) < ROUNDS * 3 / 4);
    CHECK_EQ_U64(proxied_api(t)->violations(), 0);
}
