// A kernel while it is written, and what its parts need of each other.
#ifndef CONFORMANCE_LITMUS_KERNEL_WRITER_H
#define CONFORMANCE_LITMUS_KERNEL_WRITER_H

#include "kernel_code.h"

#define PUSH(member) (uint32_t)(offsetof(litmus_push, member) / sizeof(uint32_t))
enum { PUSH_WORDS = sizeof(litmus_push) / sizeof(uint32_t) };

enum { LOCATIONS = 0, RESULTS, ORDER, SCRATCH, BUFFERS };

// A kernel while it is written.
typedef struct writer {
    spirv m;
    const litmus_program *const *programs;
    uint32_t program_count;
    const litmus_program *program; // the first, or whose steps are being written
    uint32_t local_size;
    uint32_t value_type;                    // of locations
    uint32_t buffers[BUFFERS];              // variables
    uint32_t shared;                        // variable; 0: locations are in the buffer
    uint32_t push;                          // variable
    uint32_t group_id, local_id;            // variables
    uint32_t subgroup, subgroup_size, lane; // variables; 0 unless the program's roles are so close
    uint32_t registers[LITMUS_REGISTERS];   // variables
    // Values, once they are known:
    uint32_t group;                   // as the order says
    uint32_t local;                   // number in the workgroup
    uint32_t index;                   // number among those that a program reaches across
    uint32_t instances[LITMUS_ROLES]; // that this invocation plays its roles in
    uint32_t pointers[LITMUS_ROLES][LITMUS_LOCATIONS];
} writer;

// kernel_declarations.c

// Declares everything: what the kernel needs of the device, its buffers, constants and inputs.
void writer_declare(writer *w, uint32_t function);

// kernel_steps.c

bool writer_uses_subgroups(const writer *w);
// Memory semantics of an access, a fence or a barrier on the locations. Where the Vulkan memory
// model is in use, acquiring makes visible and releasing makes available, too.
uint32_t writer_semantics(const writer *w, litmus_order order);
void writer_control_barrier(writer *w, litmus_scope execution, litmus_scope memory, uint32_t mask);
// A value as locations hold it: both halves of 64 bits are the same, so that a torn one shows.
uint32_t writer_stored_value(writer *w, uint32_t value);
uint32_t writer_load_word(writer *w, uint32_t pointer);
uint32_t writer_push_word(writer *w, uint32_t member);
// A word of a buffer of words.
uint32_t writer_word_in(writer *w, uint32_t buffer, uint32_t index);
// The widest scope that every device has.
uint32_t writer_everywhere(writer *w);
// Writes what the roles do, of the program that is asked for.
void writer_play(writer *w);

#endif
