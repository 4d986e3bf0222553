// check_hazards: use of one buffer by several streams that nothing orders is logged, and so is
// blocking access that cannot see recorded work; right programs hear nothing.
#include "contract.h"

enum { STREAMS = 3, BYTES = 4096 };

// A context of its own that watches, and streams on queues of their own where there are so many.
typedef struct watched {
    kro_context *ctx; // NULL where something could not be made
    kro_stream *streams[STREAMS];
    kro_buffer *buffer;
    contract_log *log;
} watched;

static watched watched_create(kt_test *t, kro_context_config config)
{
    static const char *const labels[STREAMS] = {"first", "second", "third"};
    watched w = {.log = contract_log_create(t)};
    config.check_hazards = true;
    config.log = contract_log_line;
    config.log_user = w.log;
    w.ctx = kt_context_with(t, &config);
    const kro_device_info *info = kro_context_info(w.ctx);
    for (uint32_t i = 0; i < STREAMS; i++)
        w.streams[i] = kt_stream_in(
            t, w.ctx,
            &(kro_stream_config){.label = labels[i], .queue = info ? i % info->queue_count : 0});
    w.buffer =
        kt_buffer_in(t, w.ctx, &(kro_buffer_config){.size_bytes = BYTES, .label = "shared one"});
    if (!w.buffer || !w.streams[0] || !w.streams[1] || !w.streams[2])
        w.ctx = NULL;
    return w;
}

static kro_fence submit_fill(kt_test *t, kro_stream *stream, kro_buffer *buffer, uint64_t offset,
                             uint64_t size)
{
    kro_fence fence = {0};
    CHECK_OK(kro_fill(stream, buffer, offset, size, 1));
    CHECK_OK(kro_submit(stream, &fence));
    return fence;
}

static void check_silent(kt_test *t, const watched *w)
{
    if (!CHECK_EQ_U64(contract_log_count(w->log, KRO_LOG_WARNING), 0))
        LOGF(t, "%s", w->log->lines[KRO_LOG_WARNING]);
}

TEST(unordered_writes_are_logged)
{
    watched w = watched_create(t, (kro_context_config){0});
    if (!w.ctx)
        return;
    submit_fill(t, w.streams[0], w.buffer, 0, 256);
    check_silent(t, &w);
    submit_fill(t, w.streams[1], w.buffer, 252, 256);
    CHECK_EQ_U64(contract_log_count(w.log, KRO_LOG_WARNING), 1);
    CHECK(contract_log_contains(w.log, KRO_LOG_WARNING, "'second'"));
    CHECK(contract_log_contains(w.log, KRO_LOG_WARNING, "'first'"));
    CHECK(contract_log_contains(w.log, KRO_LOG_WARNING, "kro_stream_wait"));
}

TEST(unordered_reads_of_written_bytes_are_logged)
{
    watched w = watched_create(t, (kro_context_config){0});
    uint32_t word;
    if (!w.ctx)
        return;
    submit_fill(t, w.streams[0], w.buffer, 0, 256);
    CHECK_OK(kro_read(w.streams[1], w.buffer, 128, &word, 4));
    CHECK_OK(kro_submit(w.streams[1], NULL));
    CHECK_EQ_U64(contract_log_count(w.log, KRO_LOG_WARNING), 1);
    // And the other way round: written while another stream reads.
    submit_fill(t, w.streams[2], w.buffer, 128, 4);
    CHECK(contract_log_contains(w.log, KRO_LOG_WARNING, "'third'"));
}

TEST(ordered_and_disjoint_uses_are_not_logged)
{
    watched w = watched_create(t, (kro_context_config){0});
    uint32_t word;
    if (!w.ctx)
        return;
    // Bytes of their own.
    kro_fence first = submit_fill(t, w.streams[0], w.buffer, 0, 256);
    kro_fence second = submit_fill(t, w.streams[1], w.buffer, 256, 256);
    // After a wait of the stream.
    CHECK_OK(kro_stream_wait(w.streams[2], first));
    CHECK_OK(kro_stream_wait(w.streams[2], second));
    kro_fence third = submit_fill(t, w.streams[2], w.buffer, 0, 512);
    // After a wait of the host.
    CHECK_OK(kro_wait(w.ctx, third, UINT64_MAX));
    submit_fill(t, w.streams[0], w.buffer, 0, BYTES);
    CHECK_OK(kro_finish(w.streams[0]));
    // Readers beside readers.
    for (int i = 0; i < STREAMS; i++) {
        CHECK_OK(kro_read(w.streams[i], w.buffer, 0, &word, 4));
        CHECK_OK(kro_submit(w.streams[i], NULL));
    }
    for (int i = 0; i < STREAMS; i++)
        CHECK_OK(kro_finish(w.streams[i]));
    check_silent(t, &w);
}

