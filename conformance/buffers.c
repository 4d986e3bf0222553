// Buffers as kernels see them: sizes, offsets, ranges.
#include "kernel.h"

static const uint32_t KEY = 0x5bd1e995;

// Runs xor_words over `count` words and checks each of them.
static void check_words(kt_test *t, uint32_t count)
{
    uint32_t *in = kt_alloc(t, 4 * count), *out = kt_alloc(t, 4 * count);
    kt_fill_u32s(t, in, count);
    if (kernel_run_once(t, &(kernel_run){.shader = "xor_words",
                                         .inputs = {{in, 4 * count}},
                                         .push = &KEY,
                                         .push_bytes = sizeof KEY,
                                         .threads = {count},
                                         .output = out,
                                         .output_bytes = 4 * count})) {
        for (uint32_t i = 0; i < count; i++)
            in[i] ^= KEY;
        CHECK_U32S(out, in, count);
    }
}

static const uint32_t WORD_COUNTS[] = {
    1,  2,  3,  4,  5,   6,   7,   8,    9,    10,   11,    12,    13,    14,     15,     16,
    17, 63, 64, 65, 255, 256, 257, 1023, 1024, 1025, 16383, 16384, 16385, 262143, 262145, 1000003};
enum { WORD_COUNT_COUNT = sizeof WORD_COUNTS / sizeof WORD_COUNTS[0] };

TEST_PARAMS(word_counts)
{
    for (int i = 0; i < WORD_COUNT_COUNT; i++)
        kt_param(params, "%u", WORD_COUNTS[i]);
}

// A kernel over a buffer of that many words reads each and writes each, and nothing behind them.
TEST_FAMILY_CASE(kernel_covers_words)
{
    (void)param;
    check_words(t, WORD_COUNTS[kt_param_index(t)]);
}

// A buffer may have any number of bytes; all of them can be written and read.
TEST(buffers_of_any_byte_size_keep_their_bytes)
{
    static const uint32_t AROUND[] = {256, 4096, 65536};
    uint32_t sizes[17 + 3 * 3], count = 0;
    for (uint32_t size = 1; size <= 17; size++)
        sizes[count++] = size;
    for (int i = 0; i < 3; i++)
        for (int delta = -1; delta <= 1; delta++)
            sizes[count++] = AROUND[i] + (uint32_t)delta;

    kro_buffer *buffers[sizeof sizes / sizeof sizes[0]];
    uint8_t *bytes[sizeof sizes / sizeof sizes[0]];
    for (uint32_t i = 0; i < count; i++) {
        bytes[i] = kt_alloc(t, sizes[i]);
        kt_fill_bytes(t, bytes[i], sizes[i]);
        buffers[i] = kt_buffer(t, sizes[i], NULL);
        CHECK_OK(kro_buffer_write(buffers[i], 0, bytes[i], sizes[i]));
    }
    // All live at once, so one that is shorter than it says loses bytes to its neighbour.
    for (uint32_t i = 0; i < count; i++)
        CHECK_BYTES(kernel_read_all(t, buffers[i]), bytes[i], sizes[i]);
}

// Many small buffers alive at once are distinct memory.
TEST(thousand_buffers_do_not_overlap)
{
    enum { COUNT = 1000 };
    kro_buffer *buffers[COUNT];
    for (uint32_t i = 0; i < COUNT; i++)
        buffers[i] = kt_buffer(t, 4 + 4 * (i % 37), NULL);
    kro_stream *stream = kt_stream(t);
    for (uint32_t i = 0; i < COUNT; i++)
        CHECK_OK(kro_fill(stream, buffers[i], 0, 4 + 4 * (i % 37), i * 2654435761u));
    CHECK_OK(kro_finish(stream));
    for (uint32_t i = 0; i < COUNT; i++) {
        uint32_t expected[37];
        for (uint32_t k = 0; k <= i % 37; k++)
            expected[k] = i * 2654435761u;
        CHECK_U32S(kernel_read_all(t, buffers[i]), expected, 1 + i % 37);
    }
}

