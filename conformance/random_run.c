#include "random_run.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

// A graph that a stream captures.
typedef struct capture {
    bool open;
    uint32_t node_count;
    const random_op *updates[RANDOM_MAX_OPS]; // by node: what it is to become; NULL: what it is
} capture;

typedef struct run {
    random_bench *bench;
    capture captures[RANDOM_MAX_STREAMS];
} run;

typedef struct stream_thread {
    run *run;
    uint32_t stream;
    random_options options;
} stream_thread;

// Whether a graph can hold an operation.
static bool may_be_captured(random_kind kind)
{
    return kind <= RANDOM_FILL || kind == RANDOM_BARRIER;
}

// Gives a node of a graph the arguments of an operation.
static kro_status update_node(const random_bench *bench, kro_graph *graph, uint32_t node,
                              const random_op *op)
{
    random_dispatch made;
    random_dispatch_make(bench, op, &made);
    return kro_graph_update(graph, node, &made.args);
}

// Launches what a stream has captured, after all updates; the graph goes while it runs.
static kro_status launch_captured(run *r, uint32_t stream)
{
    capture *c = &r->captures[stream];
    kro_graph *graph = NULL;
    if (!c->open)
        return KRO_OK;
    c->open = false;
    kro_status status = kro_graph_end(r->bench->streams[stream], &graph);
    for (uint32_t i = 0; status >= 0 && i < c->node_count; i++)
        if (c->updates[i])
            status = update_node(r->bench, graph, i, c->updates[i]);
    if (status >= 0)
        status = kro_graph_launch(graph, r->bench->streams[stream], NULL);
    kro_graph_destroy(graph);
    return status;
}

// Whether a node can be given any other arguments: the groups of an indirect dispatch stay.
static bool may_be_updated(const random_op *op)
{
    return random_op_is_dispatch(op) && !op->indirect;
}

// Captures an operation; with `updates`, half of the dispatches as something else at first.
static kro_status run_captured_op(run *r, const random_op *op, bool updates)
{
    capture *c = &r->captures[op->stream];
    random_op other = *op;
    if (op->kind == RANDOM_BARRIER)
        return random_op_run(r->bench, op);
    const uint32_t node = c->node_count++;
    c->updates[node] = updates && may_be_updated(op) && op->factor & 2 ? op : NULL;
    if (c->updates[node])
        random_op_redraw(r->bench->program, &other, op->factor);
    // Beside what others are at first it may be dependent; the update gives its word back.
    if (updates)
        other.independent = false;
    return random_op_run(r->bench, &other);
}

// Captures what a graph can hold, and launches it before everything else.
static kro_status run_in_graphs(run *r, const random_op *op, bool updates)
{
    capture *c = &r->captures[op->stream];
    kro_status status = KRO_OK;
    if (!may_be_captured(op->kind)) {
        status = launch_captured(r, op->stream);
        return status < 0 ? status : random_op_run(r->bench, op);
    }
    if (!c->open)
        status = kro_graph_begin(r->bench->streams[op->stream], NULL);
    if (status < 0)
        return status;
    c->node_count = c->open ? c->node_count : 0;
    c->open = true;
    return run_captured_op(r, op, updates);
}

// Runs the operations of one stream, or of all (RANDOM_MAX_STREAMS). A failed call does not end the
// run: other threads may wait for what comes after it.
static void run_stream(run *r, uint32_t stream, random_options options)
{
    kt_test *t = r->bench->t;
    for (uint32_t i = 0; i < r->bench->program->op_count; i++) {
        const random_op *op = &r->bench->program->ops[i];
        if (stream != RANDOM_MAX_STREAMS && op->stream != stream)
            continue;
        if (!CHECK_OK(options.graphs ? run_in_graphs(r, op, options.updates)
                                     : random_op_run(r->bench, op)))
            LOGF(t, "operation %u of random program %llu", i,
                 (unsigned long long)r->bench->program->seed);
    }
}

static void *thread_main(void *argument)
{
    const stream_thread *thread = argument;
    run_stream(thread->run, thread->stream, thread->options);
    return NULL;
}

static void run_threads(run *r, random_options options)
{
    kt_test *t = r->bench->t;
    pthread_t handles[RANDOM_MAX_STREAMS];
    stream_thread threads[RANDOM_MAX_STREAMS];
    uint32_t started = 0;
    for (; started < r->bench->program->stream_count; started++) {
        threads[started] = (stream_thread){r, started, options};
        if (!CHECK(pthread_create(&handles[started], NULL, thread_main, &threads[started]) == 0))
            break;
    }
    for (uint32_t i = 0; i < started; i++)
        pthread_join(handles[i], NULL);
}

