// In which order to record a batch, and where barriers go. Pure.
//
// Nodes of one level share nothing that matters, so they may run side by side; a barrier stands
// between consecutive levels. With levels from the longest chain of conflicts, that is the smallest
// number of barriers that any order of the batch can have: a chain of n conflicting nodes needs
// n - 1. Within a level nodes are ordered by pipeline and binding, so that a recorder that skips
// redundant binds skips most; ids decide, never pointers, so that the order repeats from run to
// run.
#ifndef KRO_SRC_SCHEDULE_H
#define KRO_SRC_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

// What scheduling needs to know of a node.
typedef struct kro__schedule_node {
    uint32_t level; // from 1; no level between 1 and the highest is empty
    uint32_t pipeline_id;
    uint32_t binding_id;
} kro__schedule_node;

typedef struct kro__schedule {
    uint32_t *order;    // node indices in recording order
    uint32_t *barriers; // positions in `order`: a barrier goes before each
    uint32_t barrier_count;
    uint32_t *scratch;
    uint32_t capacity;
} kro__schedule;

void kro__schedule_init(kro__schedule *schedule);
void kro__schedule_finish(kro__schedule *schedule);

// Makes room for `count` nodes.
//
// Returns: false when memory ran out; the schedule is as it was.
bool kro__schedule_reserve(kro__schedule *schedule, uint32_t count);

// Orders `count` nodes; kro__schedule_reserve must have made room.
void kro__schedule_build(kro__schedule *schedule, const kro__schedule_node *nodes, uint32_t count);

// Keeps program order with a barrier between any two nodes: plain mode.
void kro__schedule_build_plain(kro__schedule *schedule, uint32_t count);

#endif
