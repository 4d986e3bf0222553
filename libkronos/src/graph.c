#include "graph.h"

#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "fence.h"
#include "graph_dot.h"
#include "graph_record.h"
#include "grow.h"
#include "os/file.h"
#include "pipeline.h"
#include "stream.h"

// The recordings are the hidden stream's, which is retired with the graph.
static void free_graph(kro__object *object)
{
    kro_graph *graph = (kro_graph *)object;
    kro__graph_nodes_finish(&graph->nodes);
    kro__accesses_finish(&graph->spare);
    free(graph->old);
    free(graph);
}

static void list_graph(kro_graph *graph)
{
    kro__graveyard *graveyard = &graph->object.ctx->graveyard;
    kro__mutex_lock(&graveyard->lock);
    graph->next_graph = graveyard->graphs;
    if (graph->next_graph)
        graph->next_graph->previous_graph = graph;
    graveyard->graphs = graph;
    kro__mutex_unlock(&graveyard->lock);
}

// Its nodes name nothing from now on.
static void unlist_graph(kro_graph *graph)
{
    kro__graveyard *graveyard = &graph->object.ctx->graveyard;
    kro__mutex_lock(&graveyard->lock);
    if (graph->previous_graph)
        graph->previous_graph->next_graph = graph->next_graph;
    else
        graveyard->graphs = graph->next_graph;
    if (graph->next_graph)
        graph->next_graph->previous_graph = graph->previous_graph;
    for (uint32_t i = 0; i < graph->nodes.count; i++)
        kro__graph_node_unname(&graph->nodes.all[i]);
    kro__mutex_unlock(&graveyard->lock);
}

void kro__graphs_forget(kro_graph *graphs, const kro__object *object)
{
    for (kro_graph *graph = graphs; graph; graph = graph->next_graph)
        kro__graph_nodes_forget(&graph->nodes, object);
}

static kro_status create_graph(kro_stream *stream, const char *label, kro_graph **out)
{
    kro_context *ctx = stream->object.ctx;
    kro_graph *graph = calloc(1, sizeof *graph + strlen(label) + 1);
    if (!graph)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory for graph '%s'", label);
    strcpy(graph->label, label);
    graph->info.label = graph->label;
    const kro_stream_config config = {.queue = stream->queue->index, .label = label};
    kro_status status = kro__stream_open_hidden(ctx, &config, &graph->stream);
    if (status < 0) {
        free(graph);
        return status;
    }
    kro__object_register(&graph->object, ctx, free_graph);
    list_graph(graph);
    *out = graph;
    return KRO_OK;
}

void kro_graph_destroy(kro_graph *graph)
{
    if (!graph)
        return;
    unlist_graph(graph);
    kro__stream_close_hidden(graph->stream);
    kro__object_retire(&graph->object);
}

const kro_graph_info *kro_graph_get_info(const kro_graph *graph)
{
    return graph ? &graph->info : NULL;
}

kro_status kro_graph_begin(kro_stream *stream, const kro_graph_config *config)
{
    if (!stream)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_graph_begin: stream is NULL");
    if (stream->shared)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "kro_graph_begin on the default stream, which threads share; capture on "
                         "one of kro_stream_create");
    kro_status status = kro__stream_begin(stream);
    if (status >= 0)
        status = kro__context_check(stream->object.ctx);
    if (status < 0)
        return status;
    const char *label = config && config->label ? config->label : stream->label;
    status = create_graph(stream, label, &stream->capture);
    if (status < 0)
        return kro__context_note(stream->object.ctx, status);
    // As an error does, this keeps every recording call from the open batch.
    const kro__sentence before = kro__sentence_keep();
    stream->error = kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                              "stream '%s' captures graph '%s', which takes dispatches, copies, "
                              "fills and barriers alone; end it with kro_graph_end",
                              stream->label, label);
    stream->sentence = kro__sentence_keep();
    stream->batch->room = 0;
    kro__sentence_restore(&before);
    return KRO_OK;
}

void kro__graph_spoil(kro_graph *graph, kro_status status)
{
    // The first error stays.
    if (graph->stream->error == 0)
        (void)kro__stream_end(graph->stream, status);
}

