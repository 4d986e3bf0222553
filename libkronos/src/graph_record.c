#include "graph_record.h"

#include "buffer.h"
#include "grow.h"
#include "os/time.h"
#include "stream.h"

// What the nodes name is alive, and can be used by the device.
static kro_status check_nodes(kro_graph *graph)
{
    const kro__graph_nodes *nodes = &graph->nodes;
    for (uint32_t i = 0; nodes->gone_count > 0 && i < nodes->count; i++)
        if (*nodes->all[i].gone)
            return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                             "node %u of graph '%s' names %s, which was destroyed; give the node "
                             "another with kro_graph_update, or capture anew",
                             i, graph->label, nodes->all[i].gone);
    return KRO_OK;
}

static kro_status check_maps(kro_graph *graph)
{
    uint64_t maps = atomic_load_explicit(&graph->object.ctx->maps, memory_order_relaxed);
    if (graph->maps == maps)
        return KRO_OK;
    const kro__open_batch *batch = graph->stream->batch;
    for (uint32_t i = 0; i < batch->touched_count; i++)
        if (atomic_load_explicit(&batch->touched[i]->mapped, memory_order_relaxed))
            return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                             "graph '%s' uses %s while it is mapped; unmap it first", graph->label,
                             kro__name_buffer(batch->touched[i]).text);
    graph->maps = maps;
    return KRO_OK;
}

// Gives the commands of finished launches back, and says up to which recording none runs.
static kro_status collect_old(kro_graph *graph, uint64_t *finished)
{
    kro_context *ctx = graph->object.ctx;
    uint64_t completed[KRO__MAX_QUEUES] = {0};
    *finished = graph->info.recordings;
    if (graph->old_count == 0)
        return KRO_OK;
    for (uint32_t q = 0; q < ctx->queue_count; q++) {
        kro_status status = ctx->backend->completed(ctx->device, q, &completed[q]);
        if (status < 0)
            return status;
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < graph->old_count; i++) {
        const kro__graph_recording *old = &graph->old[i];
        bool runs = false;
        for (uint32_t q = 0; q < ctx->queue_count; q++)
            runs |= old->values[q] > completed[q];
        if (runs)
            graph->old[kept++] = *old;
        else
            ctx->backend->discard(graph->stream->recorder, old->recorded);
    }
    graph->old_count = kept;
    if (kept > 0)
        *finished = graph->old[0].number - 1;
    return KRO_OK;
}

// Launches ask only what the whole graph reads and writes, not at which level: neighbouring ranges
// become one.
static kro_status sum_up(kro_graph *graph)
{
    kro__accesses *all = &graph->stream->batch->accesses, levels = *all;
    kro__accesses_clear(&graph->spare);
    if (!kro__accesses_merge(&graph->spare, all, 1))
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory recording graph '%s'",
                         graph->label);
    *all = graph->spare;
    graph->spare = levels;
    return KRO_OK;
}

// Schedules and records what the hidden stream's open batch holds.
static kro_status record(kro_graph *graph)
{
    kro_stream *stream = graph->stream;
    uint64_t finished = 0;
    kro_status status = kro__context_check(graph->object.ctx);
    if (status >= 0)
        status = collect_old(graph, &finished);
    if (status < 0)
        return status;
    if (kro__bindings_crowded(&stream->bindings))
        kro__bindings_evict(&stream->bindings, finished, stream->bindings.bound);
    kro__recorded *recorded = NULL;
    status = sum_up(graph);
    if (status >= 0 && stream->batch->node_count > 0)
        status = kro__stream_record(stream, true, &recorded);
    if (status < 0)
        return status;
    graph->info.recordings++;
    graph->current = (kro__graph_recording){.recorded = recorded, .number = graph->info.recordings};
    // In these numbers the descriptor sets count, for no queue alone decides about them.
    kro__bindings_submitted(&stream->bindings, graph->info.recordings);
    graph->info.nodes = graph->nodes.count;
    graph->info.levels = stream->batch->highest;
    graph->info.barriers = recorded ? stream->batch->schedule.barrier_count : 0;
    graph->stale = false;
    return KRO_OK;
}

// Puts the commands aside that no longer hold, where launches may still run them.
static kro_status put_aside(kro_graph *graph)
{
    if (!graph->current.recorded)
        return KRO_OK;
    if (!kro__grow(&graph->old, &graph->old_capacity, graph->old_count + 1, sizeof *graph->old))
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory recording graph '%s'",
                         graph->label);
    graph->old[graph->old_count++] = graph->current;
    graph->current.recorded = NULL;
    return KRO_OK;
}

kro_status kro__graph_record(kro_graph *graph)
{
    uint64_t start_ns = kro__now_ns();
    kro_status status = check_nodes(graph);
    if (status >= 0)
        status = record(graph);
    graph->info.recording_ns = kro__now_ns() - start_ns;
    return status;
}

// Gives the hidden stream all nodes again.
static kro_status replay(kro_graph *graph)
{
    kro_stream *stream = graph->stream;
    kro__stream_drop(stream);
    stream->entry_barrier = false;
    kro_status status = KRO_OK;
    for (uint32_t i = 0; status >= 0 && i < graph->nodes.count; i++) {
        kro__graph_node *node = &graph->nodes.all[i];
        if (node->barrier)
            status = kro_barrier(stream);
        uint32_t place = stream->batch->node_count;
        if (status >= 0)
            status = kro__graph_node_record(stream, node);
        node->place = stream->batch->node_count > place ? place : KRO__NOT_RECORDED;
    }
    if (status >= 0 && graph->barrier)
        status = kro_barrier(stream);
    return status;
}

static kro_status record_anew(kro_graph *graph)
{
    uint64_t start_ns = kro__now_ns();
    kro_status status = put_aside(graph);
    if (status < 0)
        return status;
    status = replay(graph);
    if (status >= 0)
        status = record(graph);
    graph->info.recording_ns = kro__now_ns() - start_ns;
    if (status >= 0)
        return KRO_OK;
    // The next launch tries again.
    kro__stream_drop(graph->stream);
    graph->stream->error = KRO_OK;
    return kro__context_note(graph->object.ctx, status);
}

kro_status kro__graph_refresh(kro_graph *graph)
{
    kro_status status = check_nodes(graph);
    if (status >= 0 && graph->stale)
        status = record_anew(graph);
    return status < 0 ? status : check_maps(graph);
}
