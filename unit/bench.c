#include "bench.h"

kro_buffer *bench_buffer(kt_test *t, kro_context *ctx, kro_memory memory, const char *label)
{
    return kt_buffer_in(
        t, ctx, &(kro_buffer_config){.size_bytes = BENCH_BYTES, .memory = memory, .label = label});
}

bench bench_create(kt_test *t, const kro_context_config *config)
{
    bench it = {.ctx = fake_context(t, config)};
    it.device = fake_device_of(it.ctx);
    it.stream = kt_stream_in(t, it.ctx, &(kro_stream_config){.label = "s"});
    it.a = bench_buffer(t, it.ctx, KRO_MEMORY_DEVICE, "a");
    it.b = bench_buffer(t, it.ctx, KRO_MEMORY_DEVICE, "b");
    it.c = bench_buffer(t, it.ctx, KRO_MEMORY_DEVICE, "c");
    it.d = bench_buffer(t, it.ctx, KRO_MEMORY_DEVICE, "d");
    return it;
}

void bench_copy(kt_test *t, bench *it, kro_buffer *dst, kro_buffer *src)
{
    CHECK_OK(kro_copy(it->stream, dst, 0, src, 0, BENCH_BYTES));
}

bool bench_check_levels(kt_test *t, const bench *it, const uint32_t *levels, uint32_t count)
{
    const fake_submit *batch = &it->device->last;
    uint32_t highest = 0, level = 1;
    for (uint32_t i = 0; i < count; i++)
        highest = levels[i] > highest ? levels[i] : highest;
    if (!CHECK_EQ_U64(batch->node_count, count) || !CHECK_EQ_U64(batch->barrier_count, highest - 1))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (level <= batch->barrier_count && batch->barriers[level - 1] == i)
            level++;
        if (!CHECK_EQ_U64(level, levels[batch->order[i]])) {
            LOGF(t, "operation %u", batch->order[i]);
            return false;
        }
    }
    return true;
}
