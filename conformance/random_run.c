#include "random_run.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { DIFFERENCE_BYTES = 96, GROUPS_BYTES = 12, LOCAL_SIZE = 64, WORD = 4 };

// A fence that one stream's thread publishes for others.
typedef struct slot {
    bool posted;
    kro_fence fence;
} slot;

typedef struct run {
    kt_test *t;
    const random_kernels *kernels;
    const random_program *program;
    kro_stream *streams[RANDOM_MAX_STREAMS];
    kro_buffer *buffers[RANDOM_MAX_BUFFERS];
    bool captures[RANDOM_MAX_STREAMS]; // the stream captures a graph
    kro_buffer *groups; // workgroup counts of indirect dispatches: 12 bytes for 1, 2, 3 … groups
    slot slots[RANDOM_MAX_SLOTS];
    pthread_mutex_t lock;
    pthread_cond_t posted;
    uint8_t results[RANDOM_DATA_BYTES];
} run;

typedef struct stream_thread {
    run *run;
    uint32_t stream;
    bool graphs;
} stream_thread;

random_kernels random_kernels_create(kt_test *t, kro_context *ctx)
{
    return (random_kernels){
        .ctx = ctx,
        .affine = kt_pipeline_in(t, ctx, "affine_words", NULL),
        .xor_reversed = kt_pipeline_in(t, ctx, "xor_reversed", NULL),
        .add_scaled = kt_pipeline_in(t, ctx, "add_scaled_words", NULL),
        .add_atomic = kt_pipeline_in(t, ctx, "add_words_atomically", NULL),
    };
}

static kro_pipeline *kernel_of(const random_kernels *kernels, random_kind kind)
{
    switch (kind) {
    case RANDOM_AFFINE:
        return kernels->affine;
    case RANDOM_XOR_REVERSED:
        return kernels->xor_reversed;
    case RANDOM_ADD_SCALED:
        return kernels->add_scaled;
    default:
        return kernels->add_atomic;
    }
}

static kro_status run_dispatch(run *r, const random_op *op)
{
    const uint32_t count = op->ranges[0].size_bytes / WORD;
    const uint32_t push[3] = {count, op->factor, op->addend};
    kro_binding bindings[RANDOM_MAX_RANGES];
    for (uint32_t i = 0; i < op->range_count; i++)
        bindings[i] = (kro_binding){
            .buffer = r->buffers[op->ranges[i].buffer],
            .offset_bytes = op->ranges[i].offset_bytes,
            .size_bytes = op->ranges[i].size_bytes,
            .binding = i,
        };
    kro_dispatch_args args = {
        .bindings = bindings,
        .binding_count = op->range_count,
        .push = push,
        .push_bytes = sizeof push,
        .independent = op->independent,
    };
    kro_pipeline *kernel = kernel_of(r->kernels, op->kind);
    if (!op->indirect) {
        args.threads[0] = count;
        return kro_dispatch(r->streams[op->stream], kernel, &args);
    }
    uint32_t groups = (count + LOCAL_SIZE - 1) / LOCAL_SIZE;
    return kro_dispatch_indirect(r->streams[op->stream], kernel, &args, r->groups,
                                 (uint64_t)(groups - 1) * GROUPS_BYTES);
}

static kro_status run_post(run *r, const random_op *op)
{
    kro_fence fence;
    kro_status status = kro_submit(r->streams[op->stream], &fence);
    pthread_mutex_lock(&r->lock);
    r->slots[op->slot] = (slot){.posted = true, .fence = fence};
    pthread_cond_broadcast(&r->posted);
    pthread_mutex_unlock(&r->lock);
    return status;
}

static kro_status run_await(run *r, const random_op *op)
{
    pthread_mutex_lock(&r->lock);
    while (!r->slots[op->slot].posted)
        pthread_cond_wait(&r->posted, &r->lock);
    kro_fence fence = r->slots[op->slot].fence;
    pthread_mutex_unlock(&r->lock);
    return kro_stream_wait(r->streams[op->stream], fence);
}