// Records a captured call and keeps it. Takes over node->args.
static kro_status add(kro_graph *graph, kro__graph_node *node)
{
    kro_stream *stream = graph->stream;
    kro__graveyard *graveyard = &graph->object.ctx->graveyard;
    kro__graph_nodes *nodes = &graph->nodes;
    uint32_t place = stream->batch->node_count;
    kro_status status = kro__graph_node_record(stream, node);
    if (status < 0) {
        free(node->args);
        return status;
    }
    node->place = stream->batch->node_count > place ? place : KRO__NOT_RECORDED;
    node->barrier = graph->barrier;
    // Under the lock, because whoever destroys an object looks at all nodes.
    kro__mutex_lock(&graveyard->lock);
    bool grown = kro__grow(&nodes->all, &nodes->capacity, nodes->count + 1, sizeof *nodes->all);
    if (grown) {
        nodes->all[nodes->count++] = *node;
        kro__graph_node_name(node);
    }
    kro__mutex_unlock(&graveyard->lock);
    if (!grown) {
        free(node->args);
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY,
                         "out of host memory for node %u of graph '%s'", nodes->count,
                         graph->label);
    }
    graph->barrier = false;
    return KRO_OK;
}

kro_status kro__graph_add_dispatch(kro_graph *graph, kro_pipeline *pipeline,
                                   const kro_dispatch_args *args,
                                   const kro__indirect_groups *indirect)
{
    // Before its lists are copied.
    kro__resolved resolved;
    kro_status status = kro__stream_begin(graph->stream);
    if (status >= 0)
        status = kro__dispatch_resolve(graph->stream, pipeline, args, indirect, &resolved);
    if (status < 0)
        return status;
    kro__graph_node node = {
        .op = indirect->buffer ? KRO__OP_DISPATCH_INDIRECT : KRO__OP_DISPATCH,
        .pipeline = pipeline,
        .args = kro__graph_args_copy(args),
        .src = indirect->buffer,
        .src_offset_bytes = indirect->offset_bytes,
    };
    return node.args ? add(graph, &node)
                     : kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY,
                                 "out of host memory for node %u of graph '%s'", graph->nodes.count,
                                 graph->label);
}

kro_status kro__graph_add_copy(kro_graph *graph, kro_buffer *dst, uint64_t dst_offset_bytes,
                               kro_buffer *src, uint64_t src_offset_bytes, uint64_t size_bytes)
{
    return add(graph, &(kro__graph_node){
                          .op = KRO__OP_COPY,
                          .dst = dst,
                          .src = src,
                          .dst_offset_bytes = dst_offset_bytes,
                          .src_offset_bytes = src_offset_bytes,
                          .size_bytes = size_bytes,
                      });
}

kro_status kro__graph_add_fill(kro_graph *graph, kro_buffer *dst, uint64_t offset_bytes,
                               uint64_t size_bytes, uint32_t word)
{
    return add(graph, &(kro__graph_node){
                          .op = KRO__OP_FILL,
                          .dst = dst,
                          .dst_offset_bytes = offset_bytes,
                          .size_bytes = size_bytes,
                          .word = word,
                      });
}

kro_status kro__graph_add_barrier(kro_graph *graph)
{
    kro_status status = kro_barrier(graph->stream);
    if (status >= 0)
        graph->barrier = true;
    return status;
}

// Records what was captured, unless it is spoilt.
static kro_status end_capture(kro_graph *graph)
{
    kro_status status = kro__stream_begin(graph->stream);
    if (status >= 0)
        status = kro__graph_record(graph);
    return kro__context_note(graph->object.ctx, status);
}

kro_status kro_graph_end(kro_stream *stream, kro_graph **out)
{
    if (out)
        *out = NULL;
    if (!stream)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_graph_end: stream is NULL");
    kro_graph *graph = stream->capture;
    if (!graph)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "kro_graph_end: stream '%s' captures nothing; kro_graph_begin first",
                         stream->label);
    stream->capture = NULL;
    stream->error = KRO_OK;
    kro_status status = out ? end_capture(graph)
                            : kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_graph_end: out is NULL");
    if (status < 0) {
        const kro__sentence before = kro__sentence_keep();
        kro_graph_destroy(graph);
        kro__sentence_restore(&before);
        return status;
    }
    *out = graph;
    return KRO_OK;
}

