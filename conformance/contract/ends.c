// Barriers at the ends of batches, as the driver sees them: one case a row, with the number of
// entry or exit barriers that it must have, no more and no fewer.
#include "contract.h"

#include "proxied.h"

// The proxy notes barriers only where it has a use for them.
static const char counting_spec[] = "exits";

enum { BYTES = 4096, HALF = BYTES / 2 };

// What one batch does with the buffer that all share; its other end is a buffer of its own.
typedef enum access {
    READS_LOW, // the lower half
    WRITES_LOW,
    READS_HIGH, // the other half
    WRITES_HIGH,
    READS_ALL,
    WRITES_ALL,
    READS_LAST_OF_LOW, // one byte
    WRITES_ACROSS,     // the last byte of the lower half and the first of the other one
} access;

// What stands between two batches.
typedef enum between {
    NOTHING,
    WAIT,
    POLL,
    FINISH,
    BLOCKING_READ,          // of the buffer
    BLOCKING_WRITE,         // of it
    BLOCKING_READ_OF_OTHER, // in memory of the host
    EARLIER_WAIT,           // for the batch before the first
    BARRIER_BEHIND,         // kro_barrier, recorded into the first
    BARRIER_BEHIND_AND_FINISH,
    STREAM_WAIT, // of the second batch's stream
} between;

// Who submits the two.
typedef enum submitter { STREAM, TWO_STREAMS, GRAPH_AFTER, GRAPH_BEFORE, GRAPHS } submitter;

typedef struct row {
    const char *name;
    access first, second;
    between between;
    submitter submitter;
    uint64_t expected; // entry barriers of the second batch
} row;

static const row rows[] = {
    {"read after write", WRITES_LOW, READS_LOW, NOTHING, STREAM, 1},
    {"write after read", READS_LOW, WRITES_LOW, NOTHING, STREAM, 1},
    {"write after write", WRITES_LOW, WRITES_LOW, NOTHING, STREAM, 1},
    {"read after read", READS_ALL, READS_ALL, NOTHING, STREAM, 0},
    {"read beside a write", WRITES_LOW, READS_HIGH, NOTHING, STREAM, 0},
    {"write beside a read", READS_LOW, WRITES_HIGH, NOTHING, STREAM, 0},
    {"write beside a write", WRITES_LOW, WRITES_HIGH, NOTHING, STREAM, 0},
    {"part after whole", WRITES_ALL, READS_LAST_OF_LOW, NOTHING, STREAM, 1},
    {"whole after part", READS_LAST_OF_LOW, WRITES_ALL, NOTHING, STREAM, 1},
    {"one byte shared", WRITES_ACROSS, READS_HIGH, NOTHING, STREAM, 1},
    {"one byte shared, the other way", READS_LAST_OF_LOW, WRITES_ACROSS, NOTHING, STREAM, 1},
    {"no byte shared", READS_LAST_OF_LOW, WRITES_HIGH, NOTHING, STREAM, 0},

    {"after a wait", WRITES_ALL, READS_ALL, WAIT, STREAM, 0},
    {"after a poll", WRITES_ALL, READS_ALL, POLL, STREAM, 0},
    {"after finish", WRITES_ALL, WRITES_ALL, FINISH, STREAM, 0},
    {"after a blocking read", WRITES_ALL, READS_ALL, BLOCKING_READ, STREAM, 0},
    {"after a blocking write", READS_ALL, WRITES_ALL, BLOCKING_WRITE, STREAM, 0},
    {"after a blocking read of another buffer", WRITES_ALL, READS_ALL, BLOCKING_READ_OF_OTHER,
     STREAM, 1},
    {"after a wait for earlier work", WRITES_ALL, READS_ALL, EARLIER_WAIT, STREAM, 1},
    {"asked for", READS_ALL, READS_ALL, BARRIER_BEHIND, STREAM, 1},
    {"asked for, after finish", WRITES_ALL, WRITES_ALL, BARRIER_BEHIND_AND_FINISH, STREAM, 0},

    {"read after write of another stream", WRITES_LOW, READS_LOW, STREAM_WAIT, TWO_STREAMS, 1},
    {"write after read of another stream", READS_LOW, WRITES_LOW, STREAM_WAIT, TWO_STREAMS, 1},
    {"read after read of another stream", READS_ALL, READS_ALL, STREAM_WAIT, TWO_STREAMS, 0},
    {"write beside a write of another stream", WRITES_LOW, WRITES_HIGH, NOTHING, TWO_STREAMS, 0},
    {"another stream, after finish", WRITES_ALL, READS_ALL, FINISH, TWO_STREAMS, 0},
    {"another stream, after a barrier of the first", READS_ALL, READS_ALL, BARRIER_BEHIND,
     TWO_STREAMS, 0},

    {"a launch reads what was written", WRITES_LOW, READS_LOW, NOTHING, GRAPH_AFTER, 1},
    {"a launch reads what was read", READS_LOW, READS_LOW, NOTHING, GRAPH_AFTER, 0},
    {"a launch writes beside", WRITES_LOW, WRITES_HIGH, NOTHING, GRAPH_AFTER, 0},
    {"a launch after finish", WRITES_LOW, READS_LOW, FINISH, GRAPH_AFTER, 0},
    {"after a launch that wrote", WRITES_LOW, READS_LOW, NOTHING, GRAPH_BEFORE, 1},
    {"after a launch that read", READS_LOW, READS_LOW, NOTHING, GRAPH_BEFORE, 0},
    {"after a launch with a barrier behind it", READS_LOW, READS_LOW, BARRIER_BEHIND, GRAPH_BEFORE,
     1},
    {"after a launch that was seen complete", WRITES_LOW, READS_LOW, WAIT, GRAPH_BEFORE, 0},
    {"a launch after a launch", WRITES_LOW, WRITES_LOW, NOTHING, GRAPHS, 1},
    {"a launch beside a launch", WRITES_LOW, WRITES_HIGH, NOTHING, GRAPHS, 0},
};