// Each stream hands the buffer to the next one: whoever waits for a fence is behind everything that
// the fence is behind.
static void pass_around(kt_test *t, const watched *w)
{
    kro_fence last = {0};
    for (int round = 0; round < 30; round++) {
        kro_stream *stream = w->streams[round % STREAMS];
        CHECK_OK(kro_stream_wait(stream, last));
        last = submit_fill(t, stream, w->buffer, 0, BYTES);
    }
    CHECK_OK(kro_wait(w->ctx, last, UINT64_MAX));
    check_silent(t, w);
}

TEST(passing_a_buffer_around_is_not_logged)
{
    watched w = watched_create(t, (kro_context_config){0});
    if (w.ctx)
        pass_around(t, &w);
}

TEST(passing_a_buffer_between_queues_is_not_logged)
{
    watched w =
        watched_create(t, (kro_context_config){.driver = kt_null_driver(t), .queues = STREAMS});
    if (!w.ctx || !CHECK_EQ_U64(kro_context_info(w.ctx)->queue_count, STREAMS))
        return;
    pass_around(t, &w);
}

// Three queues, one after the other: the third knows of the first only through the second.
TEST(order_through_another_queue_is_understood)
{
    watched w =
        watched_create(t, (kro_context_config){.driver = kt_null_driver(t), .queues = STREAMS});
    if (!w.ctx)
        return;
    kro_fence first = submit_fill(t, w.streams[0], w.buffer, 0, BYTES);
    CHECK_OK(kro_stream_wait(w.streams[1], first));
    kro_fence second = submit_fill(t, w.streams[1], w.buffer, 0, 4);
    CHECK_OK(kro_stream_wait(w.streams[2], second));
    submit_fill(t, w.streams[2], w.buffer, 2048, 4); // bytes of the first alone
    check_silent(t, &w);
    // What the second did later is not behind the fence.
    submit_fill(t, w.streams[1], w.buffer, 512, 4);
    submit_fill(t, w.streams[2], w.buffer, 512, 4);
    CHECK_EQ_U64(contract_log_count(w.log, KRO_LOG_WARNING), 1);
}

// A fence is behind what its work waited for, not behind what later work of that stream waits for.
TEST(later_order_of_another_queue_is_none)
{
    watched w =
        watched_create(t, (kro_context_config){.driver = kt_null_driver(t), .queues = STREAMS});
    if (!w.ctx)
        return;
    kro_fence early = submit_fill(t, w.streams[1], w.buffer, 2048, 4);
    kro_fence first = submit_fill(t, w.streams[0], w.buffer, 0, 4);
    CHECK_OK(kro_stream_wait(w.streams[1], first));
    submit_fill(t, w.streams[1], w.buffer, 0, 4);
    check_silent(t, &w);
    CHECK_OK(kro_stream_wait(w.streams[2], early));
    submit_fill(t, w.streams[2], w.buffer, 0, 4);
    CHECK(contract_log_contains(w.log, KRO_LOG_WARNING, "'first'"));
    CHECK(contract_log_contains(w.log, KRO_LOG_WARNING, "'second'"));
    CHECK_EQ_U64(contract_log_count(w.log, KRO_LOG_WARNING), 2);
}