// The length of a run-time array is the bound range divided by its stride, rounded down, whatever
// the buffer's own size.
TEST(array_length_is_the_bound_range)
{
    enum { HEAD_BYTES = 12, STRIDES = 5 };
    static const uint32_t STRIDE[STRIDES] = {4, 8, 16, 4, 20};
    if (!kernel_buffers_fit(t, STRIDES + 1))
        return;
    kro_pipeline *pipeline = kt_pipeline(t, "array_lengths");
    kro_buffer *in = kt_buffer(t, 8192, NULL);
    const uint32_t align = kt_device(t) ? kt_device(t)->limits.offset_alignment : 1;
    for (uint32_t size = 20; size < 20 + 64; size++) {
        uint32_t expected[STRIDES], actual[STRIDES];
        kt_output out = kt_output_create(t, kt_context(t), sizeof actual);
        kro_binding bindings[STRIDES + 1];
        for (uint32_t i = 0; i < STRIDES; i++) {
            bindings[i] = (kro_binding){.buffer = in,
                                        .offset_bytes = (size % 3) * (uint64_t)align,
                                        .size_bytes = size + 256 * i,
                                        .binding = i};
            uint32_t head_bytes = i == 3 ? HEAD_BYTES : 0;
            expected[i] = (size + 256 * i - head_bytes) / STRIDE[i];
        }
        bindings[STRIDES] = kt_output_binding(&out, STRIDES);
        CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), pipeline,
                              &(kro_dispatch_args){.bindings = bindings,
                                                   .binding_count = STRIDES + 1,
                                                   .groups = {1}}));
        if (kt_output_read(t, &out, actual))
            CHECK_U32S(actual, expected, STRIDES);
        kt_release(t, out.buffer);
    }
}

// A range may start at every multiple of limits.offset_alignment; the kernel sees it from its
// first byte on and touches nothing around it.
TEST(ranges_start_at_every_aligned_offset)
{
    enum { RANGES = 64, WORDS = 5 };
    const uint32_t step = kernel_range_step(t, 4 * WORDS);
    const uint32_t count = RANGES * step / 4;
    uint32_t *in = kt_alloc(t, 4 * count), *expected = kt_alloc(t, 4 * count);
    kt_fill_u32s(t, in, count);
    kt_poison(expected, 4 * count);
    kro_pipeline *pipeline = kt_pipeline(t, "xor_words");
    kro_buffer *source = kt_buffer(t, 4 * count, in), *target = kt_buffer(t, 4 * count, NULL);
    kro_stream *stream = kt_stream(t);
    for (uint32_t k = 0; k < RANGES; k++) {
        // A permutation of the source's ranges: a swapped or stale offset shows.
        const uint32_t from = (k * 29 + 11) % RANGES * step, to = k * step;
        const kro_binding bindings[] = {{source, from, 4 * WORDS, .binding = 0},
                                        {target, to, 4 * WORDS, .binding = 1}};
        const uint32_t key = KEY + k;
        CHECK_OK(kro_dispatch(stream, pipeline,
                              &(kro_dispatch_args){.bindings = bindings,
                                                   .binding_count = 2,
                                                   .push = &key,
                                                   .push_bytes = sizeof key,
                                                   .threads = {WORDS}}));
        for (uint32_t i = 0; i < WORDS; i++)
            expected[to / 4 + i] = in[from / 4 + i] ^ key;
    }
    CHECK_OK(kro_finish(stream));
    CHECK_U32S(kernel_read_all(t, target), expected, count);
    CHECK_U32S(kernel_read_all(t, source), in, count);
}