enum { ROWS = sizeof rows / sizeof *rows };

typedef struct ends {
    kro_context *ctx; // NULL where something could not be made
    kro_stream *streams[2];
    kro_buffer *shared, *own[2], *beside; // own: of the two batches
} ends;

static ends ends_create(kt_test *t)
{
    const kro_buffer_config config = {.size_bytes = BYTES};
    const kro_buffer_config readable = {.size_bytes = BYTES, .memory = KRO_MEMORY_READBACK};
    ends e = {.ctx = proxied_context(t, counting_spec, NULL)};
    e.shared = kt_buffer_in(t, e.ctx, &config);
    e.beside = kt_buffer_in(t, e.ctx, &readable);
    for (int i = 0; i < 2; i++) {
        e.own[i] = kt_buffer_in(t, e.ctx, &config);
        e.streams[i] = kt_stream_in(t, e.ctx, NULL);
    }
    if (!e.shared || !e.beside || !e.own[0] || !e.own[1] || !e.streams[0] || !e.streams[1])
        e.ctx = NULL;
    return e;
}

static void record(kt_test *t, const ends *e, kro_stream *stream, int batch, access how)
{
    static const struct {
        uint64_t begin, end;
        bool writes;
    } ranges[] = {
        [READS_LOW] = {0, HALF, false},
        [WRITES_LOW] = {0, HALF, true},
        [READS_HIGH] = {HALF, BYTES, false},
        [WRITES_HIGH] = {HALF, BYTES, true},
        [READS_ALL] = {0, BYTES, false},
        [WRITES_ALL] = {0, BYTES, true},
        [READS_LAST_OF_LOW] = {HALF - 1, HALF, false},
        [WRITES_ACROSS] = {HALF - 1, HALF + 1, true},
    };
    const uint64_t begin = ranges[how].begin, size = ranges[how].end - begin;
    if (ranges[how].writes)
        CHECK_OK(kro_copy(stream, e->shared, begin, e->own[batch], 0, size));
    else
        CHECK_OK(kro_copy(stream, e->own[batch], 0, e->shared, begin, size));
}