TEST(blocking_access_beside_open_batches_is_logged)
{
    watched w = watched_create(t, (kro_context_config){0});
    uint32_t word = 0;
    void *mapped;
    if (!w.ctx)
        return;
    kro_buffer *upload = kt_buffer_in(
        t, w.ctx,
        &(kro_buffer_config){.size_bytes = BYTES, .memory = KRO_MEMORY_UPLOAD, .label = "table"});
    // The default stream's batch is seen.
    CHECK_OK(kro_fill(kro_context_stream(w.ctx), w.buffer, 0, 4, 1));
    CHECK_OK(kro_buffer_read(w.buffer, 0, &word, 4));
    CHECK_OK(kro_buffer_write(w.buffer, 0, &word, 4));
    check_silent(t, &w);
    CHECK_OK(kro_fill(w.streams[0], w.buffer, 0, 4, 1));
    CHECK_OK(kro_buffer_read(w.buffer, 0, &word, 4));
    CHECK_EQ_U64(contract_log_count(w.log, KRO_LOG_WARNING), 1);
    CHECK(contract_log_contains(w.log, KRO_LOG_WARNING, "blocking read of 'shared one'"));
    CHECK_OK(kro_buffer_write(w.buffer, 0, &word, 4));
    CHECK(contract_log_contains(w.log, KRO_LOG_WARNING, "blocking write of 'shared one'"));
    CHECK_OK(kro_copy(w.streams[0], upload, 0, w.buffer, 0, 4));
    CHECK_OK(kro_buffer_map(upload, &mapped));
    CHECK_OK(kro_buffer_unmap(upload));
    CHECK(contract_log_contains(w.log, KRO_LOG_WARNING, "blocking map of 'table'"));
    CHECK_EQ_U64(contract_log_count(w.log, KRO_LOG_WARNING), 3);
    // Submitted or dropped, the batch hides nothing any more.
    CHECK_OK(kro_submit(w.streams[0], NULL));
    CHECK_OK(kro_buffer_read(w.buffer, 0, &word, 4));
    CHECK_OK(kro_fill(w.streams[0], w.buffer, 0, 4, 1));
    CHECK_STATUS(kro_fill(w.streams[0], w.buffer, 1, 4, 1), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_OK(kro_buffer_read(w.buffer, 0, &word, 4));
    CHECK_EQ_U64(contract_log_count(w.log, KRO_LOG_WARNING), 3);
}

// A kernel that lists no buffers may work on any that has an address.
TEST(blocking_access_beside_kernels_that_list_nothing_is_logged)
{
    watched w = watched_create(t, (kro_context_config){0});
    kro_pipeline *add = kt_pipeline_in(t, w.ctx, "add_by_address", NULL);
    kro_buffer *words = kt_buffer_in(
        t, w.ctx,
        &(kro_buffer_config){.size_bytes = BYTES, .device_address = true, .label = "addressed"});
    uint32_t word = 0;
    if (!w.ctx || !add || !words)
        return;
    const uint64_t address = kro_buffer_get_info(words)->device_address;
    const struct {
        uint64_t x, y;
        uint32_t count;
    } push = {address, address, 4};
    kro_dispatch_args args = {.push = &push, .push_bytes = 20, .threads = {64}};
    CHECK_OK(kro_dispatch(w.streams[1], add, &args));
    CHECK_OK(kro_buffer_read(w.buffer, 0, &word, 4)); // has no address
    check_silent(t, &w);
    CHECK_OK(kro_buffer_read(words, 0, &word, 4));
    CHECK_EQ_U64(contract_log_count(w.log, KRO_LOG_WARNING), 1);
    CHECK(contract_log_contains(w.log, KRO_LOG_WARNING, "blocking read of 'addressed'"));
    CHECK(contract_log_contains(w.log, KRO_LOG_WARNING, "'second'"));
    // Submitted, it is waited for; listed, it is counted as what it touches.
    CHECK_OK(kro_submit(w.streams[1], NULL));
    CHECK_OK(kro_buffer_read(words, 0, &word, 4));
    CHECK_EQ_U64(contract_log_count(w.log, KRO_LOG_WARNING), 1);
    args.touches = (kro_buffer *[]){words};
    args.touch_count = 1;
    CHECK_OK(kro_dispatch(w.streams[1], add, &args));
    CHECK_OK(kro_buffer_write(words, 0, &word, 4));
    CHECK_EQ_U64(contract_log_count(w.log, KRO_LOG_WARNING), 2);
    CHECK(contract_log_contains(w.log, KRO_LOG_WARNING, "1 open batch"));
    CHECK_OK(kro_finish(w.streams[1]));
}

TEST(pinned_objects_are_logged)
{
    watched w = watched_create(t, (kro_context_config){0});
    kro_buffer *buffer;
    if (!w.ctx ||
        !CHECK_OK(kro_buffer_create(w.ctx, &(kro_buffer_config){.size_bytes = BYTES}, &buffer)))
        return;
    CHECK_OK(kro_fill(w.streams[1], buffer, 0, 4, 1));
    kro_buffer_destroy(buffer);
    CHECK(contract_log_contains(w.log, KRO_LOG_INFO, "'second'"));
    CHECK_OK(kro_finish(w.streams[1]));
    check_silent(t, &w);
}

// Without check_hazards nothing is looked at and nothing said.
TEST(hazards_are_logged_only_when_asked_for)
{
    contract_log *log = contract_log_create(t);
    const kro_context_config config = {.log = contract_log_line, .log_user = log};
    kro_context *ctx = kt_context_with(t, &config);
    kro_stream *first = kt_stream_in(t, ctx, NULL), *second = kt_stream_in(t, ctx, NULL);
    kro_buffer *buffer = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = BYTES});
    if (!first || !second || !buffer)
        return;
    submit_fill(t, first, buffer, 0, BYTES);
    submit_fill(t, second, buffer, 0, BYTES);
    CHECK_OK(kro_finish(second));
    CHECK_EQ_U64(contract_log_count(log, KRO_LOG_WARNING), 0);
}
