// Buffers whose sizes and offsets no longer fit small integers. They are touched at few places, so
// that drivers which commit memory lazily stay cheap.
#include "kernel.h"

#include <inttypes.h>
#include <stdio.h>

static const uint64_t MIB = UINT64_C(1) << 20;

static void release_buffer(void *buffer)
{
    kro_buffer_destroy(buffer);
}

// The large buffer of a case, or NULL where the device has no room for it: skipped then.
static kro_buffer *large_buffer(kt_test *t, uint64_t size_bytes)
{
    kro_context *ctx = kt_context(t);
    const kro_device_info *device = kro_context_info(ctx);
    if (!device)
        return NULL;
    if (device->limits.max_buffer_bytes < size_bytes) {
        SKIP(t, "limits.max_buffer_bytes is %" PRIu64 ", needs %" PRIu64,
             device->limits.max_buffer_bytes, size_bytes);
        return NULL;
    }
    kro_buffer *buffer;
    kro_status status =
        kro_buffer_create(ctx, &(kro_buffer_config){.size_bytes = size_bytes}, &buffer);
    if (status == KRO_ERROR_OUT_OF_DEVICE_MEMORY) {
        SKIP(t, "device memory has no room for %" PRIu64 " bytes", size_bytes);
        return NULL;
    }
    if (!CHECK_STATUS(status, KRO_OK))
        return NULL;
    kt_defer(t, release_buffer, buffer);
    return buffer;
}

typedef struct mark_push {
    uint32_t first, stride, count, key;
} mark_push;

// Writes i ^ key to `count` words of a range, `stride` words apart, and reads them back through
// another kernel.
static void check_marks(kt_test *t, kro_buffer *buffer, uint64_t offset_bytes, uint64_t size_bytes,
                        mark_push marks)
{
    kro_stream *stream = kro_context_stream(kt_context(t));
    const kro_binding range = {buffer, offset_bytes, size_bytes, .binding = 0};
    CHECK_OK(kro_dispatch(stream, kt_pipeline(t, "mark_stride"),
                          &(kro_dispatch_args){.bindings = &range,
                                               .binding_count = 1,
                                               .push = &marks,
                                               .push_bytes = sizeof marks,
                                               .threads = {marks.count}}));
    kt_output out = kt_output_create(t, kt_context(t), 4 * marks.count);
    const kro_binding bindings[] = {range, kt_output_binding(&out, 1)};
    CHECK_OK(kro_dispatch(stream, kt_pipeline(t, "gather_stride"),
                          &(kro_dispatch_args){.bindings = bindings,
                                               .binding_count = 2,
                                               .push = &marks,
                                               .push_bytes = 2 * sizeof(uint32_t),
                                               .threads = {marks.count}}));
    uint32_t *actual = kt_alloc(t, 4 * marks.count), *expected = kt_alloc(t, 4 * marks.count);
    for (uint32_t i = 0; i < marks.count; i++)
        expected[i] = i ^ marks.key;
    if (kt_output_read(t, &out, actual))
        CHECK_U32S(actual, expected, marks.count);
}

// The host finds the marks where they belong, in a buffer of any size.
static void check_marks_from_host(kt_test *t, kro_buffer *buffer, uint64_t first_bytes,
                                  uint64_t stride_bytes, uint32_t count, uint32_t key)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t word = 0;
        CHECK_OK(kro_buffer_read(buffer, first_bytes + i * stride_bytes, &word, sizeof word));
        CHECK_EQ_U64(word, i ^ key);
    }
}

// 300 MiB, written through as many ranges as limits.max_binding_bytes asks for.
TEST(buffer_of_300_mib_is_written_to_its_end)
{
    const uint64_t size_bytes = 300 * MIB;
    kro_buffer *buffer = large_buffer(t, size_bytes);
    if (!buffer)
        return;
    uint64_t window_bytes = kt_device(t)->limits.max_binding_bytes / MIB * MIB;
    if (window_bytes > size_bytes)
        window_bytes = size_bytes;
    for (uint64_t start = 0; start < size_bytes; start += window_bytes) {
        uint64_t range_bytes =
            start + window_bytes > size_bytes ? size_bytes - start : window_bytes;
        // The last word of each MiB.
        mark_push marks = {(uint32_t)(MIB / 4 - 1), (uint32_t)(MIB / 4),
                           (uint32_t)(range_bytes / MIB), (uint32_t)(start / MIB) << 16};
        check_marks(t, buffer, start, range_bytes, marks);
        check_marks_from_host(t, buffer, start + MIB - 4, MIB, marks.count, marks.key);
    }
}

