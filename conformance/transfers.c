// Host memory to buffers and back: kro_write, kro_read, blocking access, mapping, initial contents.
#include "kernel.h"

#include <string.h>

enum { KINDS = 3 };

static const char *const KIND_NAMES[KINDS] = {"device", "upload", "readback"};

TEST_PARAMS(memory_kinds)
{
    for (int i = 0; i < KINDS; i++)
        kt_param(params, "%s", KIND_NAMES[i]);
}

static kro_buffer *buffer_of_kind(kt_test *t, kro_memory memory, uint64_t size_bytes,
                                  const void *data)
{
    return kt_buffer_in(
        t, kt_context(t),
        &(kro_buffer_config){.size_bytes = size_bytes, .memory = memory, .data = data});
}

// Sizes around the staging size, by name; the staging size is the device's.
typedef enum staged_size { BELOW, EXACT, ABOVE, THRICE, STAGED_SIZES } staged_size;

static const char *const STAGED_NAMES[STAGED_SIZES] = {
    "staging_less_1",
    "staging",
    "staging_plus_1",
    "3_staging_plus_1",
};

TEST_PARAMS(staged_sizes)
{
    for (int i = 0; i < STAGED_SIZES; i++)
        kt_param(params, "%s", STAGED_NAMES[i]);
}

static uint32_t staged_bytes(kt_test *t)
{
    const kro_device_info *device = kt_device(t);
    const uint32_t staging_bytes = device ? device->limits.staging_bytes : 1;
    switch ((staged_size)kt_param_index(t)) {
    case BELOW:
        return staging_bytes - 1;
    case ABOVE:
        return staging_bytes + 1;
    case THRICE:
        return 3 * staging_bytes + 1;
    default:
        return staging_bytes;
    }
}

// What kro_write puts at an odd offset, kro_read fetches from there, around the staging size.
TEST_FAMILY_CASE(write_and_read_round_trip)
{
    (void)param;
    enum { OFFSET = 5, AROUND = 16 };
    const uint32_t size = staged_bytes(t), all = size + AROUND;
    uint8_t *bytes = kt_alloc(t, size), *expected = kt_alloc(t, all), *actual = kt_alloc(t, size);
    kt_fill_bytes(t, bytes, size);
    kt_poison(expected, all);
    memcpy(expected + OFFSET, bytes, size);
    kt_poison(actual, size);
    kro_buffer *buffer = kt_buffer(t, all, NULL);
    kro_stream *stream = kt_stream(t);
    CHECK_OK(kro_write(stream, buffer, OFFSET, bytes, size));
    CHECK_OK(kro_read(stream, buffer, OFFSET, actual, size));
    CHECK_OK(kro_finish(stream));
    CHECK_BYTES(actual, bytes, size);
    CHECK_BYTES(kernel_read_all(t, buffer), expected, all);
}

// A source up to the staging size may be reused as soon as kro_write returns.
TEST(written_source_may_be_reused_at_once)
{
    enum { WRITES = 100, SIZE = 4099 };
    uint8_t source[SIZE], *expected = kt_alloc(t, WRITES * SIZE);
    kro_buffer *buffer = kt_buffer(t, WRITES * SIZE, NULL);
    kro_stream *stream = kt_stream(t);
    for (uint32_t i = 0; i < WRITES; i++) {
        kt_fill_bytes(t, source, SIZE);
        memcpy(expected + i * SIZE, source, SIZE);
        CHECK_OK(kro_write(stream, buffer, i * SIZE, source, SIZE));
        memset(source, 0, SIZE);
    }
    CHECK_OK(kro_finish(stream));
    CHECK_BYTES(kernel_read_all(t, buffer), expected, WRITES * SIZE);
}

// Ten thousand writes of a few bytes each, more than the staging size together, in one batch.
TEST(many_small_writes_land_where_they_belong)
{
    enum { WRITES = 10000, SLOT = 160 };
    uint8_t *expected = kt_alloc(t, WRITES * SLOT);
    kt_poison(expected, WRITES * SLOT);
    kro_buffer *buffer = kt_buffer(t, WRITES * SLOT, NULL);
    kro_stream *stream = kt_stream(t);
    for (uint32_t i = 0; i < WRITES; i++) {
        const uint32_t slot = i * 7919 % WRITES, size = 97 + i % 60, at = slot * SLOT + i % 4;
        kt_fill_bytes(t, expected + at, size);
        CHECK_OK(kro_write(stream, buffer, at, expected + at, size));
    }
    CHECK_OK(kro_finish(stream));
    CHECK_BYTES(kernel_read_all(t, buffer), expected, WRITES * SLOT);
}

