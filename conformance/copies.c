// Copies between buffers, byte by byte.
#include "kernel.h"

#include <inttypes.h>
#include <string.h>

// Every size from 1 to 33 bytes, from every source offset below 8 to every target offset below 8;
// nothing beside the copied bytes changes.
TEST(copies_of_every_small_size_and_offset_are_exact)
{
    enum { SIZES = 33, OFFSETS = 8, SLOT_BYTES = 64, COPIES = SIZES * OFFSETS * OFFSETS };
    uint8_t *source = kt_alloc(t, SLOT_BYTES * COPIES), *target = kt_alloc(t, SLOT_BYTES * COPIES);
    kt_fill_bytes(t, source, SLOT_BYTES * COPIES);
    kt_poison(target, SLOT_BYTES * COPIES);
    kro_buffer *from = kt_buffer(t, SLOT_BYTES * COPIES, source);
    kro_buffer *to = kt_buffer(t, SLOT_BYTES * COPIES, NULL);
    kro_stream *stream = kt_stream(t);
    for (uint32_t slot = 0; slot < COPIES; slot++) {
        uint32_t size = 1 + slot / (OFFSETS * OFFSETS);
        uint32_t src = slot * SLOT_BYTES + slot / OFFSETS % OFFSETS;
        uint32_t dst = slot * SLOT_BYTES + slot % OFFSETS;
        memcpy(target + dst, source + src, size);
        CHECK_OK(kro_copy(stream, to, dst, from, src, size));
    }
    CHECK_OK(kro_finish(stream));
    CHECK_BYTES(kernel_read_all(t, to), target, SLOT_BYTES * COPIES);
    CHECK_BYTES(kernel_read_all(t, from), source, SLOT_BYTES * COPIES);
}

static const uint32_t LARGE_SIZES[] = {4095,    4097,    65535,   65537,
                                       1048575, 1048577, 4194303, 8388611};

TEST_PARAMS(large_sizes)
{
    for (size_t i = 0; i < sizeof LARGE_SIZES / sizeof LARGE_SIZES[0]; i++)
        kt_param(params, "%" PRIu32, LARGE_SIZES[i]);
}

// Odd numbers of bytes from odd offsets to odd offsets.
TEST_FAMILY_CASE(large_odd_copy_is_exact)
{
    (void)param;
    const uint32_t size = LARGE_SIZES[kt_param_index(t)], src = 13, dst = 7, all = size + 32;
    uint8_t *source = kt_alloc(t, all), *target = kt_alloc(t, all);
    kt_fill_bytes(t, source, all);
    kt_poison(target, all);
    memcpy(target + dst, source + src, size);
    kro_buffer *from = kt_buffer(t, all, source), *to = kt_buffer(t, all, NULL);
    kro_stream *stream = kt_stream(t);
    CHECK_OK(kro_copy(stream, to, dst, from, src, size));
    CHECK_OK(kro_finish(stream));
    CHECK_BYTES(kernel_read_all(t, to), target, all);
}

// Source and target in one buffer, side by side and with gaps, forwards and backwards.
TEST(copy_within_a_buffer_moves_the_right_bytes)
{
    enum { ALL = 100000, COPIES = 200 };
    uint8_t *bytes = kt_alloc(t, ALL);
    kt_fill_bytes(t, bytes, ALL);
    kro_buffer *buffer = kt_buffer(t, ALL, bytes);
    kro_stream *stream = kt_stream(t);
    for (int i = 0; i < COPIES; i++) {
        uint32_t size = 1 + (uint32_t)kt_random_below(t, 3000);
        uint32_t a = (uint32_t)kt_random_below(t, ALL - 2 * size);
        // Every fourth pair touches; the others lie anywhere behind.
        uint32_t b = a + size + (uint32_t)(i % 4 ? kt_random_below(t, ALL - a - 2 * size + 1) : 0);
        uint32_t src = i % 2 ? a : b, dst = i % 2 ? b : a;
        memcpy(bytes + dst, bytes + src, size);
        CHECK_OK(kro_copy(stream, buffer, dst, buffer, src, size));
    }
    CHECK_OK(kro_finish(stream));
    CHECK_BYTES(kernel_read_all(t, buffer), bytes, ALL);
}

// A whole buffer whose size is no multiple of anything.
TEST(whole_buffer_of_odd_size_is_copied)
{
    enum { SIZE = 12347 };
    uint8_t bytes[SIZE];
    kt_fill_bytes(t, bytes, SIZE);
    kro_buffer *from = kt_buffer(t, SIZE, bytes), *to = kt_buffer(t, SIZE, NULL);
    kro_stream *stream = kt_stream(t);
    CHECK_OK(kro_copy(stream, to, 0, from, 0, SIZE));
    CHECK_OK(kro_finish(stream));
    CHECK_BYTES(kernel_read_all(t, to), bytes, SIZE);
}

