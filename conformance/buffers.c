// Buffers as kernels see them: sizes, offsets, ranges, several of them.
#include "kernel.h"

#include <stdio.h>
#include <string.h>

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
    const kro_device_info *device = kt_device(t);
    const uint32_t align =
        device && device->limits.offset_alignment >= 4 ? device->limits.offset_alignment : 4;
    // Ranges of neighbours may not overlap, so a small alignment needs steps of several.
    const uint32_t step = align >= 4 * WORDS ? align : align * ((4 * WORDS + align - 1) / align);
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
    const kro_device_info *device = kt_device(t);
    const uint32_t offset = device ? device->limits.offset_alignment * 3 : 0;
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

// Seven inputs and an output arrive at their own bindings. With `shared`, all are ranges of one
// buffer.
static void check_eight_bindings(kt_test *t, bool shared)
{
    enum { INPUTS = 7, COUNT = 1000, RANGE_BYTES = 4096 };
    const kro_device_info *device = kt_device(t);
    if (device && device->limits.max_bindings < INPUTS + 1) {
        SKIP(t, "limits.max_bindings is %u, needs %d", device->limits.max_bindings, INPUTS + 1);
        return;
    }
    uint32_t(*in)[RANGE_BYTES / 4] = kt_alloc(t, INPUTS * RANGE_BYTES);
    uint32_t expected[COUNT] = {0}, actual[COUNT];
    kt_fill_u32s(t, in[0], INPUTS * RANGE_BYTES / 4);
    for (uint32_t k = 0; k < INPUTS; k++)
        for (uint32_t i = 0; i < COUNT; i++)
            expected[i] += in[k][i] * (k + 1);

    kro_buffer *one = kt_buffer(t, INPUTS * RANGE_BYTES, in);
    kro_binding bindings[INPUTS + 1];
    for (uint32_t k = 0; k < INPUTS; k++) {
        if (shared)
            bindings[k] = (kro_binding){one, k * RANGE_BYTES, 4 * COUNT, .binding = k};
        else
            bindings[k] = (kro_binding){kt_buffer(t, 4 * COUNT, in[k]), .binding = k};
    }
    kt_output out = kt_output_create(t, kt_context(t), sizeof actual);
    bindings[INPUTS] = kt_output_binding(&out, INPUTS);
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), kt_pipeline(t, "sum_seven"),
                          &(kro_dispatch_args){.bindings = bindings,
                                               .binding_count = INPUTS + 1,
                                               .threads = {COUNT}}));
    if (kt_output_read(t, &out, actual))
        CHECK_U32S(actual, expected, COUNT);
}

TEST(eight_buffers_reach_their_bindings)
{
    check_eight_bindings(t, false);
}

TEST(one_buffer_serves_eight_bindings)
{
    check_eight_bindings(t, true);
}

// Two bindings may name the very same bytes where the kernel only reads them.
TEST(same_range_may_be_read_twice)
{
    enum { COUNT = 500 };
    float in[COUNT], expected[COUNT], actual[COUNT];
    kt_fill_floats(t, in, COUNT);
    for (int i = 0; i < COUNT; i++)
        expected[i] = in[i] + in[i];
    kro_buffer *both = kt_buffer(t, sizeof in, in);
    kt_output out = kt_output_create(t, kt_context(t), sizeof actual);
    const kro_binding bindings[] = {
        {both, .binding = 0}, {both, .binding = 1}, kt_output_binding(&out, 2)};
    CHECK_OK(kro_dispatch(
        kro_context_stream(kt_context(t)), kt_pipeline(t, "vector_add"),
        &(kro_dispatch_args){.bindings = bindings, .binding_count = 3, .threads = {COUNT}}));
    if (kt_output_read(t, &out, actual))
        CHECK_FLOATS(actual, expected, COUNT);
}

