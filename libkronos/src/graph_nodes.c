#include "graph_nodes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buffer.h"
#include "pipeline.h"
#include "stream.h"

void kro__graph_nodes_finish(kro__graph_nodes *nodes)
{
    for (uint32_t i = 0; i < nodes->count; i++)
        free(nodes->all[i].args);
    free(nodes->all);
    *nodes = (kro__graph_nodes){0};
}

// Both lists hold pointers and 64-bit numbers, so that one may follow another.
kro_dispatch_args *kro__graph_args_copy(const kro_dispatch_args *args)
{
    uint64_t bindings_bytes = (uint64_t)args->binding_count * sizeof *args->bindings;
    uint64_t touches_bytes = (uint64_t)args->touch_count * sizeof *args->touches;
    kro_dispatch_args *copy =
        malloc((size_t)(sizeof *copy + bindings_bytes + touches_bytes + args->push_bytes));
    if (!copy)
        return NULL;
    *copy = *args;
    kro_binding *bindings = (kro_binding *)(copy + 1);
    kro_buffer **touches = (kro_buffer **)(bindings + args->binding_count);
    void *push = touches + args->touch_count;
    if (args->binding_count > 0)
        memcpy(bindings, args->bindings, (size_t)bindings_bytes);
    if (args->touch_count > 0)
        memcpy(touches, args->touches, (size_t)touches_bytes);
    if (args->push_bytes > 0)
        memcpy(push, args->push, args->push_bytes);
    copy->bindings = bindings;
    copy->touches = touches;
    copy->push = push;
    return copy;
}

// A place in a node where it names an object.
typedef struct place {
    kro_pipeline **pipeline; // one of the two
    kro_buffer **buffer;
} place;

// The lists are constant for everybody but their owner, who made them in `args`.
static kro_buffer **buffer_at(const kro__graph_node *node, uint32_t i)
{
    kro_dispatch_args *args = node->args;
    if (i < KRO_ARGS_BUFFERS)
        return &args->buffers[i];
    kro_binding *bindings = (kro_binding *)(args + 1);
    kro_buffer **touches = (kro_buffer **)(bindings + args->binding_count);
    i -= KRO_ARGS_BUFFERS;
    return i < args->binding_count ? &bindings[i].buffer : &touches[i - args->binding_count];
}

enum { OWN_PLACES = 3 };

static uint32_t count_places(const kro__graph_node *node)
{
    return OWN_PLACES +
           (node->args ? KRO_ARGS_BUFFERS + node->args->binding_count + node->args->touch_count
                       : 0);
}

static place place_at(kro__graph_node *node, uint32_t i)
{
    switch (i) {
    case 0:
        return (place){.pipeline = &node->pipeline};
    case 1:
        return (place){.buffer = &node->dst};
    case 2:
        return (place){.buffer = &node->src};
    default:
        return (place){.buffer = buffer_at(node, i - OWN_PLACES)};
    }
}

// NULL: it names nothing.
static kro__object *object_at(place at)
{
    if (at.pipeline)
        return *at.pipeline ? &(*at.pipeline)->object : NULL;
    return *at.buffer ? &(*at.buffer)->object : NULL;
}

void kro__graph_node_name(kro__graph_node *node)
{
    uint32_t count = count_places(node);
    for (uint32_t i = 0; i < count; i++) {
        kro__object *object = object_at(place_at(node, i));
        if (object)
            object->named++;
    }
}

void kro__graph_node_unname(kro__graph_node *node)
{
    uint32_t count = count_places(node);
    for (uint32_t i = 0; i < count; i++) {
        kro__object *object = object_at(place_at(node, i));
        if (object)
            object->named--;
    }
}

static void forget_at(kro__graph_nodes *nodes, kro__graph_node *node, place at)
{
    if (!*node->gone) {
        nodes->gone_count++;
        if (at.pipeline)
            snprintf(node->gone, sizeof node->gone, "pipeline '%.70s'", (*at.pipeline)->label);
        else
            snprintf(node->gone, sizeof node->gone, "%.87s", kro__name_buffer(*at.buffer).text);
    }
    if (at.pipeline)
        *at.pipeline = NULL;
    else
        *at.buffer = NULL;
}

void kro__graph_nodes_forget(kro__graph_nodes *nodes, const kro__object *object)
{
    for (uint32_t n = 0; n < nodes->count; n++) {
        kro__graph_node *node = &nodes->all[n];
        uint32_t count = count_places(node);
        for (uint32_t i = 0; i < count; i++) {
            place at = place_at(node, i);
            if (object_at(at) == object)
                forget_at(nodes, node, at);
        }
    }
}

kro_status kro__graph_node_record(kro_stream *stream, const kro__graph_node *node)
{
    switch (node->op) {
    case KRO__OP_DISPATCH:
        return kro_dispatch(stream, node->pipeline, node->args);
    case KRO__OP_DISPATCH_INDIRECT:
        return kro_dispatch_indirect(stream, node->pipeline, node->args, node->src,
                                     node->src_offset_bytes);
    case KRO__OP_COPY:
        return kro_copy(stream, node->dst, node->dst_offset_bytes, node->src,
                        node->src_offset_bytes, node->size_bytes);
    case KRO__OP_FILL:
        break;
    }
    return kro_fill(stream, node->dst, node->dst_offset_bytes, node->size_bytes, node->word);
}