// A range of exactly limits.max_binding_bytes works to its last word.
TEST(largest_binding_is_reached_to_its_last_word)
{
    const kro_device_info *device = kt_device(t);
    if (!device)
        return;
    uint64_t size_bytes = device->limits.max_binding_bytes;
    if (size_bytes > device->limits.max_buffer_bytes)
        size_bytes = device->limits.max_buffer_bytes;
    size_bytes &= ~UINT64_C(3);
    kro_buffer *buffer = large_buffer(t, size_bytes);
    if (!buffer)
        return;
    enum { COUNT = 7 };
    const uint32_t words = (uint32_t)(size_bytes / 4), stride = words / COUNT;
    const uint32_t first = words - 1 - (COUNT - 1) * stride;
    check_marks(t, buffer, 0, size_bytes, (mark_push){first, stride, COUNT, 0x5a5a0000});
    check_marks_from_host(t, buffer, 4 * (uint64_t)first, 4 * (uint64_t)stride, COUNT, 0x5a5a0000);
}

// A dispatch with a whole buffer as binding 0 is refused, as the range is too long.
static void check_refused(kt_test *t, const char *shader, const kro_constant *constant,
                          kro_buffer *buffer, uint64_t limit)
{
    char number[24];
    snprintf(number, sizeof number, "%" PRIu64, limit);
    kro_buffer *out = kt_buffer(t, 64, NULL);
    kro_stream *stream = kt_stream(t);
    kro_pipeline *pipeline = kt_pipeline_in(
        t, kt_context(t), shader,
        &(kro_pipeline_config){.constants = constant, .constant_count = constant != NULL});
    const mark_push push = {0};
    const kro_binding bindings[] = {{buffer, .binding = 0}, {out, .binding = 1}};
    const kro_pipeline_info *info = kro_pipeline_get_info(pipeline);
    CHECK_STATUS(kro_dispatch(stream, pipeline,
                              &(kro_dispatch_args){.bindings = bindings,
                                                   .binding_count = info ? info->binding_count : 0,
                                                   .push = &push,
                                                   .push_bytes = info ? info->push_bytes : 0,
                                                   .groups = {1}}),
                 KRO_ERROR_INVALID_ARGUMENT);
    CHECK_CONTAINS(kro_error_detail(), number);
    CHECK_STATUS(kro_finish(stream), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_OK(kro_finish(stream));
}

// One word more than limits.max_binding_bytes is refused, and the sentence has the limit.
TEST(storage_ranges_beyond_the_limit_are_refused)
{
    const kro_device_info *device = kt_device(t);
    if (!device)
        return;
    const uint64_t limit = device->limits.max_binding_bytes;
    kro_buffer *buffer = large_buffer(t, (limit & ~UINT64_C(3)) + 4);
    if (buffer)
        check_refused(t, "mark_stride", NULL, buffer, limit);
}

// The same of limits.max_uniform_bytes.
TEST(uniform_ranges_beyond_the_limit_are_refused)
{
    const kro_device_info *device = kt_device(t);
    if (!device)
        return;
    const kro_constant one = {0, .value.u32 = 1};
    const uint64_t limit = device->limits.max_uniform_bytes;
    kro_buffer *buffer = large_buffer(t, (limit & ~UINT64_C(15)) + 16);
    if (buffer)
        check_refused(t, "uniform_quads", &one, buffer, limit);
}

// A uniform range of exactly limits.max_uniform_bytes is read to its last element.
TEST(largest_uniform_range_is_read_to_its_last_element)
{
    enum { ELEMENT_BYTES = 16, COUNT = 64 };
    const kro_device_info *device = kt_device(t);
    if (!device)
        return;
    const uint32_t elements = (uint32_t)(device->limits.max_uniform_bytes / ELEMENT_BYTES);
    const uint32_t stride = (elements - 1) / (COUNT - 1);
    const uint32_t push[] = {elements - 1 - (COUNT - 1) * stride, stride};
    kro_buffer *buffer = large_buffer(t, (uint64_t)ELEMENT_BYTES * elements);
    if (!buffer)
        return;
    uint32_t expected[COUNT][4], actual[COUNT][4];
    kt_fill_u32s(t, expected[0], sizeof expected / sizeof(uint32_t));
    for (uint32_t i = 0; i < COUNT; i++)
        CHECK_OK(kro_buffer_write(buffer, ELEMENT_BYTES * (push[0] + (uint64_t)i * push[1]),
                                  expected[i], sizeof expected[i]));
    const kro_constant constant = {0, .value.u32 = elements};
    kro_pipeline *pipeline =
        kt_pipeline_in(t, kt_context(t), "uniform_quads",
                       &(kro_pipeline_config){.constants = &constant, .constant_count = 1});
    kt_output out = kt_output_create(t, kt_context(t), sizeof actual);
    const kro_binding bindings[] = {{buffer, .binding = 0}, kt_output_binding(&out, 1)};
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), pipeline,
                          &(kro_dispatch_args){.bindings = bindings,
                                               .binding_count = 2,
                                               .push = push,
                                               .push_bytes = sizeof push,
                                               .threads = {COUNT}}));
    if (kt_output_read(t, &out, actual))
        CHECK_U32S(actual[0], expected[0], sizeof expected / sizeof(uint32_t));
}

