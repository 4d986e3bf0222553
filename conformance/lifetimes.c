// Objects that are destroyed while work still uses them, and others made in their place.
#include "kernel.h"

enum { ROUNDS = 200, COUNT = 600 };

// Makes two buffers, runs a kernel from one to the other, copies the result to its place in `log`
// and destroys both, `ROUNDS` times. The driver gets every chance to give a new buffer the handle
// or the memory of an old one; a descriptor set that remembers the old one then shows.
static void check_short_lives(kt_test *t, uint32_t rounds_per_submit, bool new_pipelines)
{
    uint32_t words[COUNT], *expected = kt_alloc(t, ROUNDS * sizeof words);
    kro_buffer *log = kt_buffer(t, ROUNDS * sizeof words, NULL);
    kro_pipeline *lasting = kt_pipeline(t, "xor_words");
    kro_stream *stream = kt_stream(t);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        kt_fill_u32s(t, words, COUNT);
        kro_buffer *in = kt_buffer(t, sizeof words, words), *out = kt_buffer(t, sizeof words, NULL);
        kro_pipeline *pipeline = new_pipelines ? kt_pipeline(t, "xor_words") : lasting;
        CHECK_OK(kro_dispatch(
            stream, pipeline,
            &(kro_dispatch_args){
                .buffers = {in, out}, .push = &i, .push_bytes = sizeof i, .threads = {COUNT}}));
        CHECK_OK(kro_copy(stream, log, i * sizeof words, out, 0, sizeof words));
        for (uint32_t k = 0; k < COUNT; k++)
            expected[i * COUNT + k] = words[k] ^ i;
        if (i % rounds_per_submit == rounds_per_submit - 1)
            CHECK_OK(kro_submit(stream, NULL));
        kt_release(t, in);
        kt_release(t, out);
        if (new_pipelines)
            kt_release(t, pipeline);
    }
    CHECK_OK(kro_finish(stream));
    CHECK_U32S(kernel_read_all(t, log), expected, ROUNDS * COUNT);
}

TEST(buffers_may_be_destroyed_while_submitted_work_uses_them)
{
    check_short_lives(t, 1, false);
}

TEST(buffers_may_be_destroyed_while_recorded_work_uses_them)
{
    check_short_lives(t, ROUNDS, false);
}

TEST(pipelines_may_be_destroyed_while_work_uses_them)
{
    check_short_lives(t, 9, true);
}

// The same with a read each round: made, used, read, destroyed.
TEST(buffers_in_reused_places_hold_their_own_bytes)
{
    uint32_t words[COUNT], actual[COUNT];
    kro_pipeline *pipeline = kt_pipeline(t, "xor_words");
    for (uint32_t i = 0; i < ROUNDS; i++) {
        kt_fill_u32s(t, words, COUNT);
        kro_buffer *in = kt_buffer(t, sizeof words, words), *out = kt_buffer(t, sizeof words, NULL);
        CHECK_OK(kro_dispatch(
            kro_context_stream(kt_context(t)), pipeline,
            &(kro_dispatch_args){
                .buffers = {in, out}, .push = &i, .push_bytes = sizeof i, .threads = {COUNT}}));
        for (uint32_t k = 0; k < COUNT; k++)
            words[k] ^= i;
        CHECK_OK(kro_buffer_read(out, 0, actual, sizeof actual));
        if (!CHECK_U32S(actual, words, COUNT))
            return;
        kt_release(t, in);
        kt_release(t, out);
    }
}

// Every word of a buffer is `key`.
static bool check_key(kt_test *t, kro_buffer *buffer, uint32_t count, uint32_t key)
{
    uint32_t *actual = kt_alloc(t, 4 * count), *expected = kt_alloc(t, 4 * count);
    for (uint32_t i = 0; i < count; i++)
        expected[i] = key;
    CHECK_OK(kro_buffer_read(buffer, 0, actual, 4 * count));
    const bool held = CHECK_U32S(actual, expected, count);
    kt_release(t, actual);
    kt_release(t, expected);
    return held;
}

// Buffers of many sizes come and go in random order; those alive keep their bytes.
TEST(living_buffers_are_untouched_by_the_dead)
{
    enum { ALIVE = 40, STEPS = 2000, MAX_WORDS = 5000 };
    kro_buffer *buffers[ALIVE] = {0};
    uint32_t counts[ALIVE] = {0}, keys[ALIVE] = {0};
    kro_stream *stream = kt_stream(t);
    for (uint32_t i = 0; i < STEPS; i++) {
        const uint32_t at = (uint32_t)kt_random_below(t, ALIVE);
        if (buffers[at]) {
            if (!check_key(t, buffers[at], counts[at], keys[at]))
                return;
            kt_release(t, buffers[at]);
        }
        counts[at] = 1 + (uint32_t)kt_random_below(t, MAX_WORDS);
        keys[at] = kt_random_u32(t);
        buffers[at] =
            kt_buffer_in(t, kt_context(t), &(kro_buffer_config){.size_bytes = 4 * counts[at]});
        CHECK_OK(kro_fill(stream, buffers[at], 0, 4 * counts[at], keys[at]));
        CHECK_OK(kro_submit(stream, NULL));
    }
    for (uint32_t at = 0; at < ALIVE; at++)
        if (buffers[at] && !check_key(t, buffers[at], counts[at], keys[at]))
            return;
}
