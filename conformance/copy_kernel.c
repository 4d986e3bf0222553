// Copies by a kernel, as on drivers whose vkCmdCopyBuffer is slow: the run's driver stands in for
// one of them.
#include "kernel.h"

#include <stdio.h>
#include <string.h>

#include "proxied.h"

enum { SIZE = 1 << 20, BUFFERS = 3, COPIES = 60, CHUNK = 4096 };

// Buffers and what is in them.
typedef struct bench {
    kro_context *ctx;
    kro_stream *stream;
    kro_buffer *buffers[BUFFERS];
    uint8_t *bytes[BUFFERS];
} bench;

static bool make_bench(kt_test *t, const char *spec, bench *out)
{
    out->ctx = proxied_context(t, spec, NULL);
    if (!out->ctx)
        return false;
    out->stream = kro_context_stream(out->ctx);
    for (int i = 0; i < BUFFERS; i++) {
        out->bytes[i] = kt_alloc(t, SIZE);
        kt_fill_bytes(t, out->bytes[i], SIZE);
        out->buffers[i] = kt_buffer_in(
            t, out->ctx, &(kro_buffer_config){.size_bytes = SIZE, .data = out->bytes[i]});
        if (!out->buffers[i])
            return false;
    }
    return true;
}

// One copy, on the device and in the model. Half of them keep the places of bytes within vectors,
// which is what the kernel can do; the rest are shifted.
static void random_copy(kt_test *t, bench *it)
{
    uint64_t size = 1 + kt_random_below(t, SIZE / 3);
    uint32_t src = (uint32_t)kt_random_below(t, BUFFERS), dst = (src + 1) % BUFFERS;
    uint64_t from = kt_random_below(t, SIZE - size), to = kt_random_below(t, SIZE - size);
    if (kt_random_below(t, 2))
        to = (to & ~UINT64_C(15)) + (from & 15);
    if (to + size > SIZE)
        to -= 16;
    bool within = kt_random_below(t, 4) == 0 && (from + size <= to || to + size <= from);
    if (within)
        dst = src;
    CHECK_OK(kro_copy(it->stream, it->buffers[dst], to, it->buffers[src], from, size));
    memmove(it->bytes[dst] + to, it->bytes[src] + from, size);
}

static void check_bytes(kt_test *t, const bench *it)
{
    uint8_t *actual = kt_alloc(t, SIZE);
    for (int i = 0; i < BUFFERS; i++) {
        kt_poison(actual, SIZE);
        CHECK_OK(kro_buffer_read(it->buffers[i], 0, actual, SIZE));
        CHECK_BYTES(actual, it->bytes[i], SIZE);
    }
}

static void check_random_copies(kt_test *t, bench *it)
{
    for (int i = 0; i < COPIES; i++) {
        random_copy(t, it);
        if (i % 20 == 19)
            CHECK_OK(kro_submit(it->stream, NULL));
    }
    check_bytes(t, it);
}

TEST(copies_by_the_kernel_are_exact)
{
    bench it = {0};
    const kronos_proxy_api *api = proxied_api(t);
    if (!api || !make_bench(t, "driver_id=4;count", &it))
        return;
    if (!kro_context_info(it.ctx)->features.device_address) {
        SKIP(t, "the kernel needs device addresses (features.device_address)");
        return;
    }
    api->reset_counts();
    check_random_copies(t, &it);
    CHECK(api->calls("vkCmdDispatch") > 0);
    // Buffers come and go and are never bound: no copy writes a descriptor.
    CHECK_EQ_U64(api->calls("vkUpdateDescriptorSets"), 0);
    CHECK_EQ_U64(api->violations(), 0);
}

// The same hazards order them: whoever runs what is unordered in any order sees no difference.
TEST(copies_by_the_kernel_are_ordered)
{
    for (int seed = 1; seed <= 4; seed++) {
        char spec[64];
        snprintf(spec, sizeof spec, "driver_id=4;reorder=%d", seed);
        bench it = {0};
        if (!make_bench(t, spec, &it))
            return;
        check_random_copies(t, &it);
        for (int i = 0; i < BUFFERS; i++)
            kt_release(t, it.buffers[i]);
        kt_release(t, it.ctx);
    }
}

