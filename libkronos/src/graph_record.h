// Recording the nodes of a graph: at the end of the capture, and anew after updates.
#ifndef KRO_SRC_GRAPH_RECORD_H
#define KRO_SRC_GRAPH_RECORD_H

#include "graph.h"

// Schedules and records what was captured; all of it is in the hidden stream's open batch.
//
// Errors: INVALID_ARGUMENT  something that the nodes name is destroyed
kro_status kro__graph_record(kro_graph *graph);

// Makes the recording that of the nodes as they are now; what they name is alive and not mapped.
//
// Errors: INVALID_ARGUMENT  something that the nodes name is destroyed or mapped
kro_status kro__graph_refresh(kro_graph *graph);

#endif
