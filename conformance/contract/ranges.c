// Sizes, ranges and mappings of buffers: served, or refused with the numbers and nothing changed.
#include "contract.h"

#include <string.h>

static const kro_memory memories[] = {KRO_MEMORY_DEVICE, KRO_MEMORY_UPLOAD, KRO_MEMORY_READBACK};

TEST(buffer_sizes_outside_the_limit_are_refused)
{
    kro_context *ctx = kt_context(t);
    uint64_t limit = kt_device(t)->limits.max_buffer_bytes;
    kro_buffer *out = (kro_buffer *)(uintptr_t)1;
    CHECK_REFUSED(kro_buffer_create(ctx, &(kro_buffer_config){.label = "weights"}, &out),
                  KRO_ERROR_INVALID_ARGUMENT, "'weights'", "0");
    CHECK(out == NULL);
    const uint64_t sizes[] = {limit + 1, limit * 2, UINT64_MAX - 3, UINT64_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        if (sizes[i] <= limit)
            continue; // the limit is the end of the type
        CHECK_REFUSED(
            kro_buffer_create(ctx, &(kro_buffer_config){.size_bytes = sizes[i], .label = "weights"},
                              &out),
            KRO_ERROR_INVALID_ARGUMENT, "'weights'",
            contract_text(t, "%llu", (unsigned long long)sizes[i]),
            contract_text(t, "%llu", (unsigned long long)limit), "max_buffer_bytes");
        CHECK(out == NULL);
    }
}

TEST(buffer_memory_kind_must_exist)
{
    kro_buffer *out;
    CHECK_REFUSED(
        kro_buffer_create(
            kt_context(t),
            &(kro_buffer_config){.size_bytes = 4, .memory = (kro_memory)4, .label = "weights"},
            &out),
        KRO_ERROR_INVALID_ARGUMENT, "'weights'", "4");
    CHECK(out == NULL);
}

// Either the device has no such buffers or no room, and says so, or bytes above 4 GiB work.
TEST(buffers_above_4_gib_are_served_or_refused)
{
    const uint64_t four_gib = UINT64_C(1) << 32, size_bytes = four_gib + 4096;
    kro_context *ctx = kt_context(t);
    kro_buffer *buffer;
    kro_status status = kro_buffer_create(
        ctx, &(kro_buffer_config){.size_bytes = size_bytes, .label = "huge"}, &buffer);
    if (kt_device(t)->limits.max_buffer_bytes < size_bytes) {
        CHECK_REFUSED(status, KRO_ERROR_INVALID_ARGUMENT, "'huge'", "4294971392");
        return;
    }
    if (status < 0) {
        CHECK_REFUSED(status, KRO_ERROR_OUT_OF_DEVICE_MEMORY, "'huge'", "4294971392");
        return;
    }
    kro_stream *stream = kro_context_stream(ctx);
    const uint32_t expected[] = {0x11111111, 0x22222222, 0x22222222, 0x11111111};
    uint32_t actual[4] = {0}, low[4] = {0};
    const uint32_t low_expected[4] = {0x33333333, 0x33333333, 0x33333333, 0x33333333};
    CHECK_OK(kro_fill(stream, buffer, 0, 16, 0x33333333));
    CHECK_OK(kro_fill(stream, buffer, four_gib, 4096, 0x11111111));
    CHECK_OK(kro_fill(stream, buffer, four_gib + 4, 8, 0x22222222));
    CHECK_OK(kro_buffer_read(buffer, four_gib, actual, sizeof actual));
    CHECK_U32S(actual, expected, 4);
    CHECK_OK(kro_buffer_read(buffer, 0, low, sizeof low));
    CHECK_U32S(low, low_expected, 4);
    kro_buffer_destroy(buffer);
}

TEST(device_address_without_the_feature_is_unsupported)
{
    kt_set_environment(t, "KRONOS_NULL", "no_device_address");
    kro_context *ctx = kt_context_with(t, &(kro_context_config){.driver = kt_null_driver(t)});
    if (!ctx)
        return;
    CHECK(!kro_context_info(ctx)->features.device_address);
    kro_buffer *out;
    CHECK_REFUSED(
        kro_buffer_create(
            ctx, &(kro_buffer_config){.size_bytes = 4, .device_address = true, .label = "nodes"},
            &out),
        KRO_ERROR_UNSUPPORTED, "'nodes'", kro_context_info(ctx)->name);
    CHECK(out == NULL);
}

