// Kernels that are written for their shape: what they compute is what the host computes.
#include <stdlib.h>

#include "control_flow/shapes.h"
#include "kernel.h"

enum { INVOCATIONS = 256 };

// Runs a program here and there.
static void check_program(kt_test *t, control_program *program)
{
    const size_t count = (size_t)INVOCATIONS * program->variables;
    uint32_t x[INVOCATIONS];
    uint32_t *expected = kt_alloc(t, count * sizeof *expected);
    uint32_t *actual = kt_alloc(t, count * sizeof *actual);
    uint32_t *scratch = kt_alloc(t, (size_t)INVOCATIONS * CONTROL_LENGTH * sizeof *scratch);
    size_t word_count;
    uint32_t *words = control_kernel(program, &word_count);
    kro_constant constants[CONTROL_CONSTANTS + 1];
    kt_fill_u32s(t, x, INVOCATIONS);
    kt_fill_u32s(t, scratch, (size_t)INVOCATIONS * CONTROL_LENGTH);
    for (uint32_t i = 0; i < INVOCATIONS; i++)
        control_run(program, x[i], expected + (size_t)i * program->variables);
    for (uint32_t i = 0; i <= CONTROL_CONSTANTS; i++)
        constants[i] = (kro_constant){
            .id = i, .value.u32 = i < CONTROL_CONSTANTS ? program->constants[i] : CONTROL_LENGTH};
    const bool has_length = program->array == CONTROL_SPEC_LENGTH;
    const kernel_run run = {
        .words = words,
        .word_count = word_count,
        .inputs = {{x, sizeof x}, {scratch, INVOCATIONS * CONTROL_LENGTH * sizeof *scratch}},
        .constants = constants,
        .constant_count = CONTROL_CONSTANTS + has_length,
        .threads = {INVOCATIONS},
        .output = actual,
        .output_bytes = count * sizeof *actual,
    };
    if (CHECK(words) && kernel_run_once(t, &run))
        CHECK_U32S(actual, expected, count);
    free(words);
    control_finish(program);
}

TEST_PARAMS(control_shapes)
{
    for (size_t i = 0; i < CONTROL_SHAPE_COUNT; i++) {
        kt_param(params, "%s.variables", CONTROL_SHAPES[i].name);
        kt_param(params, "%s.phis", CONTROL_SHAPES[i].name);
    }
}

TEST_FAMILY_CASE(generated_kernels_compute_what_the_host_does)
{
    const control_shape *shape = &CONTROL_SHAPES[kt_param_index(t) / 2];
    control_program program;
    (void)param;
    if ((shape->wide_selectors || shape->array == CONTROL_WIDE_INDEX) &&
        !kernel_has(t, NEEDS_INT64))
        return;
    control_build(t, shape, kt_param_index(t) % 2 == 1, &program);
    check_program(t, &program);
}
