// Barriers at the ends of batches against a model that keeps a mark for every byte: an entry
// barrier comes exactly when a batch conflicts with what its queue has in flight and nobody has
// seen complete, an exit barrier exactly when the batch writes what the host may look at.
#include "bench.h"

#include <string.h>

enum { QUEUES = 2, STREAMS = 3, BUFFERS = 5, BYTES = 64, GRAPHS = 2, FENCES = 8 };
enum { READBACK = 3, UPLOAD = 4 }; // buffers; those before are device memory

// What is open on a stream, captured in a graph, or copied for a blocking call.
typedef struct batch {
    bool reads[BUFFERS][BYTES], writes[BUFFERS][BYTES];
    bool everything;        // a kernel that lists no buffers
    bool exit;              // the host may look at what it writes
    bool leading, trailing; // kro_barrier before the first operation, after the last
    uint32_t operations;
} batch;

typedef struct queue {
    uint64_t last, retired;
    // Since the last entry barrier, by submit value.
    uint64_t read[BUFFERS][BYTES], write[BUFFERS][BYTES], everything, highest;
    uint64_t last_use[BUFFERS]; // ever
} queue;

typedef struct ends {
    bench it;
    kro_stream *streams[STREAMS]; // the default stream and another on the first queue, one on the
                                  // second
    kro_buffer *buffers[BUFFERS];
    kro_pipeline *by_address;
    kro_graph *graphs[GRAPHS];
    kro_fence fences[FENCES];
    unsigned char bytes[BYTES];
    queue queues[QUEUES];
    batch open[STREAMS], captured[GRAPHS];
    uint64_t submits, entries, exits; // expected so far
} ends;

static uint32_t queue_of(uint32_t stream)
{
    return stream == STREAMS - 1;
}