// Ranges that end past a buffer of CONTRACT_BYTES, also where their sum wraps around.
static const struct {
    uint64_t offset_bytes, size_bytes;
    const char *offset_text, *size_text;
} bad_ranges[] = {
    {0, CONTRACT_BYTES + 4, "0", "4100"},
    {CONTRACT_BYTES - 4, 8, "4092", "8"},
    {CONTRACT_BYTES, 4, "4096", "4"},
    {CONTRACT_BYTES + 4, 0, "4100", "0"},
    {CONTRACT_BYTES + 4, 4, "4100", "4"},
    {0, UINT64_MAX, "0", "18446744073709551615"},
    {UINT64_MAX, 1, "18446744073709551615", "1"},
    {UINT64_MAX - 3, 4, "18446744073709551612", "4"},
    {UINT64_MAX - 3, 8, "18446744073709551612", "8"},
    {4, UINT64_MAX - 3, "4", "18446744073709551612"},
    {8, UINT64_MAX - 7, "8", "18446744073709551608"},
};
enum { BAD_RANGE_COUNT = sizeof bad_ranges / sizeof *bad_ranges };

TEST(blocking_access_past_the_end_is_refused)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    if (!bench.ctx)
        return;
    uint32_t bytes[4], before[4];
    kt_poison(bytes, sizeof bytes);
    kt_poison(before, sizeof before);
    for (int i = 0; i < BAD_RANGE_COUNT; i++) {
        uint64_t offset = bad_ranges[i].offset_bytes, size = bad_ranges[i].size_bytes;
        const char *offset_text = bad_ranges[i].offset_text, *size_text = bad_ranges[i].size_text;
        CHECK_REFUSED(kro_buffer_write(bench.left, offset, bytes, size), KRO_ERROR_INVALID_ARGUMENT,
                      "'left'", offset_text, size_text, "4096");
        CHECK_REFUSED(kro_buffer_read(bench.left, offset, bytes, size), KRO_ERROR_INVALID_ARGUMENT,
                      "'left'", offset_text, size_text, "4096");
    }
    CHECK_BYTES(bytes, before, sizeof bytes);
    contract_check_untouched(t, &bench);
    contract_check_usable(t, &bench);
}

TEST(recorded_ranges_past_the_end_are_refused)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    if (!bench.ctx)
        return;
    kro_stream *stream = bench.stream;
    uint32_t bytes[4], before[4];
    kt_poison(bytes, sizeof bytes);
    kt_poison(before, sizeof before);
    for (int i = 0; i < BAD_RANGE_COUNT; i++) {
        uint64_t offset = bad_ranges[i].offset_bytes, size = bad_ranges[i].size_bytes;
        const char *offset_text = bad_ranges[i].offset_text, *size_text = bad_ranges[i].size_text;
        CHECK_DROPPED(&bench, kro_fill(stream, bench.left, offset, size, 0), "'left'", offset_text,
                      size_text, "4096");
        CHECK_DROPPED(&bench, kro_write(stream, bench.left, offset, bytes, size), "'left'",
                      offset_text, size_text, "4096");
        CHECK_DROPPED(&bench, kro_read(stream, bench.left, offset, bytes, size), "'left'",
                      offset_text, size_text, "4096");
        CHECK_DROPPED(&bench, kro_copy(stream, bench.left, offset, bench.right, 0, size), size_text,
                      "4096");
        CHECK_DROPPED(&bench, kro_copy(stream, bench.right, 0, bench.left, offset, size), size_text,
                      "4096");
    }
    CHECK_BYTES(bytes, before, sizeof bytes);
    contract_check_usable(t, &bench);
}

// The sentence is about the buffer whose end is passed.
TEST(copies_past_the_end_name_the_buffer)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    kro_buffer *small = kt_buffer_in(
        t, bench.ctx, &(kro_buffer_config){.size_bytes = 64, .label = "the small one"});
    if (!bench.ctx || !small)
        return;
    CHECK_DROPPED(&bench, kro_copy(bench.stream, small, 16, bench.left, 0, 49), "'the small one'",
                  "49", "16", "64");
    CHECK_DROPPED(&bench, kro_copy(bench.stream, bench.left, 0, small, 16, 49), "'the small one'",
                  "49", "16", "64");
    contract_check_usable(t, &bench);
}