static bool compare(run *r, char *difference)
{
    kt_test *t = r->bench->t;
    const random_program *p = r->bench->program;
    uint8_t bytes[RANDOM_MAX_BYTES];
    for (uint32_t s = 0; s < p->stream_count; s++) {
        CHECK_OK(launch_captured(r, s));
        CHECK_OK(kro_finish(r->bench->streams[s]));
    }
    for (uint32_t b = 0; b < p->buffer_count; b++) {
        CHECK_OK(kro_buffer_read(r->bench->buffers[b], 0, bytes, p->sizes[b]));
        if (!random_bytes_equal(p, "buffer", b, bytes, p->expected[b], p->sizes[b], difference))
            return false;
    }
    return random_bytes_equal(p, "result", 0, r->bench->results, p->expected_results,
                              p->result_bytes, difference);
}

bool random_run(kt_test *t, const random_kernels *kernels, const random_program *program,
                random_options options, char *difference)
{
    run r = {.bench = random_bench_create(t, kernels, program)};
    if (options.threads)
        run_threads(&r, options);
    else
        run_stream(&r, RANDOM_MAX_STREAMS, options);
    char nowhere[RANDOM_DIFFERENCE_BYTES];
    bool same = compare(&r, options.compare_nothing ? nowhere : difference);
    random_bench_release(r.bench);
    return same || options.compare_nothing;
}

// What a graph can hold of a program, for its first stream. Nobody's word is good here that
// operations share nothing: what stood between them is gone. Returns how many there are.
static uint32_t keep_captured(const random_program *program, random_op *ops)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < program->op_count; i++) {
        if (!may_be_captured(program->ops[i].kind))
            continue;
        ops[count] = program->ops[i];
        ops[count].stream = 0;
        ops[count++].independent = false;
    }
    return count;
}

static void run_ops(random_bench *bench, const random_op *ops, uint32_t count)
{
    kt_test *t = bench->t;
    for (uint32_t i = 0; i < count; i++)
        if (!CHECK_OK(random_op_run(bench, &ops[i])))
            LOGF(t, "operation %u of random program %llu", i,
                 (unsigned long long)bench->program->seed);
}

// Draws other arguments for some of the dispatches and gives them to their nodes.
static void update_some(random_bench *bench, kro_graph *graph, random_op *ops, uint32_t count,
                        uint32_t round)
{
    kt_test *t = bench->t;
    uint32_t node = 0;
    for (uint32_t i = 0; i < count; i++) {
        // Drawn factors are odd; what is above their lowest bit is as good as any random number.
        if (may_be_updated(&ops[i]) && (ops[i].factor >> 1) % 3 == 0) {
            random_op_redraw(bench->program, &ops[i], bench->program->seed + 1000ull * round + i);
            CHECK_OK(update_node(bench, graph, node, &ops[i]));
        }
        node += ops[i].kind != RANDOM_BARRIER;
    }
}

bool random_run_launched(kt_test *t, const random_kernels *kernels, const random_program *program,
                         random_launches launches, char *difference)
{
    random_bench *launched = random_bench_create(t, kernels, program);
    random_bench *stream = random_bench_create(t, kernels, program);
    random_op *ops = kt_alloc(t, sizeof program->ops);
    const uint32_t count = keep_captured(program, ops);
    kro_graph *graph = NULL;
    CHECK_OK(kro_graph_begin(launched->streams[0], NULL));
    run_ops(launched, ops, count);
    CHECK_OK(kro_graph_end(launched->streams[0], &graph));
    for (uint32_t round = 0; round < launches.times; round++) {
        if (launches.updates && round > 0)
            update_some(launched, graph, ops, count, round);
        CHECK_OK(kro_graph_launch(graph, launched->streams[0], NULL));
        run_ops(stream, ops, count);
        CHECK_OK(kro_finish(stream->streams[0]));
    }
    CHECK_OK(kro_finish(launched->streams[0]));
    kro_graph_destroy(graph);
    uint8_t actual[RANDOM_MAX_BYTES], expected[RANDOM_MAX_BYTES];
    bool same = true;
    for (uint32_t b = 0; b < program->buffer_count && same; b++) {
        const uint32_t size_bytes = program->sizes[b];
        CHECK_OK(kro_buffer_read(launched->buffers[b], 0, actual, size_bytes));
        CHECK_OK(kro_buffer_read(stream->buffers[b], 0, expected, size_bytes));
        same = random_bytes_equal(program, "launched buffer", b, actual, expected, size_bytes,
                                  difference);
    }
    kt_release(t, ops);
    random_bench_release(stream);
    random_bench_release(launched);
    return same;
}
