// What a stream submits: barriers between levels, at the entry and at the exit, waits and values.
#include <string.h>

#include "fake_backend.h"
#include "stream.h"

enum { SIZE = 4096 };

static kro_buffer *make_buffer(kt_test *t, kro_context *ctx, kro_memory memory, const char *label)
{
    return kt_buffer_in(t, ctx,
                        &(kro_buffer_config){.size_bytes = SIZE, .memory = memory, .label = label});
}

// A fake context with four device buffers.
typedef struct bench {
    kro_context *ctx;
    fake_device *device;
    kro_stream *stream;
    kro_buffer *a, *b, *c, *d;
} bench;

static bench make_bench(kt_test *t, const kro_context_config *config)
{
    bench it = {.ctx = fake_context(t, config)};
    it.device = fake_device_of(it.ctx);
    it.stream = kt_stream_in(t, it.ctx, &(kro_stream_config){.label = "s"});
    it.a = make_buffer(t, it.ctx, KRO_MEMORY_DEVICE, "a");
    it.b = make_buffer(t, it.ctx, KRO_MEMORY_DEVICE, "b");
    it.c = make_buffer(t, it.ctx, KRO_MEMORY_DEVICE, "c");
    it.d = make_buffer(t, it.ctx, KRO_MEMORY_DEVICE, "d");
    return it;
}

static void copy(kt_test *t, bench *it, kro_buffer *dst, kro_buffer *src)
{
    CHECK_OK(kro_copy(it->stream, dst, 0, src, 0, SIZE));
}

static uint32_t submitted_barriers(kt_test *t, bench *it)
{
    CHECK_OK(kro_submit(it->stream, NULL));
    return it->device->last.barrier_count;
}

TEST(independent_operations_need_no_barrier)
{
    bench it = make_bench(t, NULL);
    copy(t, &it, it.b, it.a);
    copy(t, &it, it.c, it.a);
    copy(t, &it, it.d, it.a);
    CHECK_EQ_U64(submitted_barriers(t, &it), 0);
}

TEST(each_kind_of_hazard_makes_one_barrier)
{
    bench it = make_bench(t, NULL);
    copy(t, &it, it.b, it.a);
    copy(t, &it, it.c, it.b); // reads what was written
    CHECK_EQ_U64(submitted_barriers(t, &it), 1);
    copy(t, &it, it.b, it.a);
    copy(t, &it, it.a, it.c); // writes what was read
    CHECK_EQ_U64(submitted_barriers(t, &it), 1);
    copy(t, &it, it.b, it.a);
    copy(t, &it, it.b, it.c); // writes what was written
    CHECK_EQ_U64(submitted_barriers(t, &it), 1);
}

TEST(ranges_that_do_not_touch_do_not_conflict)
{
    bench it = make_bench(t, NULL);
    CHECK_OK(kro_fill(it.stream, it.a, 0, 64, 1));
    CHECK_OK(kro_fill(it.stream, it.a, 64, 64, 2));
    CHECK_OK(kro_fill(it.stream, it.a, 128, SIZE - 128, 3));
    CHECK_EQ_U64(submitted_barriers(t, &it), 0);
    CHECK_OK(kro_fill(it.stream, it.a, 0, 68, 1));
    CHECK_OK(kro_fill(it.stream, it.a, 64, 64, 2));
    CHECK_EQ_U64(submitted_barriers(t, &it), 1);
}

TEST(interleaved_chains_share_their_barriers)
{
    enum { CHAINS = 4, LENGTH = 10 };
    bench it = make_bench(t, NULL);
    for (uint32_t step = 0; step < LENGTH; step++)
        for (uint32_t chain = 0; chain < CHAINS; chain++)
            CHECK_OK(kro_fill(it.stream, it.a, chain * 64, 64, step));
    CHECK_EQ_U64(submitted_barriers(t, &it), LENGTH - 1);
    CHECK_EQ_U64(it.device->last.node_count, CHAINS * LENGTH);
}

TEST(nothing_moves_across_a_barrier)
{
    bench it = make_bench(t, NULL);
    copy(t, &it, it.b, it.a);
    CHECK_OK(kro_barrier(it.stream));
    copy(t, &it, it.d, it.c);
    CHECK_EQ_U64(submitted_barriers(t, &it), 1);
    CHECK_EQ_U64(it.device->last.order[0], 0);
}

