// The nodes of a graph: the calls that were captured, with copies of all they were given.
#ifndef KRO_SRC_GRAPH_NODES_H
#define KRO_SRC_GRAPH_NODES_H

#include <stdbool.h>
#include <stdint.h>

#include <kronos/stream.h>

#include "backend.h"
#include "dispatch.h"
#include "retire.h"

#define KRO__NOT_RECORDED UINT32_MAX

typedef struct kro__graph_node {
    kro__op op;
    bool barrier;            // a kro_barrier stands right before it
    uint32_t place;          // in the hidden stream's batch, or KRO__NOT_RECORDED: it does nothing
    kro_pipeline *pipeline;  // dispatches
    kro_dispatch_args *args; // dispatches: one block with all that it points to
    kro_buffer *dst;         // copies and fills
    kro_buffer *src;         // copies; of an indirect dispatch, the buffer with its groups
    uint64_t dst_offset_bytes, src_offset_bytes, size_bytes;
    uint32_t word;
    char gone[88]; // the destroyed object that it named first, for a sentence; "": all are alive
} kro__graph_node;

typedef struct kro__graph_nodes {
    kro__graph_node *all;
    uint32_t count, capacity;
    uint32_t gone_count; // nodes that name something destroyed
} kro__graph_nodes;

// Frees the nodes and what they hold; what they name may be gone.
void kro__graph_nodes_finish(kro__graph_nodes *nodes);

// Copies the arguments of a dispatch into one block, which the caller frees; NULL when memory ran
// out.
kro_dispatch_args *kro__graph_args_copy(const kro_dispatch_args *args);

// Counts a node's objects as named by one node more, or less. Called with the graveyard's lock
// held.
void kro__graph_node_name(kro__graph_node *node);
void kro__graph_node_unname(kro__graph_node *node);

// An object is destroyed: nodes that name it name nothing in its place. Called with the graveyard's
// lock held.
void kro__graph_nodes_forget(kro__graph_nodes *nodes, const kro__object *object);

// Records a node as a call on a stream.
kro_status kro__graph_node_record(kro_stream *stream, const kro__graph_node *node);

#endif