// A range may end where the buffer ends, and nothing may be moved from or to there.
TEST(empty_ranges_are_served_up_to_the_end)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    if (!bench.ctx)
        return;
    const uint64_t offsets[] = {0, 1, CONTRACT_BYTES};
    for (int i = 0; i < 3; i++) {
        uint64_t offset = offsets[i];
        CHECK_OK(kro_buffer_write(bench.left, offset, NULL, 0));
        CHECK_OK(kro_buffer_read(bench.left, offset, NULL, 0));
        CHECK_OK(kro_write(bench.stream, bench.left, offset, "", 0));
        CHECK_OK(kro_read(bench.stream, bench.left, offset, (char[1]){0}, 0));
        CHECK_OK(kro_copy(bench.stream, bench.left, offset, bench.right, CONTRACT_BYTES, 0));
        CHECK_OK(kro_copy(bench.stream, bench.left, offset, bench.left, offset, 0));
    }
    CHECK_OK(kro_fill(bench.stream, bench.left, CONTRACT_BYTES, 0, 1));
    CHECK_OK(kro_finish(bench.stream));
    contract_check_untouched(t, &bench);
}

TEST(fills_are_of_whole_words)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    if (!bench.ctx)
        return;
    for (uint64_t odd = 1; odd < 4; odd++) {
        const char *text = contract_text(t, "%u", (unsigned)odd);
        CHECK_DROPPED(&bench, kro_fill(bench.stream, bench.left, odd, 8, 0), "'left'", text, "4");
        CHECK_DROPPED(&bench, kro_fill(bench.stream, bench.left, 0, odd, 0), "'left'", text, "4");
        CHECK_DROPPED(&bench, kro_fill(bench.stream, bench.left, odd, odd, 0), "'left'", text, "4");
    }
    contract_check_usable(t, &bench);
}

TEST(copies_that_overlap_themselves_are_refused)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    if (!bench.ctx)
        return;
    kro_stream *stream = bench.stream;
    kro_buffer *left = bench.left;
    CHECK_DROPPED(&bench, kro_copy(stream, left, 0, left, 0, 4), "'left'", "overlap");
    CHECK_DROPPED(&bench, kro_copy(stream, left, 0, left, 0, CONTRACT_BYTES), "'left'", "4096");
    CHECK_DROPPED(&bench, kro_copy(stream, left, 64, left, 0, 65), "'left'", "64", "65");
    CHECK_DROPPED(&bench, kro_copy(stream, left, 0, left, 64, 65), "'left'", "64", "65");
    CHECK_DROPPED(&bench, kro_copy(stream, left, 1, left, 0, 1024), "'left'", "1024");

    // Neighbours do not overlap.
    float before[CONTRACT_COUNT], after[CONTRACT_COUNT] = {0};
    CHECK_OK(kro_buffer_read(left, 0, before, sizeof before));
    CHECK_OK(kro_copy(stream, left, 64, left, 0, 64));
    CHECK_OK(kro_finish(stream));
    memcpy(&before[16], before, 64);
    CHECK_OK(kro_buffer_read(left, 0, after, sizeof after));
    CHECK_FLOATS(after, before, CONTRACT_COUNT);
}

TEST(mappable_says_whether_map_works)
{
    static const char contents[16] = "fifteen letters";
    for (size_t i = 0; i < sizeof memories / sizeof *memories; i++) {
        kro_buffer *buffer = kt_buffer_in(t, kt_context(t),
                                          &(kro_buffer_config){.size_bytes = sizeof contents,
                                                               .memory = memories[i],
                                                               .data = contents,
                                                               .label = "table"});
        if (!buffer)
            return;
        void *pointer = (void *)(uintptr_t)1;
        if (!kro_buffer_get_info(buffer)->mappable) {
            CHECK(memories[i] == KRO_MEMORY_DEVICE);
            CHECK_REFUSED(kro_buffer_map(buffer, &pointer), KRO_ERROR_UNSUPPORTED, "'table'",
                          "KRO_MEMORY_UPLOAD");
            CHECK(pointer == NULL);
            CHECK_REFUSED(kro_buffer_unmap(buffer), KRO_ERROR_INVALID_ARGUMENT, "'table'");
            continue;
        }
        if (!CHECK_OK(kro_buffer_map(buffer, &pointer)))
            continue;
        CHECK_BYTES(pointer, contents, sizeof contents);
        memset(pointer, 'x', 4);
        CHECK_OK(kro_buffer_unmap(buffer));
        char bytes[sizeof contents];
        CHECK_OK(kro_buffer_read(buffer, 0, bytes, sizeof bytes));
        CHECK_BYTES(bytes, "xxxxeen letters", sizeof contents);
    }
}

