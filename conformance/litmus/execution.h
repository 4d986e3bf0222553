// One candidate execution of a litmus program, and what Vulkan's memory model says of it.
//
// The names are those of the Vulkan specification's appendix "Memory Model", and the definitions
// follow the formal model that the Khronos group checks that appendix with.
#ifndef CONFORMANCE_LITMUS_EXECUTION_H
#define CONFORMANCE_LITMUS_EXECUTION_H

#include "program.h"
#include "relation.h"

typedef struct litmus_event {
    const litmus_step *step;
    uint32_t role;
} litmus_event;

typedef struct litmus_execution {
    const litmus_program *program;
    litmus_event events[RELATION_EVENTS];
    uint32_t event_count;

    event_set reads, writes, atomics, fences, barriers;
    event_set acquires, releases;
    event_set from_start; // reads of what a location held at first
    relation program_order;
    relation same_location;    // of different or the same accesses
    relation mutually_ordered; // atomics on one location, in each other's scope
    relation same_barrier;     // pairs of roles that meet in one control barrier

    relation reads_from;         // from the write
    relation modification_order; // of each location's writes, in pairs of mutually ordered atomics
    relation write_order;        // of each location's writes, all of them
} litmus_execution;

// What follows from it.
typedef struct litmus_orders {
    relation from_read;
    relation synchronizes_with;
    relation happens_before;
    relation location_order;
} litmus_orders;

typedef enum litmus_axiom {
    LITMUS_CONSISTENT = 0, // breaks none
    LITMUS_ACYCLIC, // location-ordered, reads-from, from-reads and modification order: no cycle
    LITMUS_VISIBLE, // a read that is not atomic takes the last value that is visible to it
} litmus_axiom;

// Which events there are and how they stand to each other, before any value is read: those of each
// role's first `counts[role]` steps.
void litmus_execution_init(litmus_execution *execution, const litmus_program *program,
                           const uint32_t counts[LITMUS_ROLES]);

// All that the chosen reads_from and modification_order imply.
litmus_orders litmus_execution_orders(const litmus_execution *execution);

litmus_axiom litmus_execution_check(const litmus_execution *execution, const litmus_orders *orders);

// Whether two accesses, not mutually ordered and one of them a write, have no order.
bool litmus_execution_races(const litmus_execution *execution, const litmus_orders *orders);

// Whether a device that runs one access after the other, those of each role in their order, may run
// so.
bool litmus_execution_takes_turns(const litmus_execution *execution);

// Whether x86 processors may.
bool litmus_execution_is_tso(const litmus_execution *execution);

#endif
