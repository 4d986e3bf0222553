// Objects of one context are used with that context only.
#include "contract.h"

#include <string.h>

TEST(objects_of_two_contexts_do_not_mix)
{
    contract_bench here = contract_bench_create(t, kt_context(t));
    contract_bench there = contract_bench_create(t, kt_context_with(t, NULL));
    if (!here.ctx || !there.ctx)
        return;
    kro_stream *stream = here.stream;
    uint32_t words[4] = {1, 2, 3, 4};
    CHECK_DROPPED(&here, kro_fill(stream, there.sum, 0, 4, 0), "'sum'", "another context");
    CHECK_DROPPED(&here, kro_write(stream, there.sum, 0, words, 4), "'sum'", "another context");
    CHECK_DROPPED(&here, kro_read(stream, there.sum, 0, words, 4), "'sum'", "another context");
    CHECK_DROPPED(&here, kro_copy(stream, there.sum, 0, here.left, 0, 4), "'sum'",
                  "another context");
    CHECK_DROPPED(&here, kro_copy(stream, here.sum, 0, there.left, 0, 4), "'left'",
                  "another context");
    CHECK_EQ_U64(words[0], 1);

    kro_dispatch_args args = {.buffers = {here.left, here.right, here.sum}, .threads = {1}};
    CHECK_DROPPED(&here, kro_dispatch(stream, there.add, &args), "'vector_add'", "context");
    args.buffers[2] = there.sum;
    CHECK_DROPPED(&here, kro_dispatch(stream, here.add, &args), "'vector_add'", "'sum'",
                  "another context");
    args.buffers[2] = here.sum;
    args.touches = &there.sum;
    args.touch_count = 1;
    CHECK_DROPPED(&here, kro_dispatch(stream, here.add, &args), "'vector_add'", "'sum'",
                  "another context");
    args.touch_count = 0;
    args.threads[0] = 0;
    CHECK_DROPPED(&here, kro_dispatch_indirect(stream, here.add, &args, there.left, 0),
                  "'vector_add'", "'left'", "another context");

    contract_check_untouched(t, &there);
    contract_check_usable(t, &here);
    contract_check_usable(t, &there);
}

// A fence is a plain value: what cannot be one of this context is refused, whatever it says.
TEST(foreign_fences_are_refused)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    if (!bench.ctx || !contract_check_usable(t, &bench))
        return;
    kro_fence last;
    CHECK_OK(kro_submit(bench.stream, &last));
    // Not the next value: the library may use some for reads and writes of its own.
    const kro_fence foreign[] = {
        {last.queue, last.value + 1000000},
        {last.queue, UINT64_MAX},
        {kt_device(t)->queue_count + 1, 1},
        {UINT64_MAX, 1},
        {UINT64_C(1) << 32, 1},
    };
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        kro_fence fence = foreign[i];
        const char *queue = contract_text(t, "%llu", (unsigned long long)fence.queue);
        const char *value = contract_text(t, "%llu", (unsigned long long)fence.value);
        CHECK_REFUSED(kro_wait(bench.ctx, fence, 0), KRO_ERROR_INVALID_ARGUMENT, queue, value);
        CHECK_REFUSED(kro_wait(bench.ctx, fence, UINT64_MAX), KRO_ERROR_INVALID_ARGUMENT, queue,
                      value);
        CHECK_REFUSED(kro_poll(bench.ctx, fence), KRO_ERROR_INVALID_ARGUMENT, queue, value);
    }
    CHECK_OK(kro_wait(bench.ctx, last, UINT64_MAX));
}

// Work that was to be ordered and is not would be worse than work that does not run.
TEST(waiting_for_a_foreign_fence_drops_the_batch)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    if (!bench.ctx)
        return;
    const kro_fence foreign = {.queue = 1, .value = UINT64_MAX};
    CHECK_DROPPED(&bench, kro_stream_wait(bench.stream, foreign), "18446744073709551615");
    contract_check_usable(t, &bench);
}

TEST(streams_use_queues_that_exist)
{
    kro_context *ctx = kt_context(t);
    const uint32_t count = kt_device(t)->queue_count;
    const uint32_t queues[] = {count, count + 1, UINT32_MAX};
    for (int i = 0; i < 3; i++) {
        kro_stream *out = (kro_stream *)(uintptr_t)1;
        CHECK_REFUSED(
            kro_stream_create(ctx, &(kro_stream_config){.queue = queues[i], .label = "side work"},
                              &out),
            KRO_ERROR_INVALID_ARGUMENT, "'side work'", contract_text(t, "queue %u", queues[i]),
            contract_text(t, "%u", count));
        CHECK(out == NULL);
    }
}