static kro_status run_op(run *r, const random_op *op)
{
    const random_program *p = r->program;
    kro_stream *stream = r->streams[op->stream];
    const random_range *first = &op->ranges[0], *second = &op->ranges[1];
    kro_buffer *buffer = r->buffers[first->buffer];
    switch (op->kind) {
    case RANDOM_AFFINE:
    case RANDOM_XOR_REVERSED:
    case RANDOM_ADD_SCALED:
    case RANDOM_ADD_ATOMIC:
        return run_dispatch(r, op);
    case RANDOM_COPY:
        return kro_copy(stream, r->buffers[second->buffer], second->offset_bytes, buffer,
                        first->offset_bytes, first->size_bytes);
    case RANDOM_FILL:
        return kro_fill(stream, buffer, first->offset_bytes, first->size_bytes, op->factor);
    case RANDOM_WRITE:
        return kro_write(stream, buffer, first->offset_bytes, p->data + op->data,
                         first->size_bytes);
    case RANDOM_READ:
        return kro_read(stream, buffer, first->offset_bytes, r->results + op->data,
                        first->size_bytes);
    case RANDOM_HOST_WRITE:
        return kro_buffer_write(buffer, first->offset_bytes, p->data + op->data, first->size_bytes);
    case RANDOM_HOST_READ:
        return kro_buffer_read(buffer, first->offset_bytes, r->results + op->data,
                               first->size_bytes);
    case RANDOM_BARRIER:
        return kro_barrier(stream);
    case RANDOM_SUBMIT:
        return kro_submit(stream, NULL);
    case RANDOM_FINISH:
        return kro_finish(stream);
    case RANDOM_POST:
        return run_post(r, op);
    case RANDOM_AWAIT:
        return run_await(r, op);
    }
    return KRO_OK;
}

// Whether a graph can hold an operation.
static bool may_be_captured(random_kind kind)
{
    return kind <= RANDOM_FILL || kind == RANDOM_BARRIER;
}

// Launches what a stream has captured; the graph goes while it runs.
static kro_status launch_captured(run *r, uint32_t stream)
{
    kro_graph *graph = NULL;
    if (!r->captures[stream])
        return KRO_OK;
    r->captures[stream] = false;
    kro_status status = kro_graph_end(r->streams[stream], &graph);
    if (status >= 0)
        status = kro_graph_launch(graph, r->streams[stream], NULL);
    kro_graph_destroy(graph);
    return status;
}

// Captures what a graph can hold, and launches it before everything else.
static kro_status run_in_graphs(run *r, const random_op *op)
{
    kro_status status = KRO_OK;
    if (!may_be_captured(op->kind))
        status = launch_captured(r, op->stream);
    else if (!r->captures[op->stream])
        status = kro_graph_begin(r->streams[op->stream], NULL);
    r->captures[op->stream] = status >= 0 && may_be_captured(op->kind);
    return status < 0 ? status : run_op(r, op);
}

// Runs the operations of one stream, or of all (RANDOM_MAX_STREAMS). A failed call does not end the
// run: other threads may wait for what comes after it.
static void run_stream(run *r, uint32_t stream, bool graphs)
{
    kt_test *t = r->t;
    for (uint32_t i = 0; i < r->program->op_count; i++) {
        const random_op *op = &r->program->ops[i];
        if (stream != RANDOM_MAX_STREAMS && op->stream != stream)
            continue;
        if (!CHECK_OK(graphs ? run_in_graphs(r, op) : run_op(r, op)))
            LOGF(t, "operation %u of random program %llu", i, (unsigned long long)r->program->seed);
    }
}

static void *thread_main(void *argument)
{
    const stream_thread *thread = argument;
    run_stream(thread->run, thread->stream, thread->graphs);
    return NULL;
}

static void run_threads(run *r, bool graphs)
{
    kt_test *t = r->t;
    pthread_t handles[RANDOM_MAX_STREAMS];
    stream_thread threads[RANDOM_MAX_STREAMS];
    uint32_t started = 0;
    for (; started < r->program->stream_count; started++) {
        threads[started] = (stream_thread){r, started, graphs};
        if (!CHECK(pthread_create(&handles[started], NULL, thread_main, &threads[started]) == 0))
            break;
    }
    for (uint32_t i = 0; i < started; i++)
        pthread_join(handles[i], NULL);
}

static void set_up(run *r)
{
    const random_program *p = r->program;
    kro_context *ctx = r->kernels->ctx;
    uint32_t queues = kro_context_info(ctx)->queue_count;
    uint32_t groups[RANDOM_MAX_BYTES / WORD / LOCAL_SIZE + 1][3];
    enum { GROUP_ROWS = sizeof groups / sizeof *groups };
    for (uint32_t i = 0; i < GROUP_ROWS; i++) {
        groups[i][0] = i + 1;
        groups[i][1] = groups[i][2] = 1;
    }
    r->groups = kt_buffer_in(
        r->t, ctx,
        &(kro_buffer_config){.size_bytes = sizeof groups, .data = groups, .label = "groups"});
    for (uint32_t b = 0; b < p->buffer_count; b++) {
        char label[] = {(char)('a' + b), '\0'};
        r->buffers[b] = kt_buffer_in(r->t, ctx,
                                     &(kro_buffer_config){.size_bytes = p->sizes[b],
                                                          .memory = (kro_memory)p->memory[b],
                                                          .data = p->initial[b],
                                                          .label = label});
    }
    for (uint32_t s = 0; s < p->stream_count; s++)
        r->streams[s] = kt_stream_in(
            r->t, ctx, &(kro_stream_config){.queue = s % queues, .batch_nodes = p->batch_nodes[s]});
}