static void release_graph(void *graph)
{
    kro_graph_destroy(graph);
}

// Submits one of the two batches, or launches it.
static kro_fence submit(kt_test *t, const ends *e, const row *r, int batch)
{
    const bool as_graph =
        r->submitter == GRAPHS || r->submitter == (batch ? GRAPH_AFTER : GRAPH_BEFORE);
    kro_stream *stream = e->streams[batch && r->submitter == TWO_STREAMS];
    kro_graph *graph = NULL;
    kro_fence fence = {0};
    if (as_graph)
        CHECK_OK(kro_graph_begin(stream, NULL));
    record(t, e, stream, batch, batch ? r->second : r->first);
    if (batch == 0 && (r->between == BARRIER_BEHIND || r->between == BARRIER_BEHIND_AND_FINISH))
        CHECK_OK(kro_barrier(stream));
    if (!as_graph)
        CHECK_OK(kro_submit(stream, &fence));
    else if (CHECK_OK(kro_graph_end(stream, &graph)))
        CHECK_OK(kro_graph_launch(graph, stream, &fence));
    kt_defer(t, release_graph, graph);
    return fence;
}

// Until it is complete: the driver may take its time.
static void poll(kt_test *t, kro_context *ctx, kro_fence fence)
{
    kro_status status = KRO_NOT_READY;
    while (status == KRO_NOT_READY)
        status = kro_poll(ctx, fence);
    CHECK_OK(status);
}

static void stand_between(kt_test *t, const ends *e, const row *r, kro_fence before,
                          kro_fence first)
{
    unsigned char bytes[BYTES] = {0};
    switch (r->between) {
    case WAIT:
        CHECK_OK(kro_wait(e->ctx, first, UINT64_MAX));
        break;
    case POLL:
        poll(t, e->ctx, first);
        break;
    case FINISH:
    case BARRIER_BEHIND_AND_FINISH:
        CHECK_OK(kro_finish(e->streams[0]));
        break;
    case BLOCKING_READ:
        CHECK_OK(kro_buffer_read(e->shared, 0, bytes, 1));
        break;
    case BLOCKING_WRITE:
        CHECK_OK(kro_buffer_write(e->shared, 0, bytes, 1));
        break;
    case BLOCKING_READ_OF_OTHER:
        CHECK_OK(kro_buffer_read(e->beside, 0, bytes, sizeof bytes));
        break;
    case EARLIER_WAIT:
        CHECK_OK(kro_wait(e->ctx, before, UINT64_MAX));
        break;
    case STREAM_WAIT:
        CHECK_OK(kro_stream_wait(e->streams[1], first));
        break;
    case NOTHING:
    case BARRIER_BEHIND:
        break;
    }
}

TEST(entry_barriers_come_exactly_where_they_must)
{
    const kronos_proxy_api *proxy = proxied_api(t);
    ends e = ends_create(t);
    if (!e.ctx)
        return;
    for (int i = 0; i < ROWS; i++) {
        kro_fence before = {0};
        for (int s = 0; s < 2; s++)
            CHECK_OK(kro_finish(e.streams[s]));
        // Clears what the row before asked for, and is seen complete.
        CHECK_OK(kro_fill(e.streams[0], e.beside, 0, BYTES, 1));
        CHECK_OK(kro_submit(e.streams[0], &before));
        if (rows[i].between != EARLIER_WAIT)
            CHECK_OK(kro_wait(e.ctx, before, UINT64_MAX));
        proxy->reset_counts();
        kro_fence first = submit(t, &e, &rows[i], 0);
        stand_between(t, &e, &rows[i], before, first);
        bool right = CHECK_EQ_U64(proxy->barriers(KRONOS_PROXY_BARRIER_ENTRY), 0);
        submit(t, &e, &rows[i], 1);
        right &= CHECK_EQ_U64(proxy->barriers(KRONOS_PROXY_BARRIER_ENTRY), rows[i].expected);
        right &= CHECK_EQ_U64(proxy->barriers(KRONOS_PROXY_BARRIER_LEVEL), 0);
        if (!right)
            LOGF(t, "%s", rows[i].name);
    }
    CHECK_EQ_U64(proxy->violations(), 0);
}

