// A graph: nodes that a stream captured, and a hidden stream that records them.
//
// The hidden stream does all that a stream does up to the submit: it checks arguments, finds
// levels, interns descriptors, schedules and records. Its open batch is kept from one recording to
// the next, because a launch needs to know what the recording uses. Recording anew means to give
// it all nodes again.
#ifndef KRO_SRC_GRAPH_H
#define KRO_SRC_GRAPH_H

#include <stdbool.h>
#include <stdint.h>

#include <kronos/graph.h>

#include "backend.h"
#include "dispatch.h"
#include "graph_nodes.h"
#include "hazards.h"
#include "retire.h"

// Commands of a graph, and what may still run them.
typedef struct kro__graph_recording {
    kro__recorded *recorded;          // NULL: none
    uint64_t number;                  // of this graph's recordings, from 1
    uint64_t values[KRO__MAX_QUEUES]; // its last launch on each queue
} kro__graph_recording;

struct kro_graph {
    kro__object object;
    kro_graph *previous_graph, *next_graph; // among the context's, under the graveyard's lock
    kro_graph_info info;
    kro_stream *stream;     // hidden, retired together with the graph
    kro__accesses spare;    // memory that its stream's accesses are summed up in
    kro__graph_nodes nodes; // under the graveyard's lock where others may look
    bool barrier;           // a kro_barrier stands after the last node
    bool stale;             // nodes changed since they were recorded
    uint64_t maps;          // of the context, when none of its buffers was mapped
    kro__graph_recording current;
    kro__graph_recording *old; // by number; some may still run
    uint32_t old_count, old_capacity;
    char label[];
};

// What a capturing stream is told to record. Errors are kept until kro_graph_end.
kro_status kro__graph_add_dispatch(kro_graph *graph, kro_pipeline *pipeline,
                                   const kro_dispatch_args *args,
                                   const kro__indirect_groups *indirect);
kro_status kro__graph_add_copy(kro_graph *graph, kro_buffer *dst, uint64_t dst_offset_bytes,
                               kro_buffer *src, uint64_t src_offset_bytes, uint64_t size_bytes);
kro_status kro__graph_add_fill(kro_graph *graph, kro_buffer *dst, uint64_t offset_bytes,
                               uint64_t size_bytes, uint32_t word);
kro_status kro__graph_add_barrier(kro_graph *graph);

// A recording call of the capturing stream has failed.
void kro__graph_spoil(kro_graph *graph, kro_status status);

// An object is being destroyed that nodes of graphs name. Called with the graveyard's lock held.
void kro__graphs_forget(kro_graph *graphs, const kro__object *object);

#endif