// Kernels before and behind a copy find their own pipeline, sets and push constants bound again.
TEST(kernels_keep_their_state_around_a_copy)
{
    enum { ROUNDS = 8, COUNT = SIZE / 4 };
    bench it = {0};
    if (!make_bench(t, "driver_id=4", &it))
        return;
    kro_pipeline *affine = kt_pipeline_in(t, it.ctx, "affine_words", NULL);
    if (!affine)
        return;
    const uint32_t push[] = {COUNT, 3, 1};
    uint32_t *words = (uint32_t *)(void *)it.bytes[0];
    for (int round = 0; round < ROUNDS; round++) {
        CHECK_OK(kro_dispatch(it.stream, affine,
                              &(kro_dispatch_args){.buffers = {it.buffers[0]},
                                                   .push = push,
                                                   .push_bytes = sizeof push,
                                                   .threads = {COUNT}}));
        for (uint32_t i = 0; i < COUNT; i++)
            words[i] = words[i] * 3 + 1;
        CHECK_OK(kro_copy(it.stream, it.buffers[1], 0, it.buffers[0], CHUNK, SIZE - CHUNK));
        memcpy(it.bytes[1], it.bytes[0] + CHUNK, SIZE - CHUNK);
        CHECK_OK(kro_copy(it.stream, it.buffers[0], 0, it.buffers[2], 0, SIZE / 2));
        memcpy(it.bytes[0], it.bytes[2], SIZE / 2);
    }
    CHECK_OK(kro_submit(it.stream, NULL));
    check_bytes(t, &it);
}

// A dispatch of a whole buffer, on the device and in the model.
static void scale(kt_test *t, bench *it, kro_pipeline *affine, int buffer)
{
    enum { COUNT = SIZE / 4 };
    const uint32_t push[] = {COUNT, 3, 1};
    uint32_t *words = (uint32_t *)(void *)it->bytes[buffer];
    CHECK_OK(kro_dispatch(it->stream, affine,
                          &(kro_dispatch_args){.buffers = {it->buffers[buffer]},
                                               .push = push,
                                               .push_bytes = sizeof push,
                                               .threads = {COUNT}}));
    for (uint32_t i = 0; i < COUNT; i++)
        words[i] = words[i] * 3 + 1;
}

// What a stream of one thread remembers of a dispatch that is repeated holds across copies by the
// kernel, which bind and push something else, in one batch and in the next.
//
// Returns: how many dispatches the driver saw, those that stage what is checked aside.
static uint64_t check_repeats(kt_test *t, const kronos_proxy_api *api, bench *it, int rounds)
{
    kro_stream *own = kt_stream_in(t, it->ctx, NULL);
    if (!own)
        return 0;
    api->reset_counts();
    it->stream = own;
    kro_pipeline *affine = kt_pipeline_in(t, it->ctx, "affine_words", NULL);
    for (int round = 0; affine && round < rounds; round++) {
        scale(t, it, affine, 0);
        scale(t, it, affine, 0);
        CHECK_OK(kro_copy(it->stream, it->buffers[1], 0, it->buffers[0], 0, SIZE));
        memcpy(it->bytes[1], it->bytes[0], SIZE);
        scale(t, it, affine, 0);
        scale(t, it, affine, 1);
        CHECK_OK(kro_copy(it->stream, it->buffers[2], 1, it->buffers[1], 0, SIZE - 1)); // shifted
        memcpy(it->bytes[2] + 1, it->bytes[1], SIZE - 1);
        if (round % 3 == 2)
            CHECK_OK(kro_submit(it->stream, NULL));
    }
    CHECK_OK(kro_finish(own));
    const uint64_t dispatches = api->calls("vkCmdDispatch");
    check_bytes(t, it);
    if (affine)
        kt_release(t, affine);
    kt_release(t, own);
    return dispatches;
}

TEST(repeated_dispatches_and_copies_by_the_kernel_mix)
{
    enum { ROUNDS = 8, DISPATCHES = 4 };
    bench it = {0};
    const kronos_proxy_api *api = proxied_api(t);
    if (!api || !make_bench(t, "driver_id=4;count", &it))
        return;
    const bool by_kernel = kro_context_info(it.ctx)->features.device_address;
    CHECK_EQ_U64(check_repeats(t, api, &it, ROUNDS), ROUNDS * (DISPATCHES + (by_kernel ? 1 : 0)));
    CHECK_EQ_U64(api->violations(), 0);
}

TEST(repeated_dispatches_and_copies_by_the_kernel_are_ordered)
{
    const kronos_proxy_api *api = proxied_api(t);
    for (int seed = 1; api && seed <= 4; seed++) {
        char spec[64];
        snprintf(spec, sizeof spec, "driver_id=4;reorder=%d", seed);
        bench it = {0};
        if (!make_bench(t, spec, &it))
            return;
        (void)check_repeats(t, api, &it, 4);
        for (int i = 0; i < BUFFERS; i++)
            kt_release(t, it.buffers[i]);
        kt_release(t, it.ctx);
    }
}

TEST(without_device_addresses_the_driver_copies)
{
    bench it = {0};
    const kronos_proxy_api *api = proxied_api(t);
    if (!api || !make_bench(t, "driver_id=4;hide=device_address", &it))
        return;
    api->reset_counts();
    check_random_copies(t, &it);
    CHECK_EQ_U64(api->calls("vkCmdDispatch"), 0);
    CHECK(api->calls("vkCmdCopyBuffer") >= COPIES);
}
