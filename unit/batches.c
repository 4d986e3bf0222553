// What a stream submits: barriers between levels, at the entry and at the exit, waits and values.
#include "bench.h"

static uint32_t submitted_barriers(kt_test *t, bench *it)
{
    CHECK_OK(kro_submit(it->stream, NULL));
    return it->device->last.barrier_count;
}

TEST(independent_operations_need_no_barrier)
{
    bench it = bench_create(t, NULL);
    bench_copy(t, &it, it.b, it.a);
    bench_copy(t, &it, it.c, it.a);
    bench_copy(t, &it, it.d, it.a);
    CHECK_EQ_U64(submitted_barriers(t, &it), 0);
}

TEST(each_kind_of_hazard_makes_one_barrier)
{
    bench it = bench_create(t, NULL);
    bench_copy(t, &it, it.b, it.a);
    bench_copy(t, &it, it.c, it.b); // reads what was written
    CHECK_EQ_U64(submitted_barriers(t, &it), 1);
    bench_copy(t, &it, it.b, it.a);
    bench_copy(t, &it, it.a, it.c); // writes what was read
    CHECK_EQ_U64(submitted_barriers(t, &it), 1);
    bench_copy(t, &it, it.b, it.a);
    bench_copy(t, &it, it.b, it.c); // writes what was written
    CHECK_EQ_U64(submitted_barriers(t, &it), 1);
}

TEST(ranges_that_do_not_touch_do_not_conflict)
{
    bench it = bench_create(t, NULL);
    CHECK_OK(kro_fill(it.stream, it.a, 0, 64, 1));
    CHECK_OK(kro_fill(it.stream, it.a, 64, 64, 2));
    CHECK_OK(kro_fill(it.stream, it.a, 128, BENCH_BYTES - 128, 3));
    CHECK_EQ_U64(submitted_barriers(t, &it), 0);
    CHECK_OK(kro_fill(it.stream, it.a, 0, 68, 1));
    CHECK_OK(kro_fill(it.stream, it.a, 64, 64, 2));
    CHECK_EQ_U64(submitted_barriers(t, &it), 1);
}

TEST(interleaved_chains_share_their_barriers)
{
    enum { CHAINS = 4, LENGTH = 10 };
    bench it = bench_create(t, NULL);
    for (uint32_t step = 0; step < LENGTH; step++)
        for (uint32_t chain = 0; chain < CHAINS; chain++)
            CHECK_OK(kro_fill(it.stream, it.a, chain * 64, 64, step));
    CHECK_EQ_U64(submitted_barriers(t, &it), LENGTH - 1);
    CHECK_EQ_U64(it.device->last.node_count, CHAINS * LENGTH);
}

TEST(nothing_moves_across_a_barrier)
{
    bench it = bench_create(t, NULL);
    bench_copy(t, &it, it.b, it.a);
    CHECK_OK(kro_barrier(it.stream));
    bench_copy(t, &it, it.d, it.c);
    CHECK_EQ_U64(submitted_barriers(t, &it), 1);
    CHECK_EQ_U64(it.device->last.order[0], 0);
}

TEST(a_barrier_before_or_after_the_batch_is_an_entry_barrier)
{
    bench it = bench_create(t, NULL);
    it.device->manual = true;
    bench_copy(t, &it, it.b, it.a);
    CHECK_OK(kro_barrier(it.stream)); // last in its batch
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(!it.device->last.entry_barrier);
    bench_copy(t, &it, it.d, it.c);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(it.device->last.entry_barrier);
    CHECK_OK(kro_barrier(it.stream)); // first in its batch
    bench_copy(t, &it, it.b, it.a);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(it.device->last.entry_barrier);
    it.device->manual = false;
}

TEST(an_entry_barrier_comes_only_with_a_conflict_in_flight)
{
    bench it = bench_create(t, NULL);
    kro_fence first;
    bench_copy(t, &it, it.b, it.a);
    CHECK_OK(kro_submit(it.stream, &first));
    CHECK(!it.device->last.entry_barrier);
    bench_copy(t, &it, it.c, it.a); // reads beside a read
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(!it.device->last.entry_barrier);
    bench_copy(t, &it, it.d, it.b); // reads what the first batch wrote
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(it.device->last.entry_barrier);
    bench_copy(t, &it, it.d, it.a); // the entry barrier covered a and b, not d
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(it.device->last.entry_barrier);
    bench_copy(t, &it, it.b, it.c); // nothing has used b or c since that barrier
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(!it.device->last.entry_barrier);
}

TEST(what_was_seen_complete_needs_no_entry_barrier)
{
    bench it = bench_create(t, NULL);
    kro_fence fence;
    bench_copy(t, &it, it.b, it.a);
    CHECK_OK(kro_submit(it.stream, &fence));
    CHECK_OK(kro_wait(it.ctx, fence, UINT64_MAX));
    bench_copy(t, &it, it.c, it.b);
    CHECK_OK(kro_submit(it.stream, &fence));
    CHECK(!it.device->last.entry_barrier);
    bench_copy(t, &it, it.d, it.c); // complete in truth, but nobody has looked: counts must repeat
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(it.device->last.entry_barrier);
}

TEST(an_exit_barrier_comes_only_for_memory_the_host_reads)
{
    bench it = bench_create(t, NULL);
    kro_buffer *readback = bench_buffer(t, it.ctx, KRO_MEMORY_READBACK, "r");
    kro_buffer *upload = bench_buffer(t, it.ctx, KRO_MEMORY_UPLOAD, "u");
    uint32_t word;
    bench_copy(t, &it, it.b, upload);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(!it.device->last.exit_barrier);
    bench_copy(t, &it, readback, it.b);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(it.device->last.exit_barrier);
    bench_copy(t, &it, it.c, readback);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(!it.device->last.exit_barrier);
    bench_copy(t, &it, upload, it.b); // mappable, so the host may look
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(it.device->last.exit_barrier);
    CHECK_OK(kro_read(it.stream, it.b, 0, &word, sizeof word));
    CHECK_OK(kro_finish(it.stream));
    CHECK(it.device->last.exit_barrier);
}

