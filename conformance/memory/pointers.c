// Variable pointers: which words a kernel's pointer means is decided while it runs. GLSL has no
// words for them, so the kernels are SPIR-V.
#include "kernel.h"

// Chosen by a select, by a function and by the rounds of a loop; loaded from and stored to.
TEST(pointers_into_buffers_are_chosen_at_run_time)
{
    enum { COUNT = 64 * 9, WALK = 4, WORDS = COUNT + WALK };
    uint32_t in[2][WORDS], expected[COUNT], actual[COUNT], kept[2 * COUNT], actual_kept[2 * COUNT];
    if (!kernel_buffers_fit(t, 4))
        return;
    kt_fill_u32s(t, in[0], 2 * WORDS);
    kt_poison(kept, sizeof kept);
    for (uint32_t i = 0; i < COUNT; i++) {
        expected[i] = 3 * in[i % 2 ? 0 : 1][i];
        for (uint32_t k = 0; k < WALK; k++)
            expected[i] += in[i % 3 == 0 ? 0 : 1][i + k];
        kept[2 * i + (i & 2 ? 0 : 1)] = i;
    }
    kt_output seen = kt_output_create(t, kt_context(t), sizeof actual);
    kt_output stored = kt_output_create(t, kt_context(t), sizeof actual_kept);
    const kro_binding bindings[] = {{kt_buffer(t, sizeof in[0], in[0]), .binding = 0},
                                    {kt_buffer(t, sizeof in[1], in[1]), .binding = 1},
                                    kt_output_binding(&seen, 2),
                                    kt_output_binding(&stored, 3)};
    CHECK_OK(kro_dispatch(
        kro_context_stream(kt_context(t)), kt_pipeline(t, "choose_pointers"),
        &(kro_dispatch_args){.bindings = bindings, .binding_count = 4, .threads = {COUNT}}));
    if (kt_output_read(t, &seen, actual))
        CHECK_U32S(actual, expected, COUNT);
    if (kt_output_read(t, &stored, actual_kept))
        CHECK_U32S(actual_kept, kept, 2 * COUNT);
}

// Chosen among two arrays of the workgroup, and kept in a variable.
TEST(pointers_into_workgroup_memory_are_chosen_at_run_time)
{
    enum { GROUPS = 20, SIZE = 64, COUNT = GROUPS * SIZE };
    uint32_t expected[COUNT], actual[COUNT];
    for (uint32_t n = 0; n < COUNT; n++) {
        const uint32_t i = n % SIZE, step = i < SIZE / 2 ? 5 : 0;
        expected[n] = i % 2 ? 3 * ((i ^ 1) + step) : 5 * ((i ^ 3) + step);
    }
    if (kernel_run_once(t, &(kernel_run){.shader = "choose_shared_pointers",
                                         .groups = {GROUPS},
                                         .output = actual,
                                         .output_bytes = sizeof actual}))
        CHECK_U32S(actual, expected, COUNT);
}