TEST(a_barrier_before_or_after_the_batch_is_an_entry_barrier)
{
    bench it = make_bench(t, NULL);
    it.device->manual = true;
    copy(t, &it, it.b, it.a);
    CHECK_OK(kro_barrier(it.stream)); // last in its batch
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(!it.device->last.entry_barrier);
    copy(t, &it, it.d, it.c);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(it.device->last.entry_barrier);
    CHECK_OK(kro_barrier(it.stream)); // first in its batch
    copy(t, &it, it.b, it.a);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(it.device->last.entry_barrier);
    it.device->manual = false;
}

TEST(an_entry_barrier_comes_only_with_a_conflict_in_flight)
{
    bench it = make_bench(t, NULL);
    kro_fence first;
    copy(t, &it, it.b, it.a);
    CHECK_OK(kro_submit(it.stream, &first));
    CHECK(!it.device->last.entry_barrier);
    copy(t, &it, it.c, it.a); // reads beside a read
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(!it.device->last.entry_barrier);
    copy(t, &it, it.d, it.b); // reads what the first batch wrote
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(it.device->last.entry_barrier);
    copy(t, &it, it.d, it.a); // the entry barrier covered a and b, not d
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(it.device->last.entry_barrier);
    copy(t, &it, it.b, it.c); // nothing has used b or c since that barrier
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(!it.device->last.entry_barrier);
}

TEST(what_was_seen_complete_needs_no_entry_barrier)
{
    bench it = make_bench(t, NULL);
    kro_fence fence;
    copy(t, &it, it.b, it.a);
    CHECK_OK(kro_submit(it.stream, &fence));
    CHECK_OK(kro_wait(it.ctx, fence, UINT64_MAX));
    copy(t, &it, it.c, it.b);
    CHECK_OK(kro_submit(it.stream, &fence));
    CHECK(!it.device->last.entry_barrier);
    copy(t, &it, it.d, it.c); // complete in truth, but nobody has looked: counts must repeat
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(it.device->last.entry_barrier);
}

TEST(an_exit_barrier_comes_only_for_memory_the_host_reads)
{
    bench it = make_bench(t, NULL);
    kro_buffer *readback = make_buffer(t, it.ctx, KRO_MEMORY_READBACK, "r");
    kro_buffer *upload = make_buffer(t, it.ctx, KRO_MEMORY_UPLOAD, "u");
    uint32_t word;
    copy(t, &it, it.b, upload);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(!it.device->last.exit_barrier);
    copy(t, &it, readback, it.b);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(it.device->last.exit_barrier);
    copy(t, &it, it.c, readback);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(!it.device->last.exit_barrier);
    copy(t, &it, upload, it.b); // mappable, so the host may look
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(it.device->last.exit_barrier);
    CHECK_OK(kro_read(it.stream, it.b, 0, &word, sizeof word));
    CHECK_OK(kro_finish(it.stream));
    CHECK(it.device->last.exit_barrier);
}

TEST(memory_that_host_and_device_share_gets_an_exit_barrier)
{
    bench it = make_bench(t, NULL);
    it.device->host_visible = true;
    kro_buffer *shared = make_buffer(t, it.ctx, KRO_MEMORY_DEVICE, "shared");
    copy(t, &it, shared, it.a);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(it.device->last.exit_barrier);
}

// kro_buffer_write goes there directly, and must not meet a device write on its way.
TEST(memory_that_the_host_only_writes_gets_an_exit_barrier)
{
    bench it = make_bench(t, NULL);
    it.device->host_visible = it.device->host_slow = true;
    kro_buffer *window = make_buffer(t, it.ctx, KRO_MEMORY_DEVICE, "window");
    CHECK(!kro_buffer_get_info(window)->mappable);
    copy(t, &it, window, it.a);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(it.device->last.exit_barrier);
}

TEST(a_kernel_that_lists_no_buffers_gets_an_exit_barrier)
{
    bench it = make_bench(t, NULL);
    it.device->base.info.features.device_address = true;
    const uint32_t push[5] = {0};
    CHECK_OK(
        kro_dispatch(it.stream, kt_pipeline_in(t, it.ctx, "add_by_address", NULL),
                     &(kro_dispatch_args){.push = push, .push_bytes = sizeof push, .groups = {1}}));
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(it.device->last.exit_barrier);
    copy(t, &it, it.b, it.a);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(!it.device->last.exit_barrier);
}

TEST(plain_mode_submits_each_operation_alone)
{
    bench it = make_bench(t, &(kro_context_config){.plain = true});
    copy(t, &it, it.b, it.a);
    copy(t, &it, it.c, it.a);
    CHECK_EQ_U64(it.device->submit_count, 2);
    CHECK_EQ_U64(it.device->last.node_count, 1);
    CHECK_EQ_U64(it.device->last.barrier_count, 0);
}