// Reads see the bytes of their place in the stream, not those that later work leaves.
TEST(reads_see_the_bytes_of_their_moment)
{
    enum { ROUNDS = 100, SIZE = 1001 };
    uint8_t *bytes = kt_alloc(t, ROUNDS * SIZE), *actual = kt_alloc(t, ROUNDS * SIZE);
    kt_fill_bytes(t, bytes, ROUNDS * SIZE);
    kt_poison(actual, ROUNDS * SIZE);
    kro_buffer *buffer = kt_buffer(t, SIZE, NULL);
    kro_stream *stream = kt_stream(t);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        CHECK_OK(kro_write(stream, buffer, 0, bytes + i * SIZE, SIZE));
        CHECK_OK(kro_read(stream, buffer, 0, actual + i * SIZE, SIZE));
    }
    CHECK_OK(kro_finish(stream));
    CHECK_BYTES(actual, bytes, ROUNDS * SIZE);
}

// Every read size from 1 to 33 from every offset below 8 leaves the host's other bytes alone.
TEST(reads_of_every_small_size_and_offset_are_exact)
{
    enum { SIZES = 33, OFFSETS = 8, SLOT = 64, READS = SIZES * OFFSETS };
    uint8_t bytes[SLOT], *actual = kt_alloc(t, READS * SLOT), *expected = kt_alloc(t, READS * SLOT);
    kt_fill_bytes(t, bytes, SLOT);
    kt_poison(actual, READS * SLOT);
    kt_poison(expected, READS * SLOT);
    kro_buffer *buffer = kt_buffer(t, SLOT, bytes);
    kro_stream *stream = kt_stream(t);
    for (uint32_t i = 0; i < READS; i++) {
        const uint32_t size = 1 + i / OFFSETS, offset = i % OFFSETS, at = i * SLOT + i % 5;
        memcpy(expected + at, bytes + offset, size);
        CHECK_OK(kro_read(stream, buffer, offset, actual + at, size));
    }
    CHECK_OK(kro_finish(stream));
    CHECK_BYTES(actual, expected, READS * SLOT);
}

// Blocking writes and reads of odd ranges, of each kind of memory, with a kernel's use in between.
TEST_FAMILY_CASE(blocking_access_sees_finished_work)
{
    (void)param;
    enum { COUNT = 5000, ROUNDS = 20 };
    const kro_memory memory = (kro_memory)kt_param_index(t);
    uint32_t *words = kt_alloc(t, 4 * COUNT), *actual = kt_alloc(t, 4 * COUNT);
    kt_fill_u32s(t, words, COUNT);
    kro_buffer *a = buffer_of_kind(t, memory, 4 * COUNT, words);
    kro_buffer *b = buffer_of_kind(t, memory, 4 * COUNT, words);
    kro_pipeline *pipeline = kt_pipeline(t, "xor_words");
    kro_stream *stream = kt_stream(t);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        const uint32_t key = kt_random_u32(t);
        const uint64_t offset = kt_random_below(t, 4 * COUNT);
        const uint64_t size = 1 + kt_random_below(t, 4 * COUNT - offset);
        kt_fill_bytes(t, (uint8_t *)words + offset, size);
        CHECK_OK(kro_buffer_write(a, offset, (uint8_t *)words + offset, size));
        CHECK_OK(kro_dispatch(
            stream, pipeline,
            &(kro_dispatch_args){
                .buffers = {a, b}, .push = &key, .push_bytes = sizeof key, .threads = {COUNT}}));
        CHECK_OK(kro_submit(stream, NULL));
        kt_poison(actual, 4 * COUNT);
        CHECK_OK(kro_buffer_read(b, 0, actual, 4 * COUNT));
        for (uint32_t i = 0; i < COUNT; i++)
            words[i] ^= key;
        CHECK_U32S(actual, words, COUNT);
        kro_buffer *swap = a;
        a = b;
        b = swap;
    }
}

