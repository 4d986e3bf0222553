// The picture of a graph, in the DOT language of Graphviz.
#ifndef KRO_SRC_GRAPH_DOT_H
#define KRO_SRC_GRAPH_DOT_H

#include "graph.h"

// Draws a graph whose recording is that of its nodes.
//
// Ownership: `*out` is the caller's to free, also after an error; no zero ends it.
kro_status kro__graph_draw(kro_graph *graph, char **out, uint32_t *length);

#endif
