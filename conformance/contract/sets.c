// What descriptor sets cost a driver: kernels with eight bindings, few or all of which have dynamic
// offsets.
#include "contract.h"

#include "kernel.h"
#include "proxied.h"

enum { WORDS = 16, RANGE_BYTES = 4 * WORDS };

// Two laps of a ring of a thousand offsets for one of eight bindings.
static void check_ring(kt_test *t, const char *spec, uint32_t moved, uint64_t sets)
{
    enum { STEPS = 1000, BINDINGS = 8 };
    const kronos_proxy_api *proxy = proxied_api(t);
    kro_context *ctx = proxied_context(t, spec, NULL);
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    kro_pipeline *sum = kt_pipeline_in(t, ctx, "sum_seven", NULL);
    const uint32_t step = kernel_range_step(t, RANGE_BYTES);
    const uint64_t size_bytes = (uint64_t)step * STEPS;
    uint32_t *data = kt_alloc(t, size_bytes);
    kt_fill_u32s(t, data, size_bytes / 4);
    kro_buffer *ring =
        kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = size_bytes, .data = data});
    kro_buffer *fixed =
        kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = size_bytes, .data = data});
    if (!stream || !sum || !ring || !fixed)
        return;
    kro_binding bindings[BINDINGS];
    for (uint32_t i = 0; i < BINDINGS; i++)
        bindings[i] = (kro_binding){
            .buffer = i == moved ? ring : fixed,
            .binding = i,
            // What is read is not what is written.
            .offset_bytes = i < BINDINGS - 1 ? 0 : step,
            .size_bytes = RANGE_BYTES,
        };
    const kro_dispatch_args args = {
        .bindings = bindings, .binding_count = BINDINGS, .threads = {WORDS}};
    for (uint64_t lap = 0; lap < 2; lap++) {
        proxy->reset_counts();
        for (uint64_t i = 0; i < STEPS; i++) {
            bindings[moved].offset_bytes = i * step;
            CHECK_OK(kro_dispatch(stream, sum, &args));
        }
        CHECK_OK(kro_finish(stream));
        if (!CHECK_EQ_U64(proxy->figure("descriptor_writes"), lap == 0 ? sets * BINDINGS : 0))
            LOGF(t, "binding %u, lap %u", moved, (unsigned)lap);
    }
    CHECK_EQ_U64(kro_stream_get_info(stream)->descriptor_sets, sets);
    // The last step.
    uint32_t expected[WORDS] = {0}, actual[WORDS];
    for (uint32_t i = 0; i < BINDINGS - 1; i++)
        for (uint32_t w = 0; w < WORDS; w++)
            expected[w] += (i + 1) * data[i == moved ? (STEPS - 1) * (step / 4) + w : w];
    const bool out_moved = moved == BINDINGS - 1;
    CHECK_OK(kro_buffer_read(out_moved ? ring : fixed, out_moved ? (STEPS - 1ull) * step : step,
                             actual, sizeof actual));
    CHECK_U32S(actual, expected, WORDS);
}

// A ring in a binding with a dynamic offset needs one set, on a device with four such offsets, too;
// one in a binding beyond those needs a set for each place once.
TEST(rings_of_offsets_write_descriptors_once)
{
    enum { DYNAMIC = 4, BINDINGS = 8, PLACES = 1000 };
    if (!kernel_buffers_fit(t, BINDINGS))
        return;
    for (uint32_t moved = 0; moved < BINDINGS; moved++)
        check_ring(t, "limit=maxDescriptorSetStorageBuffersDynamic:4", moved,
                   moved < DYNAMIC ? 1 : PLACES);
}

// A driver is asked for sets only where there is room for them: kernels with many buffers use up a
// pool's descriptors before its sets.
TEST(every_allocation_of_sets_finds_room)
{
    enum { COUNT = 700, BINDINGS = 8 };
    const kronos_proxy_api *proxy = proxied_api(t);
    if (!kernel_buffers_fit(t, BINDINGS))
        return;
    kro_context *ctx = proxied_context(t, "", NULL);
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    kro_pipeline *sum = kt_pipeline_in(t, ctx, "sum_seven", NULL);
    kro_buffer *buffer = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = 4 * COUNT + 4});
    if (!stream || !sum || !buffer)
        return;
    proxy->reset_counts();
    for (uint32_t lap = 0; lap < 3; lap++) { // the second and third give up sets of the one before
        for (uint64_t i = 0; i < COUNT; i++) {
            kro_binding bindings[BINDINGS];
            for (uint32_t k = 0; k < BINDINGS; k++) // sizes are part of every set
                bindings[k] = (kro_binding){
                    .buffer = buffer, .binding = k, .size_bytes = 4 * (i + 1) + (k == lap ? 4 : 0)};
            CHECK_OK(kro_dispatch(stream, sum,
                                  &(kro_dispatch_args){.bindings = bindings,
                                                       .binding_count = BINDINGS,
                                                       .groups = {1}}));
        }
        CHECK_OK(kro_finish(stream));
    }
    CHECK_EQ_U64(kro_stream_get_info(stream)->descriptor_sets, 3 * COUNT);
    CHECK_EQ_U64(proxy->calls("vkAllocateDescriptorSets"), 3 * COUNT);
}