// Bytes pass from buffer to buffer at a new misalignment each time, all in one submit.
TEST(bytes_survive_a_chain_of_misaligned_copies)
{
    enum { LINKS = 64, SIZE = 1021, ALL = SIZE + 16 };
    uint8_t bytes[ALL], actual[SIZE];
    kt_fill_bytes(t, bytes, ALL);
    kro_buffer *buffers[LINKS];
    buffers[0] = kt_buffer(t, ALL, bytes);
    kro_stream *stream = kt_stream(t);
    uint32_t at = 3;
    for (uint32_t i = 1; i < LINKS; i++) {
        const uint32_t next = (at * 5 + i) % 16;
        buffers[i] = kt_buffer(t, ALL, NULL);
        CHECK_OK(kro_copy(stream, buffers[i], next, buffers[i - 1], at, SIZE));
        at = next;
    }
    CHECK_OK(kro_finish(stream));
    kt_poison(actual, sizeof actual);
    CHECK_OK(kro_buffer_read(buffers[LINKS - 1], at, actual, SIZE));
    CHECK_BYTES(actual, bytes + 3, SIZE);
}

// Every pair of memory kinds.
TEST(copies_reach_between_all_kinds_of_memory)
{
    enum { SIZE = 5003, KINDS = 3 };
    uint8_t bytes[SIZE];
    kro_stream *stream = kt_stream(t);
    for (int pair = 0; pair < KINDS * KINDS; pair++) {
        kt_fill_bytes(t, bytes, SIZE);
        kro_buffer *from = kt_buffer_in(t, kt_context(t),
                                        &(kro_buffer_config){.size_bytes = SIZE,
                                                             .memory = (kro_memory)(pair / KINDS),
                                                             .data = bytes});
        kro_buffer *to = kt_buffer_in(
            t, kt_context(t),
            &(kro_buffer_config){.size_bytes = SIZE, .memory = (kro_memory)(pair % KINDS)});
        CHECK_OK(kro_copy(stream, to, 0, from, 0, SIZE));
        CHECK_OK(kro_finish(stream));
        CHECK_BYTES(kernel_read_all(t, to), bytes, SIZE);
    }
}

// A size of zero is no work: nothing changes, also at the very end of a buffer.
TEST(empty_copies_and_fills_change_nothing)
{
    enum { SIZE = 64 };
    uint8_t bytes[SIZE], others[SIZE], untouched[SIZE];
    kt_fill_bytes(t, bytes, SIZE);
    kt_fill_bytes(t, others, SIZE);
    memcpy(untouched, bytes, SIZE);
    kro_buffer *a = kt_buffer(t, SIZE, bytes), *b = kt_buffer(t, SIZE, others);
    kro_stream *stream = kt_stream(t);
    CHECK_OK(kro_copy(stream, a, 0, b, 0, 0));
    CHECK_OK(kro_copy(stream, a, SIZE, b, SIZE, 0));
    CHECK_OK(kro_copy(stream, a, 8, a, 8, 0));
    CHECK_OK(kro_fill(stream, a, 0, 0, 1));
    CHECK_OK(kro_fill(stream, a, SIZE, 0, 1));
    CHECK_OK(kro_write(stream, a, SIZE, others, 0));
    CHECK_OK(kro_read(stream, b, 0, bytes, 0));
    CHECK_OK(kro_read(stream, b, SIZE, bytes, 0));
    CHECK_OK(kro_finish(stream));
    CHECK_BYTES(kernel_read_all(t, a), untouched, SIZE);
    CHECK_BYTES(kernel_read_all(t, b), others, SIZE);
    CHECK_BYTES(bytes, untouched, SIZE);
}

// A kernel reads what a copy wrote, and a copy reads what a kernel wrote, at odd places.
TEST(copies_and_kernels_see_each_other)
{
    enum { COUNT = 4096, ROUNDS = 20, SHIFT = 4 };
    uint32_t *words = kt_alloc(t, 4 * COUNT), *next = kt_alloc(t, 4 * COUNT);
    kt_fill_u32s(t, words, COUNT);
    kro_buffer *a = kt_buffer(t, 4 * COUNT, words), *b = kt_buffer(t, 4 * COUNT, words);
    kro_pipeline *pipeline = kt_pipeline(t, "xor_words");
    kro_stream *stream = kt_stream(t);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        CHECK_OK(kro_dispatch(stream, pipeline,
                              &(kro_dispatch_args){.buffers = {a, b},
                                                   .push = &round,
                                                   .push_bytes = sizeof round,
                                                   .threads = {COUNT}}));
        CHECK_OK(kro_copy(stream, a, SHIFT + 1, b, 2, 4 * COUNT - SHIFT - 3));
        for (uint32_t i = 0; i < COUNT; i++)
            next[i] = words[i] ^ round;
        memcpy((uint8_t *)words + SHIFT + 1, (uint8_t *)next + 2, 4 * COUNT - SHIFT - 3);
    }
    CHECK_OK(kro_finish(stream));
    CHECK_U32S(kernel_read_all(t, a), words, COUNT);
    CHECK_U32S(kernel_read_all(t, b), next, COUNT);
}
