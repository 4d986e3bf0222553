// Whether atomic operations on one word can have happened one after another.
#ifndef CONFORMANCE_ATOMICS_HISTORY_H
#define CONFORMANCE_ATOMICS_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

// One operation: it found a value and left one, which may be the same. A blind one, a store, does
// not say what it found.
typedef struct history_step {
    uint64_t found, left;
    bool blind;
} history_step;

// A value that no order explains, and why.
typedef struct history_fault {
    const char *why; // follows the value; NULL where an order exists
    uint64_t value;
} history_fault;

// Looks for an order of all `count` steps that starts at the value `first`, ends at `last` and in
// which each step finds what the one before it left. Decides exactly: values are places, steps are
// roads between them, and the order is a walk that takes each road once (Euler's).
history_fault history_find_fault(uint64_t first, uint64_t last, const history_step *steps,
                                 uint32_t count);

#endif
