// Programs of one shape each, filled from the case's seed.
#ifndef CONFORMANCE_CONTROL_FLOW_SHAPES_H
#define CONFORMANCE_CONTROL_FLOW_SHAPES_H

#include "control_flow/program.h"
#include "test.h"

typedef struct control_shape {
    const char *name;
    void (*build)(kt_test *t, control_program *program);
    uint32_t variables;
    control_passing passing;
    control_array array;
    bool wide_selectors;
} control_shape;

extern const control_shape CONTROL_SHAPES[];
extern const size_t CONTROL_SHAPE_COUNT;

// Makes a program, which control_finish() ends.
void control_build(kt_test *t, const control_shape *shape, bool phis, control_program *program);

#endif
