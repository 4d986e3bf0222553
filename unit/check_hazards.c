// What check_hazards knows of order between streams, where nothing of it may be forgotten.
#include "bench.h"

#include <stdatomic.h>

enum { WRITER, READER, WATCHER, STREAMS };

static _Atomic uint32_t warnings;

static void count_warnings(void *user, kro_log_level level, const char *message)
{
    (void)user;
    (void)message;
    warnings += level == KRO_LOG_WARNING;
}

static kro_fence submit_fill(kt_test *t, kro_stream *stream, kro_buffer *buffer)
{
    kro_fence fence = {0};
    CHECK_OK(kro_fill(stream, buffer, 0, 64, 1));
    CHECK_OK(kro_submit(stream, &fence));
    return fence;
}

// The reader is behind the writer each time, and the application sees the first of its batches
// complete: from then on the writer's first batch is behind everybody, however much follows.
TEST(what_finished_work_was_behind_stays_known)
{
    enum { ROUNDS = 4 };
    bench it = bench_create(
        t, &(kro_context_config){.queues = STREAMS, .check_hazards = true, .log = count_warnings});
    kro_stream *streams[STREAMS];
    for (uint32_t i = 0; i < STREAMS; i++)
        streams[i] = kt_stream_in(t, it.ctx, &(kro_stream_config){.queue = i});
    warnings = 0;
    kro_buffer *const written[ROUNDS] = {it.a, it.b, it.b, it.b};
    for (uint32_t i = 0; i < ROUNDS; i++) {
        const kro_fence fence = submit_fill(t, streams[WRITER], written[i]);
        CHECK_OK(kro_stream_wait(streams[READER], fence));
        const kro_fence behind = submit_fill(t, streams[READER], it.c);
        if (i == 0)
            CHECK_OK(kro_wait(it.ctx, behind, UINT64_MAX));
    }
    submit_fill(t, streams[WATCHER], it.a);
    CHECK_EQ_U64(warnings, 0);
    submit_fill(t, streams[WATCHER], it.b);
    CHECK_EQ_U64(warnings, 1);
}
