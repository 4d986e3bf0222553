// A dispatch computes what its shader says, for every element and nothing else.
#include "test.h"

// Every element the GPU adds is the element the host adds.
TEST(dispatch_adds_vectors)
{
    enum { COUNT = 1000 }; // not a multiple of the workgroup size
    float a[COUNT], b[COUNT], expected[COUNT], actual[COUNT];
    kt_fill_floats(t, a, COUNT);
    kt_fill_floats(t, b, COUNT);
    for (int i = 0; i < COUNT; i++)
        expected[i] = a[i] + b[i];

    kro_pipeline *add = kt_pipeline(t, "vector_add");
    kro_buffer *sum = kt_buffer(t, sizeof actual, NULL);
    kro_dispatch_args args = {
        .buffers = {kt_buffer(t, sizeof a, a), kt_buffer(t, sizeof b, b), sum}, .threads = {COUNT}};
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), add, &args));
    if (!CHECK_OK(kro_buffer_read(sum, 0, actual, sizeof actual)))
        return;

    CHECK_FLOATS(actual, expected, COUNT, .ulp = 0);
}

// A bound range is all that a dispatch writes, although its last workgroup is larger.
TEST(dispatch_stays_in_its_range)
{
    enum { COUNT = 77 };
    float a[COUNT], b[COUNT], expected[COUNT], actual[COUNT];
    kt_fill_floats(t, a, COUNT);
    kt_fill_floats(t, b, COUNT);
    for (int i = 0; i < COUNT; i++)
        expected[i] = a[i] + b[i];

    kt_output sum = kt_output_create(t, kt_context(t), sizeof actual);
    const kro_binding bindings[] = {
        {.buffer = kt_buffer(t, sizeof a, a), .binding = 0},
        {.buffer = kt_buffer(t, sizeof b, b), .binding = 1},
        kt_output_binding(&sum, 2),
    };
    kro_dispatch_args args = {.bindings = bindings, .binding_count = 3, .threads = {COUNT}};
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), kt_pipeline(t, "vector_add"), &args));
    if (!kt_output_read(t, &sum, actual))
        return;

    CHECK_FLOATS(actual, expected, COUNT, .ulp = 0);
}
