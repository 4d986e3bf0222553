// What is left when a call fails: the batch is gone, the stream is usable, the sentence is kept.
#include "bench.h"

TEST(a_recording_error_drops_the_batch_and_is_told_once_more)
{
    bench it = bench_create(t, NULL);
    bench_copy(t, &it, it.b, it.a);
    CHECK_OK(kro_submit(it.stream, NULL));
    bench_copy(t, &it, it.c, it.a);
    CHECK_STATUS(kro_fill(it.stream, it.d, BENCH_BYTES - 4, 8, 0), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(kro_copy(it.stream, it.d, 0, it.a, 0, 4), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(kro_submit(it.stream, NULL), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_CONTAINS(kro_error_detail(), "past the end of 'd'");
    CHECK_EQ_U64(it.device->submit_count, 1);
    CHECK_OK(kro_submit(it.stream, NULL));
    bench_copy(t, &it, it.c, it.a);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK_EQ_U64(it.device->last.node_count, 1);
}

static void fail_once(kt_test *t, fake_call call)
{
    bench it = bench_create(t, NULL);
    kro_fence before, after;
    uint32_t word = 0;
    bench_copy(t, &it, it.b, it.a);
    CHECK_OK(kro_submit(it.stream, &before));
    it.device->fail_next = KRO_ERROR_OUT_OF_DEVICE_MEMORY;
    it.device->fail_in = call;
    bench_copy(t, &it, it.c, it.b);
    CHECK_OK(kro_read(it.stream, it.a, 0, &word, sizeof word));
    CHECK_STATUS(kro_submit(it.stream, NULL), KRO_ERROR_OUT_OF_DEVICE_MEMORY);
    CHECK_CONTAINS(kro_error_detail(), "told to fail");
    bench_copy(t, &it, it.d, it.b); // shares with the first batch alone
    CHECK_OK(kro_submit(it.stream, &after));
    CHECK_EQ_U64(after.value, before.value + 1); // the failed one used no value
    CHECK_EQ_U64(it.device->last.node_count, 1);
    CHECK(it.device->last.entry_barrier); // what it should have ordered is still in flight
    CHECK_OK(kro_wait(it.ctx, after, UINT64_MAX));
}

TEST(a_failed_record_drops_its_batch_and_nothing_else)
{
    fail_once(t, FAKE_RECORD);
}

TEST(a_failed_submit_drops_its_batch_and_nothing_else)
{
    fail_once(t, FAKE_SUBMIT);
}

// Bytes beside those that are written are fetched before and flushed with them.
TEST(a_write_by_the_host_that_cannot_fetch_writes_nothing)
{
    bench it = bench_create(t, NULL);
    it.device->host_visible = true;
    kro_buffer *buffer = bench_buffer(t, it.ctx, KRO_MEMORY_DEVICE, "visible");
    uint32_t word = 1, other = 2, found = 0;
    CHECK_OK(kro_buffer_write(buffer, 0, &word, sizeof word));
    it.device->fail_in = FAKE_INVALIDATE;
    it.device->fail_next = KRO_ERROR_DRIVER;
    CHECK_STATUS(kro_buffer_write(buffer, 0, &other, sizeof other), KRO_ERROR_DRIVER);
    CHECK_CONTAINS(kro_error_detail(), "told to fail");
    CHECK_OK(kro_buffer_read(buffer, 0, &found, sizeof found));
    CHECK_EQ_U64(found, word);
}

TEST(a_lost_device_is_lost_for_every_caller)
{
    bench it = bench_create(t, NULL);
    kro_fence fence;
    kro_buffer *buffer;
    it.device->manual = true;
    bench_copy(t, &it, it.b, it.a);
    CHECK_OK(kro_submit(it.stream, &fence));
    it.device->fail_next = KRO_ERROR_DEVICE_LOST;
    bench_copy(t, &it, it.c, it.a);
    CHECK_STATUS(kro_submit(it.stream, NULL), KRO_ERROR_DEVICE_LOST);
    CHECK_STATUS(kro_wait(it.ctx, fence, UINT64_MAX), KRO_ERROR_DEVICE_LOST);
    CHECK_STATUS(kro_poll(it.ctx, fence), KRO_ERROR_DEVICE_LOST);
    CHECK_STATUS(kro_buffer_create(it.ctx, &(kro_buffer_config){.size_bytes = 4}, &buffer),
                 KRO_ERROR_DEVICE_LOST);
    CHECK(buffer == NULL);
    CHECK_STATUS(kro_buffer_write(it.a, 0, &fence, 4), KRO_ERROR_DEVICE_LOST);
}

TEST(foreign_fences_are_refused)
{
    bench it = bench_create(t, NULL);
    CHECK_STATUS(kro_wait(it.ctx, (kro_fence){2, 1}, 0), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(kro_wait(it.ctx, (kro_fence){0, 1}, 0), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(kro_poll(it.ctx, (kro_fence){1, 1}), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(kro_stream_wait(it.stream, (kro_fence){1, 7}), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_OK(kro_wait(it.ctx, (kro_fence){0}, 0));
}

// A count that is no count, as a negative one, is refused before anything is read.
TEST(a_list_that_no_memory_holds_is_refused)
{
    enum { LISTED = 1000 };
    bench it = bench_create(t, NULL);
    kro_pipeline *kernel = kt_pipeline_in(t, it.ctx, "affine_words", NULL);
    kro_buffer *touches[LISTED];
    for (int i = 0; i < LISTED; i++)
        touches[i] = i < LISTED - 1 ? it.b : NULL; // refused here, if it comes so far
    const uint32_t push[3] = {0};
    CHECK_STATUS(kro_dispatch(it.stream, kernel,
                              &(kro_dispatch_args){.buffers = {it.a},
                                                   .push = push,
                                                   .push_bytes = sizeof push,
                                                   .groups = {1},
                                                   .touches = touches,
                                                   .touch_count = UINT32_MAX}),
                 KRO_ERROR_OUT_OF_HOST_MEMORY);
}

// Cleaning up comes before telling, often: destroy calls have no say in what is told.
TEST(destroy_calls_leave_the_sentence)
{
    bench it = bench_create(t, NULL);
    kro_buffer *dying;
    if (!CHECK_OK(kro_buffer_create(it.ctx, &(kro_buffer_config){.size_bytes = 4}, &dying)))
        return;
    CHECK_STATUS(kro_wait(it.ctx, (kro_fence){2, 1}, 0), KRO_ERROR_INVALID_ARGUMENT);
    it.device->fail_next = KRO_ERROR_DRIVER; // while looking for what can be freed
    kro_buffer_destroy(dying);
    CHECK_EQ_I64(it.device->fail_next, KRO_OK);
    CHECK_CONTAINS(kro_error_detail(), "fence {2, 1}");
}

// Whoever finds the loss, and wherever: a look for idle staging memory counts like a wait.
TEST(a_loss_found_while_recording_is_everyones)
{
    bench it = bench_create(t, NULL);
    const uint32_t word = 1;
    kro_buffer *buffer;
    it.device->fail_next = KRO_ERROR_DEVICE_LOST;
    it.device->fail_in = FAKE_COMPLETED;
    CHECK_STATUS(kro_write(it.stream, it.a, 0, &word, sizeof word), KRO_ERROR_DEVICE_LOST);
    CHECK_STATUS(kro_buffer_create(it.ctx, &(kro_buffer_config){.size_bytes = 4}, &buffer),
                 KRO_ERROR_DEVICE_LOST);
}

// A blocking read that has failed is over: no later wait writes to what its caller has taken back.
static void fail_blocking_read(kt_test *t, fake_call call)
{
    bench it = bench_create(t, NULL);
    uint32_t word = 7;
    CHECK_OK(kro_fill(it.stream, it.a, 0, BENCH_BYTES, 1));
    CHECK_OK(kro_finish(it.stream));
    it.device->finished[0] = it.device->submitted[0];
    it.device->manual = call == FAKE_WAIT;
    it.device->fail_next = KRO_ERROR_DRIVER;
    it.device->fail_in = call;
    CHECK_STATUS(kro_buffer_read(it.a, 0, &word, sizeof word), KRO_ERROR_DRIVER);
    it.device->manual = false;
    CHECK_OK(kro_fill(it.stream, it.b, 0, BENCH_BYTES, 1));
    CHECK_OK(kro_finish(it.stream)); // sees the read's submit complete, too
    CHECK_EQ_U64(word, 7);
    CHECK_OK(kro_buffer_read(it.a, 0, &word, sizeof word));
    CHECK_EQ_U64(word, 1);
}

TEST(a_blocking_read_that_failed_to_wait_never_arrives)
{
    fail_blocking_read(t, FAKE_WAIT);
}

TEST(a_blocking_read_that_failed_to_arrive_never_does)
{
    fail_blocking_read(t, FAKE_INVALIDATE);
}
