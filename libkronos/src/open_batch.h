// What a stream records and has not submitted yet.
#ifndef KRO_SRC_OPEN_BATCH_H
#define KRO_SRC_OPEN_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "backend.h"
#include "context.h"
#include "hazards.h"
#include "schedule.h"
#include "shapes.h"

// How a node of the open batch was recorded: as a dispatch like an earlier one, or not.
typedef struct kro__step {
    kro__shape *shape; // NULL: something else
    bool independent;
    bool owns_push; // no earlier node shares its push constants
} kro__step;

// What following an earlier batch takes: see follow.h.
typedef struct kro__following {
    uint32_t count;  // nodes of the batch that is followed; 0: none is
    uint32_t shaped; // nodes of the open batch whose steps have shapes
    uint32_t pushed; // bytes of push constants that nodes before the next one may share
    uint32_t *ids;   // binding ids of the followed batch
    uint32_t id_count, id_capacity;
    uint32_t after;  // place of the stream's batch that was open after this one the last time
    uint64_t value;  // of its last submit
    uint64_t serial; // of the context's graveyard, when it was opened
    uint64_t bindings_forgotten; // of the stream, when it was submitted
    uint64_t shapes_forgotten;   // of the stream, when it was opened
} kro__following;

// The operations recorded since the last submit.
typedef struct kro__open_batch {
    uint64_t number; // of this stream's batches, from 1
    kro__node *nodes;
    kro__schedule_node *plan; // one per node
    kro__step *steps;         // one per node
    uint32_t node_count, node_capacity, plan_capacity, step_capacity;
    kro__following following;
    uint32_t room;     // nodes that may be recorded without asking: there is memory for them, and
                       // they do not fill the batch, unless it may be submitted. 0 while the
                       // stream keeps an error, and while the batch follows another
    uint32_t floor;    // no node may have a lower level: 1, or past the last kro_barrier
    uint32_t highest;  // highest level so far
    bool any_indirect; // there are indirect dispatches
    bool exit_barrier; // it writes memory that the host can reach
    uint8_t *push;
    uint32_t push_count, push_capacity;
    uint32_t *dynamic_offsets;
    uint32_t dynamic_count, dynamic_capacity;
    kro__set_config *sets; // descriptor sets to write, and their contents
    uint32_t set_count, set_capacity;
    uint32_t descriptor_sets; // in all of `sets`
    kro__set_entry *entries;
    uint32_t entry_count, entry_capacity;
    kro__accesses accesses; // by level
    kro__schedule schedule;
    kro_buffer **touched; // each buffer once, at its index in `accesses`
    uint32_t touched_count, touched_capacity;
    kro__pending_read *reads;
    uint32_t read_count, read_capacity;
} kro__open_batch;

void kro__open_batch_init(kro__open_batch *batch);
void kro__open_batch_finish(kro__open_batch *batch);

// Makes it empty, under a number that no batch of its stream had; it keeps its memory. What was
// published, interned or borrowed for it is the caller's to give back.
void kro__open_batch_clear(kro__open_batch *batch, uint64_t number);

#endif