// Buffers in sets 0, 1 and 3 (2 stays empty), at bindings with gaps.
TEST(sets_and_bindings_may_have_gaps)
{
    enum { COUNT = 777 };
    uint32_t in[3][COUNT], expected[COUNT], actual[COUNT];
    kt_fill_u32s(t, in[0], 3 * COUNT);
    for (int i = 0; i < COUNT; i++)
        expected[i] = in[0][i] + 2 * in[1][i] + 3 * in[2][i];
    kt_output out = kt_output_create(t, kt_context(t), sizeof actual);
    kro_binding result = kt_output_binding(&out, 17);
    result.set = 3;
    const kro_binding bindings[] = {
        {kt_buffer(t, sizeof in[2], in[2]), .binding = 2, .set = 3},
        {kt_buffer(t, sizeof in[0], in[0]), .binding = 5, .set = 0},
        result,
        {kt_buffer(t, sizeof in[1], in[1]), .binding = 0, .set = 1},
    };
    CHECK_OK(kro_dispatch(
        kro_context_stream(kt_context(t)), kt_pipeline(t, "sum_across_sets"),
        &(kro_dispatch_args){.bindings = bindings, .binding_count = 4, .threads = {COUNT}}));
    if (kt_output_read(t, &out, actual))
        CHECK_U32S(actual, expected, COUNT);
}

enum { ARRAY_BUFFERS = 3, ARRAY_COUNT = 300 };

// Runs a kernel over an array of three buffers, at different offsets of two buffers.
static void run_buffer_array(kt_test *t, const char *shader, const uint32_t *which,
                             uint32_t in[ARRAY_BUFFERS][ARRAY_COUNT],
                             const uint32_t expected[ARRAY_COUNT])
{
    uint32_t actual[ARRAY_COUNT], pair[1024 + ARRAY_COUNT];
    kt_fill_u32s(t, pair, 1024 + ARRAY_COUNT);
    memcpy(pair, in[2], sizeof in[2]);
    memcpy(pair + 1024, in[0], sizeof in[0]);
    kro_buffer *shared = kt_buffer(t, sizeof pair, pair);
    kt_output out = kt_output_create(t, kt_context(t), sizeof actual);
    const kro_binding bindings[] = {
        {shared, 4096, sizeof in[0], .binding = 0, .element = 0},
        {shared, 0, sizeof in[2], .binding = 0, .element = 2},
        {kt_buffer(t, sizeof in[1], in[1]), .binding = 0, .element = 1},
        kt_output_binding(&out, 1),
    };
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), kt_pipeline(t, shader),
                          &(kro_dispatch_args){.bindings = bindings,
                                               .binding_count = 4,
                                               .push = which,
                                               .push_bytes = which ? sizeof *which : 0,
                                               .threads = {ARRAY_COUNT}}));
    if (kt_output_read(t, &out, actual))
        CHECK_U32S(actual, expected, ARRAY_COUNT);
}

TEST(array_of_buffers_keeps_its_order)
{
    uint32_t in[ARRAY_BUFFERS][ARRAY_COUNT], expected[ARRAY_COUNT];
    kt_fill_u32s(t, in[0], ARRAY_BUFFERS * ARRAY_COUNT);
    for (int i = 0; i < ARRAY_COUNT; i++)
        expected[i] = in[0][i] + 2 * in[1][i] + 3 * in[2][i];
    run_buffer_array(t, "sum_buffer_array", NULL, in, expected);
}

TEST(array_of_buffers_can_be_indexed_at_run_time)
{
    uint32_t in[ARRAY_BUFFERS][ARRAY_COUNT];
    kt_fill_u32s(t, in[0], ARRAY_BUFFERS * ARRAY_COUNT);
    for (uint32_t which = 0; which < ARRAY_BUFFERS; which++)
        run_buffer_array(t, "pick_buffer", &which, in, in[which]);
}