TEST(a_full_batch_submits_itself_by_count)
{
    bench it = make_bench(t, &(kro_context_config){.batch_nodes = 3});
    for (uint32_t i = 0; i < 7; i++)
        CHECK_OK(kro_fill(it.stream, it.a, 0, 4, i));
    CHECK_EQ_U64(it.device->submit_count, 2);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK_EQ_U64(it.device->submit_count, 3);
    CHECK_EQ_U64(it.device->last.node_count, 1);
    CHECK_EQ_U64(kro_stream_get_info(it.stream)->nodes, 7);
    CHECK_EQ_U64(kro_stream_get_info(it.stream)->entry_barriers, 2);
}

TEST(an_empty_submit_gives_the_last_fence)
{
    bench it = make_bench(t, NULL);
    kro_fence none, first, again;
    CHECK_OK(kro_submit(it.stream, &none));
    CHECK_EQ_U64(none.queue, 0);
    copy(t, &it, it.b, it.a);
    CHECK_OK(kro_submit(it.stream, &first));
    CHECK_OK(kro_submit(it.stream, &again));
    CHECK_EQ_U64(first.queue, 1);
    CHECK_EQ_U64(again.value, first.value);
    CHECK_EQ_U64(it.device->submit_count, 1);
}

TEST(a_recording_error_drops_the_batch_and_is_told_once_more)
{
    bench it = make_bench(t, NULL);
    copy(t, &it, it.b, it.a);
    CHECK_OK(kro_submit(it.stream, NULL));
    copy(t, &it, it.c, it.a);
    CHECK_STATUS(kro_fill(it.stream, it.d, SIZE - 4, 8, 0), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(kro_copy(it.stream, it.d, 0, it.a, 0, 4), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(kro_submit(it.stream, NULL), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_CONTAINS(kro_error_detail(), "past the end of 'd'");
    CHECK_EQ_U64(it.device->submit_count, 1);
    CHECK_OK(kro_submit(it.stream, NULL));
    copy(t, &it, it.c, it.a);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK_EQ_U64(it.device->last.node_count, 1);
}

static void fail_once(kt_test *t, bool in_submit)
{
    bench it = make_bench(t, NULL);
    kro_fence before, after;
    uint32_t word = 0;
    copy(t, &it, it.b, it.a);
    CHECK_OK(kro_submit(it.stream, &before));
    it.device->fail_next = KRO_ERROR_OUT_OF_DEVICE_MEMORY;
    it.device->fail_submit = in_submit;
    copy(t, &it, it.c, it.b);
    CHECK_OK(kro_read(it.stream, it.a, 0, &word, sizeof word));
    CHECK_STATUS(kro_submit(it.stream, NULL), KRO_ERROR_OUT_OF_DEVICE_MEMORY);
    CHECK_CONTAINS(kro_error_detail(), "told to fail");
    copy(t, &it, it.d, it.b); // shares with the first batch alone
    CHECK_OK(kro_submit(it.stream, &after));
    CHECK_EQ_U64(after.value, before.value + 1); // the failed one used no value
    CHECK_EQ_U64(it.device->last.node_count, 1);
    CHECK(it.device->last.entry_barrier); // what it should have ordered is still in flight
    CHECK_OK(kro_wait(it.ctx, after, UINT64_MAX));
}

TEST(a_failed_record_drops_its_batch_and_nothing_else)
{
    fail_once(t, false);
}

TEST(a_failed_submit_drops_its_batch_and_nothing_else)
{
    fail_once(t, true);
}

TEST(a_lost_device_is_lost_for_every_caller)
{
    bench it = make_bench(t, NULL);
    kro_fence fence;
    kro_buffer *buffer;
    it.device->manual = true;
    copy(t, &it, it.b, it.a);
    CHECK_OK(kro_submit(it.stream, &fence));
    it.device->fail_next = KRO_ERROR_DEVICE_LOST;
    copy(t, &it, it.c, it.a);
    CHECK_STATUS(kro_submit(it.stream, NULL), KRO_ERROR_DEVICE_LOST);
    CHECK_STATUS(kro_wait(it.ctx, fence, UINT64_MAX), KRO_ERROR_DEVICE_LOST);
    CHECK_STATUS(kro_poll(it.ctx, fence), KRO_ERROR_DEVICE_LOST);
    CHECK_STATUS(kro_buffer_create(it.ctx, &(kro_buffer_config){.size_bytes = 4}, &buffer),
                 KRO_ERROR_DEVICE_LOST);
    CHECK(buffer == NULL);
    CHECK_STATUS(kro_buffer_write(it.a, 0, &fence, 4), KRO_ERROR_DEVICE_LOST);
}

TEST(waits_for_other_queues_go_to_the_next_submit_once)
{
    bench it = make_bench(t, &(kro_context_config){.queues = 2});
    it.device->manual = true;
    kro_stream *other = kt_stream_in(t, it.ctx, &(kro_stream_config){.queue = 1, .label = "o"});
    kro_fence first, second;
    CHECK_OK(kro_fill(other, it.a, 0, SIZE, 1));
    CHECK_OK(kro_submit(other, &first));
    CHECK_OK(kro_fill(other, it.a, 0, SIZE, 2));
    CHECK_OK(kro_submit(other, &second));
    CHECK_EQ_U64(second.queue, 2);
    CHECK_OK(kro_stream_wait(it.stream, second));
    CHECK_OK(kro_stream_wait(it.stream, first));
    copy(t, &it, it.b, it.a);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK_EQ_U64(it.device->last.wait_count, 1);
    CHECK_EQ_U64(it.device->last.waits[0].queue, 1);
    CHECK_EQ_U64(it.device->last.waits[0].value, second.value);
    copy(t, &it, it.c, it.a);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK_EQ_U64(it.device->last.wait_count, 0);
    it.device->manual = false;
}

TEST(foreign_fences_are_refused)
{
    bench it = make_bench(t, NULL);
    CHECK_STATUS(kro_wait(it.ctx, (kro_fence){2, 1}, 0), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(kro_poll(it.ctx, (kro_fence){1, 1}), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(kro_stream_wait(it.stream, (kro_fence){1, 7}), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_OK(kro_wait(it.ctx, (kro_fence){0}, 0));
}

TEST(a_read_is_delivered_once_when_it_is_seen_complete)
{
    bench it = make_bench(t, NULL);
    it.device->manual = true;
    uint32_t word = 7, expected = 0x01020304;
    kro_fence fence;
    CHECK_OK(kro_fill(it.stream, it.a, 0, SIZE, expected));
    CHECK_OK(kro_read(it.stream, it.a, 4, &word, sizeof word));
    CHECK_OK(kro_submit(it.stream, &fence));
    CHECK_STATUS(kro_poll(it.ctx, fence), KRO_NOT_READY);
    CHECK_STATUS(kro_wait(it.ctx, fence, 1000), KRO_TIMEOUT);
    CHECK_EQ_U64(word, 7);
    it.device->finished[0] = fence.value;
    CHECK_OK(kro_poll(it.ctx, fence));
    CHECK_EQ_U64(word, expected);
    word = 7;
    CHECK_OK(kro_wait(it.ctx, fence, 0));
    CHECK_EQ_U64(word, 7);
    it.device->manual = false;
}

TEST(a_destroyed_stream_never_writes_its_reads)
{
    bench it = make_bench(t, NULL);
    it.device->manual = true;
    uint32_t word = 7;
    kro_fence fence;
    kro_stream *stream;
    if (!CHECK_OK(kro_stream_create(it.ctx, NULL, &stream)))
        return;
    CHECK_OK(kro_read(stream, it.a, 0, &word, sizeof word));
    CHECK_OK(kro_submit(stream, &fence));
    kro_stream_destroy(stream);
    it.device->manual = false;
    CHECK_OK(kro_wait(it.ctx, fence, UINT64_MAX));
    CHECK_EQ_U64(word, 7);
}

TEST(a_destroyed_buffer_outlives_open_and_submitted_work)
{
    bench it = make_bench(t, NULL);
    it.device->manual = true;
    kro_buffer *buffer;
    kro_buffer_config config = {.size_bytes = SIZE, .label = "dying"};
    if (!CHECK_OK(kro_buffer_create(it.ctx, &config, &buffer)))
        return;
    kro_fence fence;
    copy(t, &it, buffer, it.a);
    CHECK_OK(kro_submit(it.stream, NULL));
    copy(t, &it, it.b, buffer); // open while the buffer is destroyed
    uint32_t alive = it.device->memory_count;
    kro_buffer_destroy(buffer);
    it.device->finished[0] = 1;
    CHECK_STATUS(kro_poll(it.ctx, (kro_fence){1, 1}), KRO_OK);
    CHECK_EQ_U64(it.device->memory_count, alive); // pinned by the open batch
    CHECK_OK(kro_submit(it.stream, &fence));
    CHECK_EQ_U64(it.device->memory_count, alive); // pinned by the submit
    it.device->finished[0] = fence.value;
    CHECK_OK(kro_wait(it.ctx, fence, 0));
    CHECK_EQ_U64(it.device->memory_count, alive - 1);
    it.device->manual = false;
}

TEST(a_batch_opened_later_does_not_pin_the_dead)
{
    bench it = make_bench(t, NULL);
    kro_stream *later = kt_stream_in(t, it.ctx, NULL);
    kro_buffer *buffer;
    kro_buffer_config config = {.size_bytes = SIZE, .label = "dying"};
    if (!CHECK_OK(kro_buffer_create(it.ctx, &config, &buffer)))
        return;
    uint32_t alive = it.device->memory_count;
    kro_buffer_destroy(buffer); // nothing is open: freed at once
    CHECK_EQ_U64(it.device->memory_count, alive - 1);
    if (!CHECK_OK(kro_buffer_create(it.ctx, &config, &buffer)))
        return;
    copy(t, &it, it.b, it.a); // open before the destroy: it might use the buffer
    kro_buffer_destroy(buffer);
    CHECK_OK(kro_fill(later, it.c, 0, SIZE, 1)); // opened after it: cannot
    CHECK_EQ_U64(it.device->memory_count, alive);
    CHECK_OK(kro_finish(it.stream));
    CHECK_EQ_U64(it.device->memory_count, alive - 1);
}

TEST(staging_is_used_again_and_large_chunks_are_given_back)
{
    enum { LARGE = 3 << 20 };
    bench it = make_bench(t, NULL);
    kro_buffer *large = kt_buffer_in(t, it.ctx, &(kro_buffer_config){.size_bytes = LARGE});
    unsigned char *bytes = kt_alloc(t, LARGE);
    for (uint32_t i = 0; i < 10; i++)
        CHECK_OK(kro_write(it.stream, it.a, i, bytes, 8));
    CHECK_OK(kro_finish(it.stream));
    uint32_t alive = it.device->memory_count;
    for (uint32_t round = 0; round < 5000; round++) {
        CHECK_OK(kro_write(it.stream, it.a, 0, bytes, SIZE));
        CHECK_OK(kro_finish(it.stream));
    }
    CHECK(it.device->memory_count <= alive + 1);
    alive = it.device->memory_count;
    CHECK_OK(kro_write(it.stream, large, 0, bytes, LARGE));
    CHECK_OK(kro_finish(it.stream));
    CHECK_EQ_U64(it.device->memory_count, alive + 1);
    for (uint32_t i = 0; i < 600; i++)
        CHECK_OK(kro_write(it.stream, it.a, 0, bytes, SIZE));
    CHECK_OK(kro_finish(it.stream));
    for (uint32_t i = 0; i < 600; i++)
        CHECK_OK(kro_write(it.stream, it.a, 0, bytes, SIZE));
    CHECK_OK(kro_finish(it.stream));
    CHECK(it.device->memory_count <= alive + 3);
}

TEST(offsets_above_32_bits_are_split_between_set_and_dynamic_offset)
{
    const uint64_t gib = UINT64_C(1) << 30, offset = 4 * gib + 4096;
    bench it = make_bench(t, NULL);
    it.device->base.info.limits.max_buffer_bytes = 8 * gib;
    kro_buffer *large = kt_buffer_in(t, it.ctx, &(kro_buffer_config){.size_bytes = 5 * gib});
    kro_pipeline *kernel = kt_pipeline_in(t, it.ctx, "affine_words", NULL);
    const uint32_t push[3] = {16, 1, 0};
    kro_binding binding = {.buffer = large, .offset_bytes = offset, .size_bytes = 64};
    CHECK_OK(kro_dispatch(it.stream, kernel,
                          &(kro_dispatch_args){.bindings = &binding,
                                               .binding_count = 1,
                                               .push = push,
                                               .push_bytes = sizeof push,
                                               .threads = {16}}));
    CHECK_OK(kro_finish(it.stream));
    CHECK_EQ_U64(it.device->last.set_offset_bytes, 4 * gib);
    CHECK_EQ_U64(it.device->last.dynamic_offset_bytes, 4096);
}

TEST(everything_is_gone_after_the_context)
{
    bench it = make_bench(t, NULL);
    kro_stream *left_stream;
    kro_buffer *left_buffer;
    kro_context *ctx = NULL;
    if (!CHECK_OK(kro__context_open(&fake_backend, NULL, &ctx)))
        return;
    kro_buffer_config config = {.size_bytes = SIZE};
    CHECK_OK(kro_stream_create(ctx, NULL, &left_stream));
    CHECK_OK(kro_buffer_create(ctx, &config, &left_buffer));
    CHECK_OK(kro_fill(left_stream, left_buffer, 0, SIZE, 1)); // never submitted
    kro_context_destroy(ctx);
    CHECK_EQ_U64(it.device->submit_count, 0); // leaks are found by the sanitizer's leak check
}