// Launches on a locked stream.
static kro_status launch(kro_graph *graph, kro_stream *stream)
{
    kro_context *ctx = stream->object.ctx;
    if (graph->object.ctx != ctx)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "graph '%s' and stream '%s' belong to different contexts", graph->label,
                         stream->label);
    // For the open batch, too: from here on no other thread may come between.
    kro_status status = kro__stream_make_room(stream, 2);
    if (status >= 0)
        status = stream->capture ? kro__stream_begin(stream) : kro__graph_refresh(graph);
    if (status >= 0)
        status = kro__stream_submit(stream);
    if (status < 0 || !graph->current.recorded)
        return status;
    status = kro__stream_send(stream, graph->stream, graph->current.recorded);
    if (status < 0)
        return kro__context_note(ctx, status);
    graph->current.values[stream->queue->index] = stream->last_value;
    graph->info.launches++;
    kro__retire_collect(ctx);
    return KRO_OK;
}

kro_status kro_graph_launch(kro_graph *graph, kro_stream *stream, kro_fence *out)
{
    if (out)
        *out = (kro_fence){0};
    if (!graph || !stream)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_graph_launch: graph or stream is NULL");
    kro__stream_lock(stream);
    kro_status status = launch(graph, stream);
    uint64_t value = stream->last_value;
    kro__stream_unlock(stream);
    if (status < 0 || value == 0)
        return status;
    if (out)
        *out = (kro_fence){.queue = stream->queue->index + 1u, .value = value};
    return stream->object.ctx->plain
               ? kro__queue_wait(stream->object.ctx, stream->queue, value, UINT64_MAX)
               : KRO_OK;
}

static kro_status check_update(kro_graph *graph, uint32_t index, const kro_dispatch_args *args)
{
    if (index >= graph->nodes.count)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "update of node %u of graph '%s', which has %u nodes", index, graph->label,
                         graph->nodes.count);
    const kro__graph_node *node = &graph->nodes.all[index];
    if (!node->args)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "update of node %u of graph '%s', which is a %s; only dispatches can be "
                         "updated",
                         index, graph->label, node->op == KRO__OP_COPY ? "copy" : "fill");
    bool indirect = node->op == KRO__OP_DISPATCH_INDIRECT;
    if (!node->pipeline || (indirect && !node->src))
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "update of node %u of graph '%s', whose %s was destroyed; capture anew",
                         index, graph->label,
                         node->pipeline ? "buffer of workgroup counts" : "pipeline");
    kro__resolved resolved;
    const kro__indirect_groups groups = {node->src, node->src_offset_bytes};
    return kro__dispatch_resolve(graph->stream, node->pipeline, args, &groups, &resolved);
}

kro_status kro_graph_update(kro_graph *graph, uint32_t node, const kro_dispatch_args *args)
{
    if (!graph || !args)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_graph_update: graph or args is NULL");
    kro__graveyard *graveyard = &graph->object.ctx->graveyard;
    kro_status status = check_update(graph, node, args);
    if (status < 0)
        return status;
    kro_dispatch_args *copy = kro__graph_args_copy(args);
    if (!copy)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY,
                         "out of host memory updating node %u of graph '%s'", node, graph->label);
    kro__graph_node *updated = &graph->nodes.all[node];
    kro__mutex_lock(&graveyard->lock);
    kro__graph_node_unname(updated);
    free(updated->args);
    updated->args = copy;
    kro__graph_node_name(updated);
    if (*updated->gone)
        graph->nodes.gone_count--;
    *updated->gone = '\0';
    kro__mutex_unlock(&graveyard->lock);
    graph->stale = true;
    return KRO_OK;
}

kro_status kro_graph_write_dot(kro_graph *graph, const char *path)
{
    if (!graph || !path)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_graph_write_dot: graph or path is NULL");
    char *text = NULL;
    uint32_t length = 0;
    kro_status status = kro__graph_refresh(graph);
    if (status >= 0)
        status = kro__graph_draw(graph, &text, &length);
    if (status >= 0)
        status = kro__file_replace(path, text, length);
    free(text);
    return status;
}
