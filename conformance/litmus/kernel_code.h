// The kernel of a litmus program: many instances of it at once.
//
// Every invocation plays each role once, in a different instance: role 0 in the instance of its own
// number, the others in the instances that permutations of the numbers give. So no invocation waits
// for another one, and thousands of instances meet in one dispatch. Invocations may begin with
// different roles, so that those of one instance are played at the same time.
//
// Buffers: 0 locations, 1 results, 2 order of the workgroups, 3 scratch; see the enums.
#ifndef CONFORMANCE_LITMUS_KERNEL_CODE_H
#define CONFORMANCE_LITMUS_KERNEL_CODE_H

#include "program.h"
#include "spirv.h"

enum {
    LITMUS_VARIANTS = 12,        // programs of one kernel
    LITMUS_SHARED_BYTES = 16384, // workgroup memory that every device has
    // Words of an instance's results: its registers, then a word for each role that was played.
    LITMUS_RESULT_WORDS = 8,
    LITMUS_MAX_GROUPS = 2048,
    // Scratch begins with the counters that invocations meet at, each in a cache line of its own,
    // and a line that is only read; stress starts behind them.
    LITMUS_MEETING_WORDS = 16,
    LITMUS_SCRATCH_BEGIN = LITMUS_MEETING_WORDS * (LITMUS_MAX_GROUPS + 1),
};

// How a dispatch goes; push constants, in this order.
typedef struct litmus_push {
    uint32_t testing_groups;            // the workgroups after these in the order only disturb
    uint32_t instances;                 // testing_groups * local size
    uint32_t multipliers[LITMUS_ROLES]; // of the roles' permutations: 1 for role 0, all odd
    uint32_t shifts[LITMUS_ROLES];
    uint32_t location_multiplier; // instances' y lie in another order than their x
    uint32_t spacing;             // values from one instance's x to the next
    uint32_t gap;                 // values from where an instance's x might lie to its y
    uint32_t woven;               // 1: one role is played in the gap of the other
    uint32_t turn_width;          // so many invocations in a row begin with the same role
    uint32_t meeting_divisor;     // so many workgroups in a row meet at one counter, and those that
    uint32_t meeting_counters;    // are so many counters on at the same again
    uint32_t meeting_size;        // how many invocations wait for each other before their roles
    uint32_t meeting_rounds;      // how long they do at most; 0: they do not
    uint32_t first_rounds;        // the same at the first counter, where cores may start late
    uint32_t before_rounds;       // of disturbance before the roles, at most: groups differ
    uint32_t between_rounds;      // of waiting between the accesses of a role
    uint32_t stress_rounds;       // of disturbance by the other workgroups
    uint32_t pattern;             // of disturbance: bit 0: store first; bit 1: store after the load
    uint32_t lines;               // of scratch that are disturbed, a power of 2
    uint32_t line_words;
    uint32_t variant; // which program is run, of a kernel of several
} litmus_push;

// Whether kernels of a program have a way to play one of its roles between two steps of the other,
// in other instances. Where invocations run in step or in turn, or cores are busy, the roles of an
// instance are never at work at the same time otherwise.
bool litmus_can_weave(const litmus_program *program);

// Writes the kernel for a program with `local_size` invocations in a workgroup, or for several
// programs that differ in their steps alone: drivers take far longer to compile many kernels.
//
// Returns: how many words it has; 0 where it has no room.
size_t litmus_kernel(const litmus_program *const *programs, uint32_t count, uint32_t local_size,
                     uint32_t words[SPIRV_MODULE_WORDS]);

#endif