// However many conflicts there are, and however long the chain that they begin, one barrier before
// the batch covers them.
TEST(entry_barriers_are_at_most_one)
{
    enum { BUFFERS = 40, ROUNDS = 5 };
    const kronos_proxy_api *proxy = proxied_api(t);
    kro_context *ctx = proxied_context(t, counting_spec, NULL);
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    kro_buffer *buffers[BUFFERS];
    for (int i = 0; i < BUFFERS; i++)
        buffers[i] = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = 64});
    if (!stream || !buffers[BUFFERS - 1])
        return;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        for (uint32_t i = 0; i < BUFFERS; i++)
            CHECK_OK(kro_fill(stream, buffers[i], 0, 64, i));
        CHECK_OK(kro_submit(stream, NULL));
        CHECK_EQ_U64(proxy->barriers(KRONOS_PROXY_BARRIER_ENTRY), round);
    }
    CHECK_EQ_U64(proxy->barriers(KRONOS_PROXY_BARRIER_LEVEL), 0);
    CHECK_OK(kro_finish(stream));
}

// One row of the exit barriers: a batch, and whether the host may look at what it writes.
typedef struct exit_row {
    const char *name;
    kro_memory written; // of the buffer that is filled
    bool reads;         // and read through the stream
    uint64_t expected;
} exit_row;

static const exit_row exit_rows[] = {
    {"device memory", KRO_MEMORY_DEVICE, false, 0},
    {"device memory, read back", KRO_MEMORY_DEVICE, true, 1},
    {"upload memory", KRO_MEMORY_UPLOAD, false, 1},
    {"readback memory", KRO_MEMORY_READBACK, false, 1},
    {"readback memory, read back", KRO_MEMORY_READBACK, true, 1},
};

// `sees_less`: the host has no way to device memory that is not mappable, not even one to write it.
static void check_exits(kt_test *t, kro_context *ctx, bool graph, bool sees_less)
{
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    const kro_stream_info *info = kro_stream_get_info(stream);
    if (!info)
        return;
    for (size_t i = 0; i < sizeof exit_rows / sizeof *exit_rows; i++) {
        const exit_row *r = &exit_rows[i];
        kro_buffer *buffer =
            kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = 64, .memory = r->written});
        const kro_buffer_info *made = kro_buffer_get_info(buffer);
        uint64_t expected = made && made->mappable ? 1 : r->expected, before = info->exit_barriers;
        uint32_t word;
        kro_graph *captured = NULL;
        if (graph && r->reads)
            continue; // no graph holds a kro_read
        if (expected == 0 && !sees_less)
            continue;
        if (graph)
            CHECK_OK(kro_graph_begin(stream, NULL));
        CHECK_OK(kro_fill(stream, buffer, 0, 64, 1));
        CHECK_OK(r->reads ? kro_read(stream, buffer, 0, &word, 4) : KRO_OK);
        if (graph && CHECK_OK(kro_graph_end(stream, &captured)))
            CHECK_OK(kro_graph_launch(captured, stream, NULL));
        CHECK_OK(kro_finish(stream));
        kro_graph_destroy(captured);
        if (!CHECK_EQ_U64(info->exit_barriers - before, expected))
            LOGF(t, "%s%s", r->name, graph ? ", in a graph" : "");
    }
}

TEST(exit_barriers_come_exactly_where_they_must)
{
    const kro_context_config null_driver = {.driver = kt_null_driver(t)};
    kro_context *null_context = kt_context_with(t, &null_driver);
    check_exits(t, null_context, false, true);
    check_exits(t, null_context, true, true);
    const kronos_proxy_api *proxy = proxied_api(t);
    kro_context *ctx = proxied_context(t, counting_spec, NULL);
    if (!ctx)
        return;
    proxy->reset_counts();
    check_exits(t, ctx, false, false);
    check_exits(t, ctx, true, false);
    CHECK_EQ_U64(proxy->violations(), 0); // none is missing
}