// Initial contents are there for the host and for kernels, in each kind of memory.
TEST_FAMILY_CASE(initial_contents_arrive)
{
    (void)param;
    static const uint32_t COUNTS[] = {1, 3, 1023, 262143, 786433};
    const kro_memory memory = (kro_memory)kt_param_index(t);
    kro_pipeline *pipeline = kt_pipeline(t, "xor_words");
    for (size_t k = 0; k < sizeof COUNTS / sizeof COUNTS[0]; k++) {
        const uint32_t count = COUNTS[k], key = 0x80000001;
        uint32_t *words = kt_alloc(t, 4 * count);
        kt_fill_u32s(t, words, count);
        kro_buffer *in = buffer_of_kind(t, memory, 4 * count, words);
        kro_buffer *out = kt_buffer(t, 4 * count, NULL);
        CHECK_U32S(kernel_read_all(t, in), words, count);
        CHECK_OK(kro_dispatch(
            kro_context_stream(kt_context(t)), pipeline,
            &(kro_dispatch_args){
                .buffers = {in, out}, .push = &key, .push_bytes = sizeof key, .threads = {count}}));
        for (uint32_t i = 0; i < count; i++)
            words[i] ^= key;
        CHECK_U32S(kernel_read_all(t, out), words, count);
    }
}

TEST_PARAMS(mapped_kinds)
{
    kt_param(params, "%s", KIND_NAMES[KRO_MEMORY_UPLOAD]);
    kt_param(params, "%s", KIND_NAMES[KRO_MEMORY_READBACK]);
}

// What the host writes through a mapping a kernel reads, and the other way round, many times.
TEST_FAMILY_CASE(mapping_is_seen_both_ways)
{
    (void)param;
    enum { COUNT = 3001, ROUNDS = 10 };
    const kro_memory memory = kt_param_index(t) ? KRO_MEMORY_READBACK : KRO_MEMORY_UPLOAD;
    uint32_t words[COUNT];
    kro_buffer *in = buffer_of_kind(t, memory, sizeof words, NULL);
    kro_buffer *out = buffer_of_kind(t, memory, sizeof words, NULL);
    const kro_buffer_info *info = kro_buffer_get_info(in);
    if (!CHECK(info && info->mappable))
        return;
    kro_pipeline *pipeline = kt_pipeline(t, "xor_words");
    kro_stream *stream = kt_stream(t);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        void *mapped;
        kt_fill_u32s(t, words, COUNT);
        if (!CHECK_OK(kro_buffer_map(in, &mapped)))
            return;
        memcpy(mapped, words, sizeof words);
        CHECK_OK(kro_buffer_unmap(in));
        CHECK_OK(kro_dispatch(stream, pipeline,
                              &(kro_dispatch_args){.buffers = {in, out},
                                                   .push = &round,
                                                   .push_bytes = sizeof round,
                                                   .threads = {COUNT}}));
        CHECK_OK(kro_submit(stream, NULL));
        // Mapping waits for the dispatch.
        if (!CHECK_OK(kro_buffer_map(out, &mapped)))
            return;
        for (uint32_t i = 0; i < COUNT; i++)
            words[i] ^= round;
        CHECK_U32S((const uint32_t *)mapped, words, COUNT);
        CHECK_OK(kro_buffer_unmap(out));
    }
}

// Reads, copies and writes of one place in one batch happen in the order they were recorded.
TEST(writes_wait_for_earlier_reads_and_copies)
{
    enum { ROUNDS = 50, SIZE = 777 };
    uint8_t bytes[SIZE], *expected = kt_alloc(t, ROUNDS * SIZE);
    kro_buffer *place = kt_buffer(t, SIZE, NULL), *log = kt_buffer(t, ROUNDS * SIZE, NULL);
    kro_stream *stream = kt_stream(t);
    for (uint32_t i = 0; i < ROUNDS; i++) {
        kt_fill_bytes(t, bytes, SIZE);
        memcpy(expected + i * SIZE, bytes, SIZE);
        CHECK_OK(kro_write(stream, place, 0, bytes, SIZE));
        CHECK_OK(kro_copy(stream, log, i * SIZE, place, 0, SIZE));
    }
    CHECK_OK(kro_finish(stream));
    CHECK_BYTES(kernel_read_all(t, log), expected, ROUNDS * SIZE);
}