static uint64_t max(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

// Whether a batch must not run beside what is in flight on a queue.
static bool conflicts(const queue *q, const batch *b)
{
    if (b->everything)
        return q->highest > q->retired;
    bool found = q->everything > q->retired;
    for (uint32_t i = 0; i < BUFFERS; i++)
        for (uint32_t k = 0; k < BYTES; k++) {
            uint64_t write = b->reads[i][k] || b->writes[i][k] ? q->write[i][k] : 0;
            uint64_t read = b->writes[i][k] ? q->read[i][k] : 0;
            found |= max(write, read) > q->retired;
        }
    return found;
}

static void note_in_flight(queue *q, const batch *b)
{
    q->highest = ++q->last;
    q->everything = b->everything ? q->last : q->everything;
    for (uint32_t i = 0; i < BUFFERS; i++)
        for (uint32_t k = 0; k < BYTES; k++) {
            q->read[i][k] = b->reads[i][k] ? q->last : q->read[i][k];
            q->write[i][k] = b->writes[i][k] ? q->last : q->write[i][k];
            if (b->reads[i][k] || b->writes[i][k])
                q->last_use[i] = q->last;
        }
}

// What submitting a batch comes to. `asked`: for a barrier before it, by kro_barrier.
static void model_submit(ends *e, uint32_t queue_index, const batch *b, bool asked)
{
    queue *q = &e->queues[queue_index];
    bool entry = q->highest > q->retired && (asked || conflicts(q, b));
    if (entry) {
        memset(q->read, 0, sizeof q->read);
        memset(q->write, 0, sizeof q->write);
        q->everything = 0;
    }
    note_in_flight(q, b);
    e->submits++;
    e->entries += entry;
    e->exits += b->exit;
}

// Submits what a stream has open, and leaves what a barrier at its end asks for.
static void model_flush(ends *e, uint32_t stream)
{
    batch *open = &e->open[stream];
    if (open->operations == 0)
        return;
    model_submit(e, queue_of(stream), open, open->leading);
    *open = (batch){.leading = open->trailing};
}

static void model_seen(ends *e, uint32_t queue_index, uint64_t value)
{
    e->queues[queue_index].retired = max(e->queues[queue_index].retired, value);
}

static void model_use(batch *b, uint32_t buffer, uint64_t begin, uint64_t end, bool writes)
{
    for (uint64_t k = begin; k < end; k++) {
        b->reads[buffer][k] |= !writes;
        b->writes[buffer][k] |= writes;
    }
    b->exit |= writes && buffer >= READBACK;
}

static void model_operation(batch *b)
{
    b->operations++;
    b->trailing = false;
}

// A copy from one buffer to another.
static void record_copy(kt_test *t, ends *e, kro_stream *stream, batch *b)
{
    uint32_t from = (uint32_t)kt_random_below(t, BUFFERS);
    uint32_t to = (from + 1 + (uint32_t)kt_random_below(t, BUFFERS - 1)) % BUFFERS;
    uint64_t size = 1 + kt_random_below(t, kt_random_below(t, 3) ? 4 : BYTES);
    uint64_t at_from = kt_random_below(t, BYTES - size + 1);
    uint64_t at_to = kt_random_below(t, BYTES - size + 1);
    CHECK_OK(kro_copy(stream, e->buffers[to], at_to, e->buffers[from], at_from, size));
    model_use(b, from, at_from, at_from + size, false);
    model_use(b, to, at_to, at_to + size, true);
    model_operation(b);
}

// kro_write or kro_read of some bytes through the stream.
static void record_transfer(kt_test *t, ends *e, kro_stream *stream, batch *b)
{
    uint32_t buffer = (uint32_t)kt_random_below(t, BUFFERS);
    uint64_t begin = kt_random_below(t, BYTES), size = 1 + kt_random_below(t, BYTES - begin);
    bool writes = kt_random_below(t, 2) == 0;
    if (writes)
        CHECK_OK(kro_write(stream, e->buffers[buffer], begin, e->bytes, size));
    else
        CHECK_OK(kro_read(stream, e->buffers[buffer], begin, e->bytes, size));
    model_use(b, buffer, begin, begin + size, writes);
    b->exit |= !writes;
    model_operation(b);
}

static void record_everything(kt_test *t, ends *e, kro_stream *stream, batch *b)
{
    const uint32_t push[5] = {0};
    const kro_dispatch_args args = {.push = push, .push_bytes = sizeof push, .groups = {1}};
    CHECK_OK(kro_dispatch(stream, e->by_address, &args));
    b->everything = b->exit = true;
    model_operation(b);
}

static void record_barrier(kt_test *t, kro_stream *stream, batch *b)
{
    CHECK_OK(kro_barrier(stream));
    if (b->operations > 0)
        b->trailing = true;
    else
        b->leading = true;
}

// Half of what is used in flight is seen by nobody, so that conflicts last.
static void see_a_fence(kt_test *t, ends *e)
{
    kro_fence fence = e->fences[kt_random_below(t, FENCES)];
    if (kt_random_below(t, 2))
        CHECK_OK(kro_wait(e->it.ctx, fence, UINT64_MAX));
    else
        CHECK_OK(kro_poll(e->it.ctx, fence));
    if (fence.queue > 0)
        model_seen(e, (uint32_t)fence.queue - 1, fence.value);
}

// kro_buffer_read or kro_buffer_write: submits the default stream, sees every use of the buffer
// complete, and copies through the first queue where the host has no way of its own.
static void access_blocking(kt_test *t, ends *e)
{
    uint32_t buffer = (uint32_t)kt_random_below(t, BUFFERS);
    uint64_t begin = kt_random_below(t, BYTES), size = 1 + kt_random_below(t, BYTES - begin);
    bool writes = kt_random_below(t, 2) == 0;
    if (writes)
        CHECK_OK(kro_buffer_write(e->buffers[buffer], begin, e->bytes, size));
    else
        CHECK_OK(kro_buffer_read(e->buffers[buffer], begin, e->bytes, size));
    model_flush(e, 0);
    for (uint32_t i = 0; i < QUEUES; i++)
        model_seen(e, i, e->queues[i].last_use[buffer]);
    if (buffer == READBACK || (buffer == UPLOAD && writes))
        return;
    batch copy = {.exit = !writes};
    model_use(&copy, buffer, begin, begin + size, writes);
    model_submit(e, 0, &copy, false);
    model_seen(e, 0, e->queues[0].last);
}

static void launch_graph(kt_test *t, ends *e, uint32_t stream)
{
    const uint32_t i = (uint32_t)kt_random_below(t, GRAPHS);
    const batch *graph = &e->captured[i];
    CHECK_OK(kro_graph_launch(e->graphs[i], e->streams[stream], NULL));
    model_flush(e, stream);
    model_submit(e, queue_of(stream), graph, e->open[stream].leading || graph->leading);
    e->open[stream].leading = graph->trailing;
}

static void submit(kt_test *t, ends *e, uint32_t stream)
{
    CHECK_OK(kro_submit(e->streams[stream], &e->fences[kt_random_below(t, FENCES)]));
    model_flush(e, stream);
}

static void finish(kt_test *t, ends *e, uint32_t stream)
{
    kro_fence fence;
    CHECK_OK(kro_submit(e->streams[stream], &fence));
    CHECK_OK(kro_finish(e->streams[stream]));
    model_flush(e, stream);
    model_seen(e, queue_of(stream), fence.value);
}

// On its own queue a wait changes nothing; for another one it ends the open batch.
static void wait_on_device(kt_test *t, ends *e, uint32_t stream)
{
    const kro_fence fence = e->fences[kt_random_below(t, FENCES)];
    CHECK_OK(kro_stream_wait(e->streams[stream], fence));
    if (fence.queue > 0 && fence.queue - 1 != queue_of(stream) &&
        fence.value > e->queues[fence.queue - 1].retired)
        model_flush(e, stream);
}

static void take_step(kt_test *t, ends *e)
{
    const uint32_t s = (uint32_t)kt_random_below(t, STREAMS);
    const uint64_t step = kt_random_below(t, 100);
    if (step < 30)
        record_copy(t, e, e->streams[s], &e->open[s]);
    else if (step < 40)
        record_transfer(t, e, e->streams[s], &e->open[s]);
    else if (step < 42)
        record_everything(t, e, e->streams[s], &e->open[s]);
    else if (step < 46)
        record_barrier(t, e->streams[s], &e->open[s]);
    else if (step < 80)
        submit(t, e, s);
    else if (step < 85)
        see_a_fence(t, e);
    else if (step < 88)
        finish(t, e, s);
    else if (step < 91)
        access_blocking(t, e);
    else if (step < 97)
        launch_graph(t, e, s);
    else
        wait_on_device(t, e, s);
}

static void release_graph(void *graph)
{
    kro_graph_destroy(graph);
}

// The first graph is a copy, the second two of them between barriers.
static void capture(kt_test *t, ends *e, uint32_t i)
{
    kro_stream *stream = e->streams[1];
    CHECK_OK(kro_graph_begin(stream, NULL));
    if (i > 0)
        record_barrier(t, stream, &e->captured[i]);
    record_copy(t, e, stream, &e->captured[i]);
    if (i > 0) {
        record_copy(t, e, stream, &e->captured[i]);
        record_barrier(t, stream, &e->captured[i]);
    }
    if (CHECK_OK(kro_graph_end(stream, &e->graphs[i])))
        kt_defer(t, release_graph, e->graphs[i]);
}

static ends *ends_create(kt_test *t)
{
    static const kro_memory memories[BUFFERS] = {
        [READBACK] = KRO_MEMORY_READBACK, [UPLOAD] = KRO_MEMORY_UPLOAD};
    ends *e = kt_alloc(t, sizeof *e);
    memset(e, 0, sizeof *e);
    e->it = bench_create(t, &(kro_context_config){.queues = QUEUES});
    e->streams[0] = kro_context_stream(e->it.ctx);
    e->streams[1] = e->it.stream;
    e->streams[2] = kt_stream_in(t, e->it.ctx, &(kro_stream_config){.queue = 1});
    e->by_address = kt_pipeline_in(t, e->it.ctx, "add_by_address", NULL);
    for (uint32_t i = 0; i < BUFFERS; i++)
        e->buffers[i] = kt_buffer_in(
            t, e->it.ctx, &(kro_buffer_config){.size_bytes = BYTES, .memory = memories[i]});
    for (uint32_t i = 0; i < GRAPHS; i++)
        capture(t, e, i);
    return e;
}

TEST(barriers_at_the_ends_agree_with_a_model)
{
    enum { PROGRAMS = 200, STEPS = 500 };
    uint64_t submits = 0, entries = 0, exits = 0;
    for (uint32_t program = 0; program < PROGRAMS; program++) {
        ends *e = ends_create(t);
        const fake_device *device = e->it.device;
        for (uint32_t step = 0; step < STEPS; step++) {
            take_step(t, e);
            if (CHECK_EQ_U64(device->submit_count, e->submits) &&
                CHECK_EQ_U64(device->entry_barriers, e->entries) &&
                CHECK_EQ_U64(device->exit_barriers, e->exits))
                continue;
            LOGF(t, "program %u, step %u", program, step);
            return;
        }
        submits += e->submits;
        entries += e->entries;
        exits += e->exits;
    }
    LOGF(t, "%u submits, %u entry and %u exit barriers", (unsigned)submits, (unsigned)entries,
         (unsigned)exits);
    CHECK(entries > submits / 10 && entries < submits - submits / 10);
    CHECK(exits > submits / 10 && exits < submits - submits / 10);
}
