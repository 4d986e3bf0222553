#include "random_ops.h"

#include <stdio.h>
#include <string.h>

enum { GROUPS_BYTES = 12, LOCAL_SIZE = 64, WORD = 4 };

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

void random_dispatch_make(const random_bench *bench, const random_op *op, random_dispatch *out)
{
    const uint32_t count = op->ranges[0].size_bytes / WORD;
    out->push[0] = count;
    out->push[1] = op->factor;
    out->push[2] = op->addend;
    for (uint32_t i = 0; i < op->range_count; i++)
        out->bindings[i] = (kro_binding){
            .buffer = bench->buffers[op->ranges[i].buffer],
            .offset_bytes = op->ranges[i].offset_bytes,
            .size_bytes = op->ranges[i].size_bytes,
            .binding = i,
        };
    out->args = (kro_dispatch_args){
        .bindings = out->bindings,
        .binding_count = op->range_count,
        .push = out->push,
        .push_bytes = sizeof out->push,
        .threads = {op->indirect ? 0 : count},
        .independent = op->independent,
    };
    out->groups = (count + LOCAL_SIZE - 1) / LOCAL_SIZE;
}

static kro_status run_dispatch(random_bench *bench, const random_op *op)
{
    random_dispatch made;
    random_dispatch_make(bench, op, &made);
    kro_pipeline *kernel = kernel_of(bench->kernels, op->kind);
    return op->indirect
               ? kro_dispatch_indirect(bench->streams[op->stream], kernel, &made.args,
                                       bench->groups, (uint64_t)(made.groups - 1) * GROUPS_BYTES)
               : kro_dispatch(bench->streams[op->stream], kernel, &made.args);
}

static kro_status run_post(random_bench *bench, const random_op *op)
{
    kro_fence fence;
    kro_status status = kro_submit(bench->streams[op->stream], &fence);
    pthread_mutex_lock(&bench->lock);
    bench->slots[op->slot] = (random_slot){.posted = true, .fence = fence};
    pthread_cond_broadcast(&bench->posted);
    pthread_mutex_unlock(&bench->lock);
    return status;
}

static kro_status run_await(random_bench *bench, const random_op *op)
{
    pthread_mutex_lock(&bench->lock);
    while (!bench->slots[op->slot].posted)
        pthread_cond_wait(&bench->posted, &bench->lock);
    kro_fence fence = bench->slots[op->slot].fence;
    pthread_mutex_unlock(&bench->lock);
    return kro_stream_wait(bench->streams[op->stream], fence);
}

kro_status random_op_run(random_bench *bench, const random_op *op)
{
    const random_program *p = bench->program;
    kro_stream *stream = bench->streams[op->stream];
    const random_range *first = &op->ranges[0], *second = &op->ranges[1];
    kro_buffer *buffer = bench->buffers[first->buffer];
    switch (op->kind) {
    case RANDOM_AFFINE:
    case RANDOM_XOR_REVERSED:
    case RANDOM_ADD_SCALED:
    case RANDOM_ADD_ATOMIC:
        return run_dispatch(bench, op);
    case RANDOM_COPY:
        return kro_copy(stream, bench->buffers[second->buffer], second->offset_bytes, buffer,
                        first->offset_bytes, first->size_bytes);
    case RANDOM_FILL:
        return kro_fill(stream, buffer, first->offset_bytes, first->size_bytes, op->factor);
    case RANDOM_WRITE:
        return kro_write(stream, buffer, first->offset_bytes, p->data + op->data,
                         first->size_bytes);
    case RANDOM_READ:
        return kro_read(stream, buffer, first->offset_bytes, bench->results + op->data,
                        first->size_bytes);
    case RANDOM_HOST_WRITE:
        return kro_buffer_write(buffer, first->offset_bytes, p->data + op->data, first->size_bytes);
    case RANDOM_HOST_READ:
        return kro_buffer_read(buffer, first->offset_bytes, bench->results + op->data,
                               first->size_bytes);
    case RANDOM_BARRIER:
        return kro_barrier(stream);
    case RANDOM_SUBMIT:
        return kro_submit(stream, NULL);
    case RANDOM_FINISH:
        return kro_finish(stream);
    case RANDOM_POST:
        return run_post(bench, op);
    case RANDOM_AWAIT:
        return run_await(bench, op);
    }
    return KRO_OK;
}

static void set_up(random_bench *bench)
{
    const random_program *p = bench->program;
    kro_context *ctx = bench->kernels->ctx;
    uint32_t queues = kro_context_info(ctx)->queue_count;
    uint32_t groups[RANDOM_MAX_BYTES / WORD / LOCAL_SIZE + 1][3];
    enum { GROUP_ROWS = sizeof groups / sizeof *groups };
    for (uint32_t i = 0; i < GROUP_ROWS; i++) {
        groups[i][0] = i + 1;
        groups[i][1] = groups[i][2] = 1;
    }
    bench->groups = kt_buffer_in(
        bench->t, ctx,
        &(kro_buffer_config){.size_bytes = sizeof groups, .data = groups, .label = "groups"});
    for (uint32_t i = 0; i < p->buffer_count; i++) {
        char label[] = {(char)('a' + i), '\0'};
        bench->buffers[i] = kt_buffer_in(bench->t, ctx,
                                         &(kro_buffer_config){.size_bytes = p->sizes[i],
                                                              .memory = (kro_memory)p->memory[i],
                                                              .data = p->initial[i],
                                                              .label = label});
    }
    for (uint32_t s = 0; s < p->stream_count; s++)
        bench->streams[s] = kt_stream_in(
            bench->t, ctx,
            &(kro_stream_config){.queue = s % queues, .batch_nodes = p->batch_nodes[s]});
}

static void tear_down(random_bench *bench)
{
    for (uint32_t s = 0; s < bench->program->stream_count; s++)
        kt_release(bench->t, bench->streams[s]);
    for (uint32_t i = 0; i < bench->program->buffer_count; i++)
        kt_release(bench->t, bench->buffers[i]);
    kt_release(bench->t, bench->groups);
}

random_bench *random_bench_create(kt_test *t, const random_kernels *kernels,
                                  const random_program *program)
{
    random_bench *bench = kt_alloc(t, sizeof *bench);
    bench->t = t;
    bench->kernels = kernels;
    bench->program = program;
    pthread_mutex_init(&bench->lock, NULL);
    pthread_cond_init(&bench->posted, NULL);
    set_up(bench);
    return bench;
}

void random_bench_release(random_bench *bench)
{
    tear_down(bench);
    pthread_cond_destroy(&bench->posted);
    pthread_mutex_destroy(&bench->lock);
    kt_release(bench->t, bench);
}

bool random_bytes_equal(const random_program *program, const char *what, uint32_t index,
                        const uint8_t *actual, const uint8_t *expected, uint32_t size_bytes,
                        char *difference)
{
    for (uint32_t i = 0; i < size_bytes; i++) {
        if (actual[i] == expected[i])
            continue;
        snprintf(difference, RANDOM_DIFFERENCE_BYTES,
                 "program %llu: %s %u, byte %u is %02x, not %02x",
                 (unsigned long long)program->seed, what, index, i, actual[i], expected[i]);
        return false;
    }
    return true;
}
