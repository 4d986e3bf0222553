// How the instances of a litmus program meet: parameters that decide how often weak behaviour
// shows, and that no one knows for a device before trying.
#ifndef CONFORMANCE_LITMUS_ENVIRONMENT_H
#define CONFORMANCE_LITMUS_ENVIRONMENT_H

#include "kernel_code.h"
#include "test.h"

enum {
    LITMUS_MAX_GROUPS = 1024, // testing and disturbing ones
    LITMUS_MAX_LOCAL_SIZE = 256,
    LITMUS_MAX_INSTANCES = 1 << 17,
    LITMUS_MAX_SPACING = 64,
    LITMUS_MAX_VALUES = 1 << 21, // instances * spacing
    LITMUS_SCRATCH_WORDS = LITMUS_SCRATCH_BEGIN + (1 << 18),
};

typedef struct litmus_environment {
    uint32_t local_size;
    uint32_t groups; // all of them
    bool shuffled;   // workgroups take their work in random order
    litmus_push push;
} litmus_environment;

// An environment for a program on the run's device. The first, 0, is one that does well in general;
// the others are drawn from the case's random numbers.
litmus_environment litmus_environment_draw(kt_test *t, const litmus_program *program,
                                           uint32_t number);

// It, as text.
void litmus_environment_text(const litmus_environment *environment, char *text, size_t bytes);

#endif