static kro_buffer *create_mappable(kt_test *t, const contract_bench *bench)
{
    return kt_buffer_in(t, bench->ctx,
                        &(kro_buffer_config){.size_bytes = CONTRACT_BYTES,
                                             .memory = KRO_MEMORY_UPLOAD,
                                             .label = "mapped one"});
}

TEST(mapping_twice_is_refused)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    kro_buffer *buffer = create_mappable(t, &bench);
    void *first, *second = (void *)(uintptr_t)1;
    CHECK_REFUSED(kro_buffer_unmap(buffer), KRO_ERROR_INVALID_ARGUMENT, "'mapped one'", "not");
    if (!CHECK_OK(kro_buffer_map(buffer, &first)))
        return;
    CHECK_REFUSED(kro_buffer_map(buffer, &second), KRO_ERROR_INVALID_ARGUMENT, "'mapped one'",
                  "already");
    CHECK(second == NULL);
    CHECK_OK(kro_buffer_unmap(buffer));
    CHECK_REFUSED(kro_buffer_unmap(buffer), KRO_ERROR_INVALID_ARGUMENT, "'mapped one'");
    CHECK_OK(kro_buffer_map(buffer, &first));
    CHECK_OK(kro_buffer_unmap(buffer));
}

// Until unmap the buffer is the host's: no call names it.
TEST(mapped_buffers_are_refused_everywhere)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    kro_buffer *buffer = create_mappable(t, &bench);
    uint32_t word = 0;
    void *mapped;
    if (!bench.ctx || !CHECK_OK(kro_buffer_map(buffer, &mapped)))
        return;
    uint32_t *words = mapped;
    words[0] = 0x600df00d;
    kro_stream *stream = bench.stream;
    const char *name = "'mapped one'", *advice = "unmap it first";
    CHECK_REFUSED(kro_buffer_write(buffer, 0, &word, 4), KRO_ERROR_INVALID_ARGUMENT, name, advice);
    CHECK_REFUSED(kro_buffer_read(buffer, 0, &word, 4), KRO_ERROR_INVALID_ARGUMENT, name, advice);
    CHECK_DROPPED(&bench, kro_fill(stream, buffer, 0, 4, 1), name, advice);
    CHECK_DROPPED(&bench, kro_write(stream, buffer, 0, &word, 4), name, advice);
    CHECK_DROPPED(&bench, kro_read(stream, buffer, 0, &word, 4), name, advice);
    CHECK_DROPPED(&bench, kro_copy(stream, buffer, 0, bench.left, 0, 4), name, advice);
    CHECK_DROPPED(&bench, kro_copy(stream, bench.left, 0, buffer, 0, 4), name, advice);
    CHECK_DROPPED(
        &bench,
        contract_dispatch(stream, bench.add, 4, (kro_buffer *[4]){buffer, bench.right, bench.sum}),
        name, advice, "'vector_add'");
    const kro_dispatch_args args = {.buffers = {bench.left, bench.right, bench.sum}};
    CHECK_DROPPED(&bench, kro_dispatch_indirect(stream, bench.add, &args, buffer, 0), name, advice);
    CHECK_EQ_U64(words[0], 0x600df00d);
    CHECK_EQ_U64(word, 0);
    CHECK_OK(kro_buffer_unmap(buffer));
    CHECK_OK(kro_buffer_read(buffer, 0, &word, 4));
    CHECK_EQ_U64(word, 0x600df00d);
    contract_check_usable(t, &bench);
}
