// Device addresses that kernels compute with, keep in structs and find unaligned. What plain ones
// do stands in bindings.c.
#include "kernel.h"

// A buffer that kernels reach by its address, which `*address` receives; 0 where it has none.
static kro_buffer *addressed(kt_test *t, uint64_t size_bytes, const void *data, uint64_t *address)
{
    kro_buffer *buffer = kt_buffer_in(
        t, kt_context(t),
        &(kro_buffer_config){.size_bytes = size_bytes, .data = data, .device_address = true});
    const kro_buffer_info *info = kro_buffer_get_info(buffer);
    *address = info ? info->device_address : 0;
    CHECK(*address != 0);
    return buffer;
}

// As shaders/sum_slices.comp has it.
typedef struct slice {
    uint64_t words;
    uint32_t first, count;
} slice;

enum { ARRAYS = 4, ARRAY_WORDS = 500, SLICES = 300 };

typedef struct slice_sums {
    slice copies[SLICES];
    uint32_t sums[SLICES];
} slice_sums;

// What the kernel makes of slices of arrays at those addresses.
static slice_sums *expect_sums(kt_test *t, const slice slices[SLICES],
                               const uint64_t address[ARRAYS], uint32_t words[][ARRAY_WORDS])
{
    slice_sums *out = kt_alloc(t, sizeof *out);
    for (uint32_t i = 0; i < SLICES; i++) {
        slice one = slices[i];
        if (i % 2 == 1)
            one.words = slices[(i + 1) % SLICES].words;
        uint32_t array = 0;
        while (array < ARRAYS - 1 && address[array] != one.words)
            array++;
        for (uint32_t k = 0; k < one.count; k++)
            out->sums[i] += words[array][one.first + k] * (k + 1);
        out->copies[SLICES - 1 - i] = one;
    }
    return out;
}

// Structs with addresses in them can be copied, on the device, by kernels, as often as one likes:
// what is copied still leads where it led. GPUOpen-Drivers/AMD-Gfx-Drivers#35 crashed or froze.
TEST(addresses_may_be_copied_with_their_structs)
{
    uint32_t words[ARRAYS][ARRAY_WORDS], actual[SLICES];
    uint64_t address[ARRAYS];
    kro_buffer *arrays[ARRAYS];
    slice slices[SLICES];
    kt_fill_u32s(t, words[0], ARRAYS * ARRAY_WORDS);
    for (int i = 0; i < ARRAYS; i++)
        arrays[i] = addressed(t, sizeof words[i], words[i], &address[i]);
    for (uint32_t i = 0; i < SLICES; i++)
        slices[i] = (slice){address[kt_random_below(t, ARRAYS)],
                            (uint32_t)kt_random_below(t, ARRAY_WORDS / 2),
                            (uint32_t)kt_random_below(t, ARRAY_WORDS / 2)};
    kro_buffer *from = kt_buffer(t, sizeof slices, slices);
    kro_pipeline *pipeline = kt_pipeline(t, "sum_slices");
    const slice *given = slices;
    // The copies of one round are the next one's slices.
    for (int round = 0; round < 3; round++) {
        const slice_sums *expected = expect_sums(t, given, address, words);
        kro_buffer *copies = kt_buffer(t, sizeof slices, NULL);
        kt_output out = kt_output_create(t, kt_context(t), sizeof actual);
        const kro_binding bindings[] = {
            {from, .binding = 0}, {copies, .binding = 1}, kt_output_binding(&out, 2)};
        CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), pipeline,
                              &(kro_dispatch_args){.bindings = bindings,
                                                   .binding_count = 3,
                                                   .touches = arrays,
                                                   .touch_count = ARRAYS,
                                                   .threads = {SLICES}}));
        if (kt_output_read(t, &out, actual))
            CHECK_U32S(actual, expected->sums, SLICES);
        CHECK_BYTES(kernel_read_all(t, copies), expected->copies, sizeof slices);
        given = expected->copies;
        from = copies;
    }
}

// Steps forwards and backwards, elements, and numbers of 64 bits that become addresses again.
TEST(addresses_can_be_computed_with)
{
    enum { COUNT = 333, WAYS = 4 };
    uint32_t in[COUNT][4], expected[COUNT][WAYS][4], actual[COUNT][WAYS][4];
    kt_fill_u32s(t, in[0], 4 * COUNT);
    struct {
        uint64_t quads;
        uint32_t count;
    } push = {.count = COUNT};
    kro_buffer *quads = addressed(t, sizeof in, in, &push.quads);
    for (uint32_t i = 0; i < COUNT; i++) {
        const uint32_t places[WAYS] = {i, COUNT - 1 - i, (i + 7) % COUNT, i};
        for (uint32_t way = 0; way < WAYS; way++)
            for (uint32_t k = 0; k < 4; k++)
                expected[i][way][k] = in[places[way]][k];
    }
    kt_output out = kt_output_create(t, kt_context(t), sizeof actual);
    const kro_binding binding = kt_output_binding(&out, 0);
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), kt_pipeline(t, "step_addresses"),
                          &(kro_dispatch_args){.bindings = &binding,
                                               .binding_count = 1,
                                               .push = &push,
                                               .push_bytes = 12,
                                               .touches = &quads,
                                               .touch_count = 1,
                                               .threads = {COUNT}}));
    if (kt_output_read(t, &out, actual))
        CHECK_U32S(actual[0][0], expected[0][0], COUNT * WAYS * 4);
}

// A reference is no better aligned than it says: vectors of 16 bytes are loaded from and stored to
// every multiple of 4, and nothing beside them is written.
TEST(references_of_small_alignment_reach_any_word)
{
    enum { COUNT = 64, WORDS = 5 * COUNT };
    uint32_t in[WORDS], expected[WORDS];
    uint64_t pairs[COUNT][2], from, to;
    kt_fill_u32s(t, in, WORDS);
    kt_poison(expected, sizeof expected);
    kro_buffer *buffers[] = {addressed(t, sizeof in, in, &from),
                             addressed(t, sizeof expected, expected, &to)};
    for (uint32_t i = 0; i < COUNT; i++) {
        // Every residue of each beside every one of the other; a word is left out between two
        // targets.
        const uint32_t source = (i * 3 + i / 4) % (WORDS - 4), target = 5 * i;
        pairs[i][0] = from + 4 * source;
        pairs[i][1] = to + 4 * target;
        for (uint32_t k = 0; k < 4; k++)
            expected[target + k] = in[source + 3 - k];
    }
    const kro_binding binding = {kt_buffer(t, sizeof pairs, pairs), .binding = 0};
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)),
                          kt_pipeline(t, "misaligned_references"),
                          &(kro_dispatch_args){.bindings = &binding,
                                               .binding_count = 1,
                                               .touches = buffers,
                                               .touch_count = 2,
                                               .groups = {COUNT}}));
    CHECK_U32S(kernel_read_all(t, buffers[1]), expected, WORDS);
    CHECK_U32S(kernel_read_all(t, buffers[0]), in, WORDS);
}