static void tear_down(run *r)
{
    for (uint32_t s = 0; s < r->program->stream_count; s++)
        kt_release(r->t, r->streams[s]);
    for (uint32_t b = 0; b < r->program->buffer_count; b++)
        kt_release(r->t, r->buffers[b]);
    kt_release(r->t, r->groups);
}

static bool equal(const run *r, const char *what, uint32_t index, const uint8_t *actual,
                  const uint8_t *expected, uint32_t size_bytes, char *difference)
{
    for (uint32_t i = 0; i < size_bytes; i++) {
        if (actual[i] == expected[i])
            continue;
        snprintf(difference, DIFFERENCE_BYTES, "program %llu: %s %u, byte %u is %02x, not %02x",
                 (unsigned long long)r->program->seed, what, index, i, actual[i], expected[i]);
        return false;
    }
    return true;
}

static bool compare(run *r, char *difference)
{
    kt_test *t = r->t;
    const random_program *p = r->program;
    uint8_t bytes[RANDOM_MAX_BYTES];
    for (uint32_t s = 0; s < p->stream_count; s++) {
        CHECK_OK(launch_captured(r, s));
        CHECK_OK(kro_finish(r->streams[s]));
    }
    for (uint32_t b = 0; b < p->buffer_count; b++) {
        CHECK_OK(kro_buffer_read(r->buffers[b], 0, bytes, p->sizes[b]));
        if (!equal(r, "buffer", b, bytes, p->expected[b], p->sizes[b], difference))
            return false;
    }
    return equal(r, "result", 0, r->results, p->expected_results, p->result_bytes, difference);
}

static run *open_run(kt_test *t, const random_kernels *kernels, const random_program *program)
{
    run *r = kt_alloc(t, sizeof *r);
    r->t = t;
    r->kernels = kernels;
    r->program = program;
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->posted, NULL);
    set_up(r);
    return r;
}

static void close_run(run *r)
{
    tear_down(r);
    pthread_cond_destroy(&r->posted);
    pthread_mutex_destroy(&r->lock);
    kt_release(r->t, r);
}

bool random_run(kt_test *t, const random_kernels *kernels, const random_program *program,
                random_options options, char *difference)
{
    run *r = open_run(t, kernels, program);
    if (options.threads)
        run_threads(r, options.graphs);
    else
        run_stream(r, RANDOM_MAX_STREAMS, options.graphs);
    char nowhere[DIFFERENCE_BYTES];
    bool same = compare(r, options.compare_nothing ? nowhere : difference);
    close_run(r);
    return same || options.compare_nothing;
}

// What a graph can hold of a program, on its first stream. Nobody's word is good here that
// operations share nothing: what stood between them is gone.
static void run_captured(run *r)
{
    kt_test *t = r->t;
    for (uint32_t i = 0; i < r->program->op_count; i++) {
        random_op op = r->program->ops[i];
        op.stream = 0;
        op.independent = false;
        if (may_be_captured(op.kind) && !CHECK_OK(run_op(r, &op)))
            LOGF(t, "operation %u of random program %llu", i, (unsigned long long)r->program->seed);
    }
}

static void launch_times(run *r, uint32_t times)
{
    kt_test *t = r->t;
    kro_graph *graph = NULL;
    CHECK_OK(kro_graph_begin(r->streams[0], NULL));
    run_captured(r);
    CHECK_OK(kro_graph_end(r->streams[0], &graph));
    for (uint32_t i = 0; i < times; i++)
        CHECK_OK(kro_graph_launch(graph, r->streams[0], NULL));
    CHECK_OK(kro_finish(r->streams[0]));
    kro_graph_destroy(graph);
}

bool random_run_launched(kt_test *t, const random_kernels *kernels, const random_program *program,
                         uint32_t times, char *difference)
{
    run *graph = open_run(t, kernels, program), *stream = open_run(t, kernels, program);
    uint8_t actual[RANDOM_MAX_BYTES], expected[RANDOM_MAX_BYTES];
    bool same = true;
    launch_times(graph, times);
    for (uint32_t i = 0; i < times; i++) {
        run_captured(stream);
        CHECK_OK(kro_finish(stream->streams[0]));
    }
    for (uint32_t b = 0; b < program->buffer_count && same; b++) {
        const uint32_t size_bytes = program->sizes[b];
        CHECK_OK(kro_buffer_read(graph->buffers[b], 0, actual, size_bytes));
        CHECK_OK(kro_buffer_read(stream->buffers[b], 0, expected, size_bytes));
        same = equal(graph, "launched buffer", b, actual, expected, size_bytes, difference);
    }
    close_run(stream);
    close_run(graph);
    return same;
}
