// The order of operations within a level: by pipeline, then by binding, both in the order in which
// they were first seen. Where objects lie in memory decides nothing.
#include "bench.h"

#include <stdlib.h>
#include <string.h>

// Long levels, and then short ones.
enum { PIPELINES = 6, BUFFERS = 6, COUNT = 2000, LONG = 500, SHORT = 20 };
enum { LONG_LEVELS = COUNT / 2 / LONG, LEVELS = LONG_LEVELS + COUNT / 2 / SHORT };

// A dispatch, or a copy, which comes before all of them.
typedef struct operation {
    uint32_t index, level;
    uint32_t pipeline; // from 1; 0: a copy
    uint32_t buffer;
} operation;

typedef struct program {
    operation operations[COUNT];
} program;

// What was recorded, in its order.
typedef struct recording {
    uint32_t order[COUNT], binding_ids[COUNT];
    const void *kernels[PIPELINES]; // where they lie
} recording;

static program *program_create(kt_test *t)
{
    program *p = kt_alloc(t, sizeof *p);
    for (uint32_t i = 0; i < COUNT; i++)
        p->operations[i] = (operation){
            .index = i,
            .level = i < COUNT / 2 ? i / LONG : LONG_LEVELS + (i - COUNT / 2) / SHORT,
            .pipeline = (uint32_t)kt_random_below(t, PIPELINES + 1),
            .buffer = (uint32_t)kt_random_below(t, BUFFERS),
        };
    return p;
}

static int compare_u32(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

// `buffer` holds the binding id here.
static int compare(const void *left, const void *right)
{
    const operation *a = left, *b = right;
    if (a->level != b->level)
        return compare_u32(a->level, b->level);
    if (a->pipeline != b->pipeline)
        return compare_u32(a->pipeline, b->pipeline);
    if (a->buffer != b->buffer)
        return compare_u32(a->buffer, b->buffer);
    return compare_u32(a->index, b->index);
}

// Binding ids count up as arguments are first seen: here one for each buffer and each of the two
// kinds of kernel.
static void expect(kt_test *t, const program *p, recording *out)
{
    operation *sorted = kt_alloc(t, sizeof p->operations);
    uint32_t seen[2][BUFFERS] = {{0}}, count = 0;
    memcpy(sorted, p->operations, sizeof p->operations);
    for (uint32_t i = 0; i < COUNT; i++) {
        uint32_t *id = &seen[sorted[i].pipeline % 2][sorted[i].buffer];
        if (sorted[i].pipeline > 0 && *id == 0)
            *id = ++count;
        sorted[i].buffer = sorted[i].pipeline > 0 ? *id : 0;
    }
    qsort(sorted, COUNT, sizeof *sorted, compare);
    for (uint32_t i = 0; i < COUNT; i++) {
        out->order[i] = sorted[i].index;
        out->binding_ids[i] = sorted[i].buffer;
    }
}

// Even pipelines have one binding, odd ones three.
static kro_status dispatch(const bench *it, kro_pipeline *kernel, kro_buffer *buffer, bool is_odd)
{
    const uint32_t push[3] = {0};
    kro_dispatch_args args = {.buffers = {buffer},
                              .push = push,
                              .push_bytes = sizeof push,
                              .groups = {1},
                              .independent = true};
    if (is_odd)
        args.buffers[1] = args.buffers[2] = buffer;
    return kro_dispatch(it->stream, kernel, &args);
}

static void create_pipelines(kt_test *t, const bench *it, kro_pipeline **pipelines)
{
    for (uint32_t i = 0; i < PIPELINES; i++)
        pipelines[i] =
            kt_pipeline_in(t, it->ctx, i % 2 ? "affine_words" : "add_scaled_words", NULL);
}

// Runs a program on objects of its own. With `holes` the heap is given back others before, so that
// the new ones lie elsewhere.
static void run(kt_test *t, const program *p, bool holes, recording *out)
{
    bench it = bench_create(t, NULL);
    kro_pipeline *pipelines[PIPELINES];
    kro_buffer *buffers[BUFFERS];
    it.device->runs_nothing = true;
    if (holes) {
        create_pipelines(t, &it, pipelines);
        for (uint32_t i = 0; i < PIPELINES; i++)
            kt_release(t, pipelines[i]);
    }
    create_pipelines(t, &it, pipelines);
    for (uint32_t i = 0; i < BUFFERS; i++)
        buffers[i] = bench_buffer(t, it.ctx, KRO_MEMORY_DEVICE, "");
    for (uint32_t i = 0; i < COUNT; i++) {
        const operation *op = &p->operations[i];
        if (i > 0 && op->level > op[-1].level)
            CHECK_OK(kro_barrier(it.stream));
        // A copy that conflicts with nothing of its level.
        CHECK_OK(op->pipeline > 0 ? dispatch(&it, pipelines[op->pipeline - 1], buffers[op->buffer],
                                             op->pipeline % 2)
                                  : kro_copy(it.stream, it.b, i, it.a, 0, 1));
    }
    CHECK_OK(kro_submit(it.stream, NULL));
    const fake_submit *last = &it.device->last;
    if (!CHECK_EQ_U64(last->node_count, COUNT) || !CHECK_EQ_U64(last->barrier_count, LEVELS - 1))
        return;
    for (uint32_t i = 0; i < COUNT; i++) {
        out->order[i] = last->order[i];
        out->binding_ids[i] = last->nodes[i].binding_id;
        const operation *op = &p->operations[last->order[i]];
        if (op->pipeline > 0)
            out->kernels[op->pipeline - 1] = last->nodes[i].dispatch.kernel;
    }
}

TEST(ids_order_a_level)
{
    const program *p = program_create(t);
    recording *actual = kt_alloc(t, sizeof *actual), *expected = kt_alloc(t, sizeof *expected);
    expect(t, p, expected);
    run(t, p, false, actual);
    CHECK_U32S(actual->order, expected->order, COUNT);
    CHECK_U32S(actual->binding_ids, expected->binding_ids, COUNT);
}

// How many pairs of kernels lie in the order in which they were made.
static uint32_t pairs_in_order(const recording *r)
{
    uint32_t pairs = 0;
    for (uint32_t i = 0; i < PIPELINES; i++)
        for (uint32_t k = 0; k < i; k++)
            pairs += (uintptr_t)r->kernels[k] < (uintptr_t)r->kernels[i];
    return pairs;
}

TEST(the_heap_orders_nothing)
{
    const program *p = program_create(t);
    recording *first = kt_alloc(t, sizeof *first), *second = kt_alloc(t, sizeof *second);
    run(t, p, false, first);
    run(t, p, true, second);
    CHECK_U32S(second->order, first->order, COUNT);
    CHECK_U32S(second->binding_ids, first->binding_ids, COUNT);
    if (pairs_in_order(first) == pairs_in_order(second)) // such as one that checks addresses
        SKIP(t, "this heap gives each program the same layout");
}
