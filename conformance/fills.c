// Fills with a repeated word.
#include "kernel.h"

#include <string.h>

static const uint32_t WORD = 0x01020304;

static void fill_model(uint32_t *words, uint32_t first, uint32_t count, uint32_t word)
{
    for (uint32_t i = first; i < first + count; i++)
        words[i] = word;
}

// Every length from 1 to 16 words at every word offset below 16; neighbours keep their bytes.
TEST(fills_of_every_small_size_and_offset_are_exact)
{
    enum { SIZES = 16, OFFSETS = 16, SLOT = 40, FILLS = SIZES * OFFSETS };
    uint32_t *words = kt_alloc(t, 4 * SLOT * FILLS);
    kt_fill_u32s(t, words, SLOT * FILLS);
    kro_buffer *buffer = kt_buffer(t, 4 * SLOT * FILLS, words);
    kro_stream *stream = kt_stream(t);
    for (uint32_t slot = 0; slot < FILLS; slot++) {
        const uint32_t first = slot * SLOT + slot % OFFSETS, count = 1 + slot / OFFSETS;
        fill_model(words, first, count, WORD + slot);
        CHECK_OK(kro_fill(stream, buffer, 4 * first, 4 * count, WORD + slot));
    }
    CHECK_OK(kro_finish(stream));
    CHECK_U32S(kernel_read_all(t, buffer), words, SLOT * FILLS);
}

// The word's lowest byte comes first in memory.
TEST(fill_writes_words_in_little_endian_order)
{
    static const uint8_t EXPECTED[] = {4, 3, 2, 1, 4, 3, 2, 1};
    kro_buffer *buffer = kt_buffer(t, sizeof EXPECTED, NULL);
    kro_stream *stream = kt_stream(t);
    CHECK_OK(kro_fill(stream, buffer, 0, sizeof EXPECTED, WORD));
    CHECK_OK(kro_finish(stream));
    CHECK_BYTES(kernel_read_all(t, buffer), EXPECTED, sizeof EXPECTED);
}

// The bytes behind the last whole word of a buffer of odd size stay.
TEST(fill_leaves_the_odd_end_of_a_buffer)
{
    uint8_t bytes[19];
    kt_fill_bytes(t, bytes, sizeof bytes);
    kro_buffer *buffer = kt_buffer(t, sizeof bytes, bytes);
    kro_stream *stream = kt_stream(t);
    CHECK_OK(kro_fill(stream, buffer, 0, 16, WORD));
    CHECK_OK(kro_finish(stream));
    for (int i = 0; i < 16; i += 4)
        memcpy(bytes + i, &WORD, sizeof WORD);
    CHECK_BYTES(kernel_read_all(t, buffer), bytes, sizeof bytes);
}

// More than 16 MiB in one fill, with both ends kept.
TEST(large_fill_reaches_its_end)
{
    enum { COUNT = (16 << 20) / 4 + 3 };
    uint32_t *words = kt_alloc(t, 4 * COUNT);
    kt_poison(words, 4 * COUNT);
    kro_buffer *buffer = kt_buffer(t, 4 * COUNT, NULL);
    kro_stream *stream = kt_stream(t);
    CHECK_OK(kro_fill(stream, buffer, 4, 4 * (COUNT - 2), WORD));
    CHECK_OK(kro_finish(stream));
    fill_model(words, 1, COUNT - 2, WORD);
    CHECK_U32S(kernel_read_all(t, buffer), words, COUNT);
}

// Where fills overlap the later one wins, whatever their order in memory.
TEST(later_fill_wins)
{
    enum { COUNT = 4096, FILLS = 1000 };
    uint32_t words[COUNT];
    kt_poison(words, sizeof words);
    kro_buffer *buffer = kt_buffer(t, sizeof words, NULL);
    kro_stream *stream = kt_stream(t);
    for (uint32_t i = 0; i < FILLS; i++) {
        const uint32_t first = (uint32_t)kt_random_below(t, COUNT);
        const uint32_t count = (uint32_t)kt_random_below(t, COUNT - first) + 1;
        fill_model(words, first, count, i);
        CHECK_OK(kro_fill(stream, buffer, 4 * first, 4 * count, i));
    }
    CHECK_OK(kro_finish(stream));
    CHECK_U32S(kernel_read_all(t, buffer), words, COUNT);
}

// A kernel reads what a fill wrote just before, and a fill overwrites what it wrote.
TEST(fills_and_kernels_see_each_other)
{
    enum { COUNT = 1000, HALF = COUNT / 2 };
    uint32_t expected[COUNT];
    const uint32_t key = 0xff00ff00;
    kro_buffer *in = kt_buffer(t, 4 * COUNT, NULL), *out = kt_buffer(t, 4 * COUNT, NULL);
    kro_pipeline *pipeline = kt_pipeline(t, "xor_words");
    kro_stream *stream = kt_stream(t);
    CHECK_OK(kro_fill(stream, in, 0, 4 * COUNT, WORD));
    CHECK_OK(kro_dispatch(
        stream, pipeline,
        &(kro_dispatch_args){
            .buffers = {in, out}, .push = &key, .push_bytes = sizeof key, .threads = {COUNT}}));
    CHECK_OK(kro_fill(stream, in, 0, 4 * COUNT, 0));
    CHECK_OK(kro_fill(stream, out, 4 * HALF, 4 * HALF, 7));
    CHECK_OK(kro_finish(stream));
    fill_model(expected, 0, HALF, WORD ^ key);
    fill_model(expected, HALF, HALF, 7);
    CHECK_U32S(kernel_read_all(t, out), expected, COUNT);
}
