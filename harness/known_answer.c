#include "known_answer.h"

// As plain as work for a device can be: what fails here is the machine, not the case before.
static void check_answer(kt_test *t, bool computes)
{
    enum { COUNT = 1000 };
    float a[COUNT], b[COUNT], expected[COUNT], actual[COUNT];
    for (int i = 0; i < COUNT; i++) {
        a[i] = (float)i;
        b[i] = (float)(3 * i);
        expected[i] = (float)(4 * i);
    }
    kro_context *context = kt_context(t);
    const kt_output output = kt_output_create(t, context, sizeof actual);
    kro_buffer *first = kt_buffer(t, sizeof a, a), *second = kt_buffer(t, sizeof b, b);
    kro_pipeline *pipeline = kt_pipeline(t, "vector_add");
    if (!output.buffer || !first || !second || !pipeline)
        return;
    const kro_binding bindings[] = {{.buffer = first, .binding = 0},
                                    {.buffer = second, .binding = 1},
                                    kt_output_binding(&output, 2)};
    CHECK_OK(
        kro_dispatch(kro_context_stream(context), pipeline,
                     &(kro_dispatch_args){.bindings = bindings,
                                          .binding_count = sizeof bindings / sizeof bindings[0],
                                          .threads = {COUNT}}));
    if (computes && kt_output_read(t, &output, actual))
        CHECK_FLOATS(actual, expected, COUNT);
}

static void check_known_answer(kt_test *t)
{
    check_answer(t, kt_device_computes(t));
}

static void check_computed_answer(kt_test *t)
{
    check_answer(t, true);
}

static const kt_suite SUITE = {.name = "kronos", .device = true};
static const kt_entry KNOWN = {.name = "known_answer", .run = check_known_answer};
static const kt_entry COMPUTED = {.name = "computed_answer", .run = check_computed_answer};

const kt_case kt_known_answer = {
    .name = "kronos/runner/known_answer", .suite = &SUITE, .entry = &KNOWN, .group = "runner"};
const kt_case kt_computed_answer = {.name = "kronos/runner/computed_answer",
                                    .suite = &SUITE,
                                    .entry = &COMPUTED,
                                    .group = "runner"};
