// How the instances of a litmus program meet: parameters that decide how often weak behaviour
// shows, and that no one knows for a device before trying.
#ifndef CONFORMANCE_LITMUS_ENVIRONMENT_H
#define CONFORMANCE_LITMUS_ENVIRONMENT_H

#include "kernel_code.h"
#include "test.h"

enum { LITMUS_SCRATCH_WORDS = LITMUS_SCRATCH_BEGIN + (1 << 18) };

// How much of everything suits a device. All follows from what kind of device it is, so that the
// same device always does the same work.
typedef struct litmus_scale {
    // Of workgroups. The first does best across workgroups, the second, of several subgroups,
    // within one. Each needs kernels of its own.
    uint32_t local_sizes[3];
    uint32_t groups;        // a small dispatch
    uint32_t max_instances; // of one dispatch
    uint32_t max_values;    // instances * spacing
    uint32_t repetitions;   // dispatches, where a slow device has time for one
} litmus_scale;

const litmus_scale *litmus_device_scale(const kro_device_info *device);

typedef struct litmus_environment {
    uint32_t local_size;
    uint32_t groups; // all of them
    bool shuffled;   // workgroups take their work in random order
    litmus_push push;
} litmus_environment;

// An environment for a program on a device. The first, 0, is one that does well in general, the
// second does where nothing runs at the same time; the others are drawn from the case's random
// numbers.
litmus_environment litmus_environment_draw(kt_test *t, const kro_device_info *device,
                                           const litmus_program *program, uint32_t number);

// It, as text.
void litmus_environment_text(const litmus_environment *environment, char *text, size_t bytes);

#endif