// Fills, copies, ranges and host access around a byte offset whose number has a new top bit.
static void check_around(kt_test *t, kro_buffer *buffer, uint64_t edge_bytes)
{
    enum { AROUND = 64, WORDS = 2 * AROUND / 4 };
    const uint64_t start = edge_bytes - AROUND;
    uint32_t expected[WORDS], actual[WORDS] = {0};
    kt_fill_u32s(t, expected, WORDS);
    kro_stream *stream = kro_context_stream(kt_context(t));
    // What a truncated offset would hit must keep these bytes.
    uint32_t low[WORDS], low_after[WORDS] = {0};
    kt_fill_u32s(t, low, WORDS);
    CHECK_OK(kro_buffer_write(buffer, 0, low, sizeof low));

    CHECK_OK(kro_buffer_write(buffer, start, expected, sizeof expected));
    CHECK_OK(kro_fill(stream, buffer, edge_bytes - 4, 8, 0x01020304));
    expected[AROUND / 4 - 1] = expected[AROUND / 4] = 0x01020304;
    CHECK_OK(kro_copy(stream, buffer, edge_bytes + 16, buffer, edge_bytes - 32, 8));
    expected[AROUND / 4 + 4] = expected[AROUND / 4 - 8];
    expected[AROUND / 4 + 5] = expected[AROUND / 4 - 7];
    CHECK_OK(kro_buffer_read(buffer, start, actual, sizeof actual));
    CHECK_U32S(actual, expected, WORDS);

    // A multiple of every offset alignment that Vulkan allows.
    check_marks(t, buffer, edge_bytes, 4096, (mark_push){1, 3, 300, 0x77000000});
    check_marks_from_host(t, buffer, edge_bytes + 4, 12, 5, 0x77000000);
    // A range that begins before the edge and ends behind it.
    check_marks(t, buffer, edge_bytes - 4096, 8192, (mark_push){1, 5, 400, 0x66000000});
    check_marks_from_host(t, buffer, edge_bytes - 4092, 20, 400, 0x66000000);
    CHECK_OK(kro_buffer_read(buffer, 0, low_after, sizeof low_after));
    CHECK_U32S(low_after, low, WORDS);
}

// A buffer of exactly limits.max_buffer_bytes is one to its last word.
TEST(largest_buffer_is_reached_to_its_last_word)
{
    const kro_device_info *device = kt_device(t);
    if (!device)
        return;
    const uint64_t size_bytes = device->limits.max_buffer_bytes & ~UINT64_C(8191);
    kro_buffer *buffer = large_buffer(t, size_bytes);
    if (buffer)
        check_around(t, buffer, size_bytes - 4096);
}

TEST(offsets_beyond_2_gib_are_kept)
{
    const uint64_t edge_bytes = UINT64_C(1) << 31;
    kro_buffer *buffer = large_buffer(t, edge_bytes + MIB);
    if (buffer)
        check_around(t, buffer, edge_bytes);
}

// Also catches sizes that are kept in 32 bits, as gfx-rs/wgpu#2796 found in lavapipe.
TEST(offsets_beyond_4_gib_are_kept)
{
    const uint64_t edge_bytes = UINT64_C(1) << 32;
    kro_buffer *buffer = large_buffer(t, edge_bytes + MIB);
    if (buffer)
        check_around(t, buffer, edge_bytes);
}

// Element numbers of one binding whose byte offsets pass 2^31.
TEST(elements_beyond_2_gib_are_addressed)
{
    enum { COUNT = 8 };
    const uint64_t size_bytes = (UINT64_C(1) << 31) + MIB;
    const kro_device_info *device = kt_device(t);
    if (device && device->limits.max_binding_bytes < size_bytes) {
        SKIP(t, "limits.max_binding_bytes is %" PRIu64 ", needs %" PRIu64,
             device->limits.max_binding_bytes, size_bytes);
        return;
    }
    kro_buffer *buffer = large_buffer(t, size_bytes);
    if (!buffer)
        return;
    // Four elements on each side of the edge.
    const uint32_t first = (1u << 29) - 4;
    check_marks(t, buffer, 0, size_bytes, (mark_push){first, 1, COUNT, 0x33000000});
    check_marks_from_host(t, buffer, 4 * (uint64_t)first, 4, COUNT, 0x33000000);
}
