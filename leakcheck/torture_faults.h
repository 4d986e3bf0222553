// What fails in turn: Vulkan calls with each result that they may have, or allocations of the heap.
#ifndef LEAKCHECK_TORTURE_FAULTS_H
#define LEAKCHECK_TORTURE_FAULTS_H

#include "torture_place.h"

typedef struct torture_fault {
    const char *result; // a VkResult's name; NULL: an allocation fails
    kro_status status;  // what a call makes of it that cannot do without
} torture_fault;

// Every result that the registry gives any call, and the heap.
enum { TORTURE_FAULTS = 16 };
extern const torture_fault torture_faults[TORTURE_FAULTS];

// What is alive. A program that has ended leaves nothing.
typedef struct torture_alive {
    uint64_t objects, memory_bytes, mappings, violations;
    int64_t heap_blocks;
} torture_alive;

// From now on calls of this thread, whose heap is watched, are counted, and the n-th that may fail
// so does, from 1; with `later` also those that come after it. 0: none fails.
void torture_arm(torture_place *place, const torture_fault *fault, uint64_t nth, bool later);
// How many calls there were that may fail so, since torture_arm.
uint64_t torture_count(const torture_place *place, const torture_fault *fault);
// Nothing fails any more. Returns whether the n-th was there. `function`: what failed.
bool torture_disarm(torture_place *place, const torture_fault *fault, uint64_t nth,
                    const char **function);

torture_alive torture_look(const torture_place *place);

#endif