TEST(memory_that_host_and_device_share_gets_an_exit_barrier)
{
    bench it = bench_create(t, NULL);
    it.device->host_visible = true;
    kro_buffer *shared = bench_buffer(t, it.ctx, KRO_MEMORY_DEVICE, "shared");
    bench_copy(t, &it, shared, it.a);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(it.device->last.exit_barrier);
}

// kro_buffer_write goes there directly, and must not meet a device write on its way.
TEST(memory_that_the_host_only_writes_gets_an_exit_barrier)
{
    bench it = bench_create(t, NULL);
    it.device->host_visible = it.device->host_slow = true;
    kro_buffer *window = bench_buffer(t, it.ctx, KRO_MEMORY_DEVICE, "window");
    CHECK(!kro_buffer_get_info(window)->mappable);
    bench_copy(t, &it, window, it.a);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(it.device->last.exit_barrier);
}

TEST(a_kernel_that_lists_no_buffers_gets_an_exit_barrier)
{
    bench it = bench_create(t, NULL);
    const uint32_t push[5] = {0};
    CHECK_OK(
        kro_dispatch(it.stream, kt_pipeline_in(t, it.ctx, "add_by_address", NULL),
                     &(kro_dispatch_args){.push = push, .push_bytes = sizeof push, .groups = {1}}));
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(it.device->last.exit_barrier);
    bench_copy(t, &it, it.b, it.a);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(!it.device->last.exit_barrier);
}

// A kernel that lists nothing may reach every buffer that has an address, and no other.
TEST(the_host_waits_for_kernels_that_list_no_buffers)
{
    bench it = bench_create(t, NULL);
    it.device->host_visible = true;
    kro_buffer *beside = bench_buffer(t, it.ctx, KRO_MEMORY_DEVICE, "beside");
    kro_buffer *reached = kt_buffer_in(
        t, it.ctx, &(kro_buffer_config){.size_bytes = BENCH_BYTES, .device_address = true});
    kro_pipeline *kernel = kt_pipeline_in(t, it.ctx, "add_by_address", NULL);
    const uint32_t push[5] = {0};
    const kro_dispatch_args args = {.push = push, .push_bytes = sizeof push, .groups = {1}};
    kro_buffer *const read[] = {beside, reached};
    for (int i = 0; i < 2; i++) {
        uint32_t word;
        CHECK_OK(kro_dispatch(it.stream, kernel, &args));
        CHECK_OK(kro_submit(it.stream, NULL));
        CHECK_OK(kro_buffer_read(read[i], 0, &word, sizeof word));
        bench_copy(t, &it, it.b, it.a);
        CHECK_OK(kro_submit(it.stream, NULL));
        // No entry barrier where the read has seen the kernel complete.
        CHECK(it.device->last.entry_barrier == (read[i] == beside));
    }
}

TEST(plain_mode_submits_each_operation_alone)
{
    bench it = bench_create(t, &(kro_context_config){.plain = true});
    bench_copy(t, &it, it.b, it.a);
    bench_copy(t, &it, it.c, it.a);
    CHECK_EQ_U64(it.device->submit_count, 2);
    CHECK_EQ_U64(it.device->last.node_count, 1);
    CHECK_EQ_U64(it.device->last.barrier_count, 0);
}

TEST(a_full_batch_submits_itself_by_count)
{
    bench it = bench_create(t, &(kro_context_config){.batch_nodes = 3});
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
    bench it = bench_create(t, NULL);
    kro_fence none, first, again;
    CHECK_OK(kro_submit(it.stream, &none));
    CHECK_EQ_U64(none.queue, 0);
    bench_copy(t, &it, it.b, it.a);
    CHECK_OK(kro_submit(it.stream, &first));
    CHECK_OK(kro_submit(it.stream, &again));
    CHECK_EQ_U64(first.queue, 1);
    CHECK_EQ_U64(again.value, first.value);
    CHECK_EQ_U64(it.device->submit_count, 1);
}

TEST(waits_for_other_queues_go_to_the_next_submit_once)
{
    bench it = bench_create(t, &(kro_context_config){.queues = 2});
    it.device->manual = true;
    kro_stream *other = kt_stream_in(t, it.ctx, &(kro_stream_config){.queue = 1, .label = "o"});
    kro_fence first, second;
    CHECK_OK(kro_fill(other, it.a, 0, BENCH_BYTES, 1));
    CHECK_OK(kro_submit(other, &first));
    CHECK_OK(kro_fill(other, it.a, 0, BENCH_BYTES, 2));
    CHECK_OK(kro_submit(other, &second));
    CHECK_EQ_U64(second.queue, 2);
    CHECK_OK(kro_stream_wait(it.stream, second));
    CHECK_OK(kro_stream_wait(it.stream, first));
    bench_copy(t, &it, it.b, it.a);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK_EQ_U64(it.device->last.wait_count, 1);
    CHECK_EQ_U64(it.device->last.waits[0].queue, 1);
    CHECK_EQ_U64(it.device->last.waits[0].value, second.value);
    bench_copy(t, &it, it.c, it.a);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK_EQ_U64(it.device->last.wait_count, 0);
    it.device->manual = false;
}

TEST(offsets_above_32_bits_are_split_between_set_and_dynamic_offset)
{
    const uint64_t gib = UINT64_C(1) << 30, offset = 4 * gib + 4096;
    bench it = bench_create(t, NULL);
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
