// How long things live: reads until they are delivered, the dead until nothing can use them.
#include "bench.h"
#include "staging.h"

#include "context.h"
#include "stream.h"

TEST(a_read_is_delivered_once_when_it_is_seen_complete)
{
    bench it = bench_create(t, NULL);
    it.device->manual = true;
    uint32_t word = 7, expected = 0x01020304;
    kro_fence fence;
    CHECK_OK(kro_fill(it.stream, it.a, 0, BENCH_BYTES, expected));
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

// A program that never waits is held back, and no sooner than said; nothing counts as seen by it.
TEST(batches_in_flight_are_bounded)
{
    bench it = bench_create(t, NULL);
    it.device->manual = true;
    it.device->fail_in = FAKE_WAIT; // once somebody waits
    it.device->fail_next = KRO_ERROR_DRIVER;
    for (uint32_t i = 0; i < KRO__MAX_IN_FLIGHT; i++) {
        CHECK_OK(kro_fill(it.stream, it.a, 0, 4, i));
        CHECK_OK(kro_submit(it.stream, NULL));
    }
    CHECK_OK(kro_fill(it.stream, it.a, 0, 4, 1));
    CHECK_STATUS(kro_submit(it.stream, NULL), KRO_ERROR_DRIVER);
    CHECK_EQ_U64(it.device->submit_count, KRO__MAX_IN_FLIGHT);
    // The oldest one is what it waits for, each time.
    for (uint32_t i = 0; i < 3; i++) {
        it.device->finished[0]++;
        it.device->fail_next = KRO_ERROR_DRIVER;
        CHECK_OK(kro_fill(it.stream, it.a, 0, 4, i));
        CHECK_OK(kro_submit(it.stream, NULL));
        CHECK(it.device->last.entry_barrier);
        CHECK_OK(kro_fill(it.stream, it.a, 0, 4, i));
        CHECK_STATUS(kro_submit(it.stream, NULL), KRO_ERROR_DRIVER);
    }
    it.device->fail_next = KRO_OK;
    it.device->manual = false;
    CHECK_OK(kro_finish(it.stream));
}

// An operation that fills its batch waits for room before it is recorded; where that fails, nothing
// of it is.
TEST(an_operation_that_finds_no_room_is_not_recorded)
{
    enum { COPY, WRITE, READ, KINDS };
    bench it = bench_create(t, NULL);
    kro_stream *stream = kt_stream_in(t, it.ctx, &(kro_stream_config){.batch_nodes = 1});
    uint32_t word = 7;
    it.device->manual = true;
    for (uint32_t i = 0; i < KRO__MAX_IN_FLIGHT; i++)
        CHECK_OK(kro_fill(stream, it.a, 0, 4, i));
    it.device->fail_in = FAKE_WAIT;
    for (int kind = 0; kind < KINDS; kind++) {
        it.device->fail_next = KRO_ERROR_DRIVER;
        kro_status status = kind == COPY    ? kro_copy(stream, it.b, 0, it.a, 0, 4)
                            : kind == WRITE ? kro_write(stream, it.a, 0, &word, sizeof word)
                                            : kro_read(stream, it.a, 0, &word, sizeof word);
        CHECK_STATUS(status, KRO_ERROR_DRIVER);
        CHECK_CONTAINS(kro_error_detail(), "told to fail");
        CHECK_STATUS(kro_submit(stream, NULL), KRO_ERROR_DRIVER); // told once more
        CHECK_EQ_U64(it.device->submit_count, KRO__MAX_IN_FLIGHT);
    }
    it.device->manual = false;
    CHECK_OK(kro_finish(stream));
    CHECK_EQ_U64(word, 7);
}

// Large transfers are recorded in pieces, each of which needs room.
TEST(a_piece_that_finds_no_room_is_not_recorded)
{
    enum { BYTES = 2 * KRO__STAGING_MAX_BYTES };
    bench it = bench_create(t, NULL);
    kro_stream *stream = kt_stream_in(t, it.ctx, &(kro_stream_config){.batch_nodes = 1});
    kro_buffer *large = kt_buffer_in(t, it.ctx, &(kro_buffer_config){.size_bytes = BYTES});
    char *bytes = kt_alloc(t, BYTES);
    for (int reads = 0; reads < 2; reads++) {
        const uint32_t before = it.device->submit_count;
        it.device->finished[0] = it.device->submitted[0];
        it.device->manual = true;
        for (uint32_t i = 1; i < KRO__MAX_IN_FLIGHT; i++) // room for one more
            CHECK_OK(kro_fill(stream, it.a, 0, 4, i));
        it.device->fail_in = FAKE_WAIT;
        it.device->fail_next = KRO_ERROR_DRIVER;
        CHECK_STATUS(reads ? kro_read(stream, large, 0, bytes, BYTES)
                           : kro_write(stream, large, 0, bytes, BYTES),
                     KRO_ERROR_DRIVER);
        CHECK_CONTAINS(kro_error_detail(), "told to fail");
        CHECK_STATUS(kro_submit(stream, NULL), KRO_ERROR_DRIVER);
        CHECK_EQ_U64(it.device->submit_count, before + KRO__MAX_IN_FLIGHT);
        it.device->manual = false;
        CHECK_OK(kro_finish(stream));
    }
}

// A graph that is launched again and again is held back like any batch; one that is refused for
// that is as it was, and what was recorded before it is still to be submitted.
TEST(launches_in_flight_are_bounded)
{
    bench it = bench_create(t, NULL);
    kro_graph *graph = NULL;
    CHECK_OK(kro_graph_begin(it.stream, NULL));
    CHECK_OK(kro_fill(it.stream, it.a, 0, 4, 1));
    if (!CHECK_OK(kro_graph_end(it.stream, &graph)))
        return;
    it.device->manual = true;
    it.device->fail_in = FAKE_WAIT;
    it.device->fail_next = KRO_ERROR_DRIVER;
    uint32_t launches = 0;
    while (launches <= KRO__MAX_IN_FLIGHT && kro_graph_launch(graph, it.stream, NULL) == KRO_OK)
        launches++;
    CHECK(launches <= KRO__MAX_IN_FLIGHT);
    CHECK(launches >= KRO__MAX_IN_FLIGHT - 1); // there is room for an open batch besides
    CHECK_EQ_U64(kro_graph_get_info(graph)->launches, launches);
    CHECK_OK(kro_fill(it.stream, it.b, 0, 4, 1));
    it.device->fail_next = KRO_ERROR_DRIVER;
    CHECK_STATUS(kro_graph_launch(graph, it.stream, NULL), KRO_ERROR_DRIVER);
    CHECK_EQ_U64(it.device->submit_count, launches);
    it.device->finished[0] = 2; // room for both
    CHECK_OK(kro_graph_launch(graph, it.stream, NULL));
    CHECK_EQ_U64(it.device->submit_count, launches + 2);
    it.device->fail_next = KRO_OK;
    it.device->manual = false;
    CHECK_OK(kro_finish(it.stream));
    kro_graph_destroy(graph);
}

TEST(a_destroyed_stream_never_writes_its_reads)
{
    bench it = bench_create(t, NULL);
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
    bench it = bench_create(t, NULL);
    it.device->manual = true;
    kro_buffer *buffer;
    kro_buffer_config config = {.size_bytes = BENCH_BYTES, .label = "dying"};
    if (!CHECK_OK(kro_buffer_create(it.ctx, &config, &buffer)))
        return;
    kro_fence fence;
    bench_copy(t, &it, buffer, it.a);
    CHECK_OK(kro_submit(it.stream, NULL));
    bench_copy(t, &it, it.b, buffer); // open while the buffer is destroyed
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
    bench it = bench_create(t, NULL);
    kro_stream *later = kt_stream_in(t, it.ctx, NULL);
    kro_buffer *buffer;
    kro_buffer_config config = {.size_bytes = BENCH_BYTES, .label = "dying"};
    if (!CHECK_OK(kro_buffer_create(it.ctx, &config, &buffer)))
        return;
    uint32_t alive = it.device->memory_count;
    kro_buffer_destroy(buffer); // nothing is open: freed at once
    CHECK_EQ_U64(it.device->memory_count, alive - 1);
    if (!CHECK_OK(kro_buffer_create(it.ctx, &config, &buffer)))
        return;
    bench_copy(t, &it, it.b, it.a); // open before the destroy: it might use the buffer
    kro_buffer_destroy(buffer);
    CHECK_OK(kro_fill(later, it.c, 0, BENCH_BYTES, 1)); // opened after it: cannot
    CHECK_EQ_U64(it.device->memory_count, alive);
    CHECK_OK(kro_finish(it.stream));
    CHECK_EQ_U64(it.device->memory_count, alive - 1);
}

TEST(staging_is_used_again_and_large_chunks_are_given_back)
{
    enum { LARGE = 3 << 20 };
    bench it = bench_create(t, NULL);
    kro_buffer *large = kt_buffer_in(t, it.ctx, &(kro_buffer_config){.size_bytes = LARGE});
    unsigned char *bytes = kt_alloc(t, LARGE);
    for (uint32_t i = 0; i < 10; i++)
        CHECK_OK(kro_write(it.stream, it.a, i, bytes, 8));
    CHECK_OK(kro_finish(it.stream));
    uint32_t alive = it.device->memory_count;
    for (uint32_t round = 0; round < 5000; round++) {
        CHECK_OK(kro_write(it.stream, it.a, 0, bytes, BENCH_BYTES));
        CHECK_OK(kro_finish(it.stream));
    }
    CHECK(it.device->memory_count <= alive + 1);
    alive = it.device->memory_count;
    CHECK_OK(kro_write(it.stream, large, 0, bytes, LARGE));
    CHECK_OK(kro_finish(it.stream));
    CHECK_EQ_U64(it.device->memory_count, alive + 1);
    for (uint32_t i = 0; i < 600; i++)
        CHECK_OK(kro_write(it.stream, it.a, 0, bytes, BENCH_BYTES));
    CHECK_OK(kro_finish(it.stream));
    for (uint32_t i = 0; i < 600; i++)
        CHECK_OK(kro_write(it.stream, it.a, 0, bytes, BENCH_BYTES));
    CHECK_OK(kro_finish(it.stream));
    CHECK(it.device->memory_count <= alive + 3);
}

// What the headers say of kro_write and kro_buffer_write: the one holds a copy of all of its
// source, the other some pieces at a time.
TEST(blocking_transfers_hold_a_few_pieces_of_staging)
{
    enum { LARGE = 2 * KRO__STAGING_MAX_BYTES + BENCH_BYTES, PIECES = 3 };
    bench it = bench_create(t, NULL);
    kro_buffer *large = kt_buffer_in(t, it.ctx, &(kro_buffer_config){.size_bytes = LARGE});
    unsigned char *bytes = kt_alloc(t, LARGE);
    const uint32_t before = it.device->memory_count;
    CHECK_OK(kro_buffer_write(large, 0, bytes, LARGE));
    CHECK_EQ_U64(it.device->memory_count, before + 1); // the device is done at once
    CHECK_OK(kro_buffer_read(large, 0, bytes, LARGE));
    const uint32_t blocking = it.device->memory_count;
    CHECK_EQ_U64(blocking, before + 1 + KRO__STAGING_PIECES);
    CHECK_OK(kro_write(it.stream, large, 0, bytes, LARGE));
    CHECK_OK(kro_finish(it.stream));
    CHECK_EQ_U64(it.device->memory_count, blocking + PIECES);
    // The next write of the stream gives it back.
    CHECK_OK(kro_write(it.stream, it.a, 0, bytes, BENCH_BYTES));
    CHECK_OK(kro_write(it.stream, large, 0, bytes, KRO__STAGING_CHUNK_BYTES));
    CHECK_OK(kro_finish(it.stream));
    CHECK(it.device->memory_count <= blocking + 2);
}

// The fake device looks when it is closed.
TEST(everything_is_gone_after_the_context)
{
    kro_stream *left_stream;
    kro_buffer *left_buffer;
    kro_context *ctx = NULL;
    if (!CHECK_OK(kro__context_open(&fake_backend, NULL, &ctx)))
        return;
    kro_buffer_config config = {.size_bytes = BENCH_BYTES};
    CHECK_OK(kro_stream_create(ctx, NULL, &left_stream));
    CHECK_OK(kro_buffer_create(ctx, &config, &left_buffer));
    CHECK_OK(kro_fill(left_stream, left_buffer, 0, BENCH_BYTES, 1)); // never submitted
    kro_context_destroy(ctx);
}