// An offset alone binds the rest of the buffer.
TEST(range_without_size_is_the_rest_of_the_buffer)
{
    const uint32_t offset = 3 * kernel_range_step(t, 4);
    const uint32_t count = offset / 4 + 7;
    uint32_t *in = kt_alloc(t, 4 * count), *expected = kt_alloc(t, 4 * count);
    kt_fill_u32s(t, in, count);
    kt_poison(expected, 4 * count);
    for (uint32_t i = offset / 4; i < count; i++)
        expected[i] = in[i] ^ KEY;
    kro_buffer *source = kt_buffer(t, 4 * count, in), *target = kt_buffer(t, 4 * count, NULL);
    const kro_binding bindings[] = {{source, offset, .binding = 0}, {target, offset, .binding = 1}};
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), kt_pipeline(t, "xor_words"),
                          &(kro_dispatch_args){.bindings = bindings,
                                               .binding_count = 2,
                                               .push = &KEY,
                                               .push_bytes = sizeof KEY,
                                               .threads = {count}}));
    CHECK_U32S(kernel_read_all(t, target), expected, count);
}

// Invocations that write parts of one word or of one vector do not undo each other's writes.

enum { PARTS = 10007 };

TEST(bytes_of_one_word_are_written_apart)
{
    uint8_t actual[PARTS], expected[PARTS];
    for (uint32_t i = 0; i < PARTS; i++)
        expected[i] = (uint8_t)(i * 7 + (i >> 8));
    if (kernel_run_once(t, &(kernel_run){.shader = "byte_per_invocation",
                                         .threads = {PARTS},
                                         .output = actual,
                                         .output_bytes = sizeof actual}))
        CHECK_BYTES(actual, expected, PARTS);
}

TEST(halves_of_one_word_are_written_apart)
{
    uint16_t actual[PARTS], expected[PARTS];
    for (uint32_t i = 0; i < PARTS; i++)
        expected[i] = (uint16_t)(i * 40503u);
    if (kernel_run_once(t, &(kernel_run){.shader = "half_word_per_invocation",
                                         .threads = {PARTS},
                                         .output = actual,
                                         .output_bytes = sizeof actual}))
        CHECK_U16S(actual, expected, PARTS);
}

TEST(components_of_one_vector_are_written_apart)
{
    enum { COUNT = PARTS / 4 * 4 };
    uint32_t actual[COUNT], expected[COUNT];
    for (uint32_t i = 0; i < COUNT; i++)
        expected[i] = i * 2654435761u;
    if (kernel_run_once(t, &(kernel_run){.shader = "component_per_invocation",
                                         .threads = {COUNT},
                                         .output = actual,
                                         .output_bytes = sizeof actual}))
        CHECK_U32S(actual, expected, COUNT);
}

// What an invocation stores it loads again, through other addresses and in program order.
TEST(invocation_sees_its_own_stores_in_order)
{
    enum { STRIDE = 3001 };
    uint32_t *x = kt_alloc(t, 4 * 3 * STRIDE), seen[STRIDE], actual_seen[STRIDE];
    kt_fill_u32s(t, x, 3 * STRIDE);
    kro_buffer *data = kt_buffer(t, 4 * 3 * STRIDE, x);
    for (uint32_t i = 0; i < STRIDE; i++) {
        const uint32_t first = x[i];
        x[i] = first * 3 + 1;
        uint32_t *far = &x[i + STRIDE * (1 + (x[i] & 1))];
        *far = x[i] + 5;
        x[i] = *far ^ first;
        seen[i] = x[i] + *far;
    }
    kt_output out = kt_output_create(t, kt_context(t), sizeof seen);
    const uint32_t stride = STRIDE;
    const kro_binding bindings[] = {{data, .binding = 0}, kt_output_binding(&out, 1)};
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), kt_pipeline(t, "store_then_load"),
                          &(kro_dispatch_args){.bindings = bindings,
                                               .binding_count = 2,
                                               .push = &stride,
                                               .push_bytes = sizeof stride,
                                               .threads = {STRIDE}}));
    if (kt_output_read(t, &out, actual_seen))
        CHECK_U32S(actual_seen, seen, STRIDE);
    CHECK_U32S(kernel_read_all(t, data), x, 3 * STRIDE);
}