// A uniform buffer of 16 KiB, at each of several offsets of limits.uniform_alignment.
TEST(uniform_buffer_of_16_kib_is_read_whole)
{
    enum { COUNT = 4096, OFFSETS = 3 };
    const kro_device_info *device = kt_device(t);
    const uint32_t align = device ? device->limits.uniform_alignment : 4;
    const uint32_t all_bytes = 4 * COUNT + align * OFFSETS;
    uint8_t *in = kt_alloc(t, all_bytes);
    kt_fill_bytes(t, in, all_bytes);
    kro_buffer *source = kt_buffer(t, all_bytes, in);
    kro_pipeline *pipeline = kt_pipeline(t, "uniform_words");
    for (uint32_t k = 0; k < OFFSETS; k++) {
        uint32_t actual[COUNT], expected[COUNT];
        memcpy(expected, in + k * align, sizeof expected);
        kt_output out = kt_output_create(t, kt_context(t), sizeof actual);
        const kro_binding bindings[] = {{source, k * align, 4 * COUNT, .binding = 0},
                                        kt_output_binding(&out, 1)};
        CHECK_OK(kro_dispatch(
            kro_context_stream(kt_context(t)), pipeline,
            &(kro_dispatch_args){.bindings = bindings, .binding_count = 2, .threads = {COUNT}}));
        if (kt_output_read(t, &out, actual))
            CHECK_U32S(actual, expected, COUNT);
    }
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

// A kernel adds from one array to another, at any place of buffers, by their addresses.
TEST(device_addresses_reach_into_buffers)
{
    enum { COUNT = 1000, FROM = 3, TO = 17 };
    uint32_t in[FROM + COUNT], expected[TO + COUNT + 5];
    kt_fill_u32s(t, in, FROM + COUNT);
    kt_poison(expected, sizeof expected);
    kro_buffer *buffers[] = {
        kt_buffer_in(
            t, kt_context(t),
            &(kro_buffer_config){.size_bytes = sizeof in, .data = in, .device_address = true}),
        kt_buffer_in(t, kt_context(t),
                     &(kro_buffer_config){
                         .size_bytes = sizeof expected, .data = expected, .device_address = true}),
    };
    const kro_buffer_info *x = kro_buffer_get_info(buffers[0]),
                          *y = kro_buffer_get_info(buffers[1]);
    if (!x || !y)
        return;
    const struct {
        uint64_t x, y;
        uint32_t count;
    } push = {x->device_address + 4 * FROM, y->device_address + 4 * TO, COUNT};
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), kt_pipeline(t, "add_by_address"),
                          &(kro_dispatch_args){.push = &push,
                                               .push_bytes = 20,
                                               .touches = buffers,
                                               .touch_count = 2,
                                               .threads = {COUNT}}));
    for (uint32_t i = 0; i < COUNT; i++)
        expected[TO + i] = in[FROM + i] + i;
    CHECK_U32S(kernel_read_all(t, buffers[1]), expected, TO + COUNT + 5);
}

// A list through buffers that only their addresses name: 100 nodes spread over four buffers.
TEST(device_addresses_lead_through_buffers)
{
    enum { BUFFERS = 4, PER_BUFFER = 25, NODES = BUFFERS * PER_BUFFER };
    typedef struct node {
        uint64_t next;
        uint32_t value, steps;
    } node;
    kro_buffer *buffers[BUFFERS];
    for (int b = 0; b < BUFFERS; b++)
        buffers[b] = kt_buffer_in(
            t, kt_context(t),
            &(kro_buffer_config){.size_bytes = PER_BUFFER * sizeof(node), .device_address = true});
    node nodes[NODES];
    uint64_t address[NODES];
    for (int i = 0; i < NODES; i++) {
        const kro_buffer_info *info = kro_buffer_get_info(buffers[i % BUFFERS]);
        address[i] = info ? info->device_address + (uint64_t)(i / BUFFERS) * sizeof(node) : 0;
        CHECK(address[i] != 0);
    }
    uint32_t expected[NODES], actual[NODES];
    kt_fill_u32s(t, expected, NODES);
    for (int i = 0; i < NODES; i++) {
        nodes[i] = (node){address[(i + 1) % NODES], expected[i], 0};
        CHECK_OK(kro_buffer_write(buffers[i % BUFFERS], (uint64_t)(i / BUFFERS) * sizeof(node),
                                  &nodes[i], sizeof(node)));
    }
    kt_output out = kt_output_create(t, kt_context(t), sizeof actual);
    const kro_binding binding = kt_output_binding(&out, 0);
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), kt_pipeline(t, "walk_list"),
                          &(kro_dispatch_args){.bindings = &binding,
                                               .binding_count = 1,
                                               .push = &address[0],
                                               .push_bytes = sizeof address[0],
                                               .touches = buffers,
                                               .touch_count = BUFFERS,
                                               .groups = {1}}));
    if (kt_output_read(t, &out, actual))
        CHECK_U32S(actual, expected, NODES);
    for (int i = 0; i < NODES; i++) {
        node after = {0};
        CHECK_OK(kro_buffer_read(buffers[i % BUFFERS], (uint64_t)(i / BUFFERS) * sizeof(node),
                                 &after, sizeof(node)));
        CHECK_EQ_U64(after.steps, (uint64_t)i + 1);
    }
}
