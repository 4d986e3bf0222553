// As many buffers and sets as a kernel may have, and arrays of them.
#include "kernel.h"
#include "shaders.h"

#include <string.h>

// Where memory for descriptors alone would make a case long: many devices allow a million.
enum { MOST_BUFFERS = 1024 };

static uint32_t at_most(uint32_t limit)
{
    return limit < MOST_BUFFERS ? limit : MOST_BUFFERS;
}

// Binds `count` ranges of one buffer, each `step` bytes after the other and `bytes` long, as an
// array at binding 0, with an output at binding 1, and runs a kernel over them.
static void run_array(kt_test *t, const char *shader, kro_buffer *ranges, uint32_t count,
                      uint32_t step, uint32_t bytes, const kt_output *out, uint32_t first)
{
    const kro_constant constant = {0, .value.u32 = count};
    kro_pipeline *pipeline =
        kt_pipeline_in(t, kt_context(t), shader,
                       &(kro_pipeline_config){.constants = &constant, .constant_count = 1});
    kro_binding *bindings = kt_alloc(t, (count + 1) * sizeof *bindings);
    for (uint32_t i = 0; i < count; i++)
        bindings[i] = (kro_binding){ranges, (uint64_t)i * step, bytes, .element = i};
    bindings[count] = kt_output_binding(out, 1);
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), pipeline,
                          &(kro_dispatch_args){.bindings = bindings,
                                               .binding_count = count + 1,
                                               .push = &first,
                                               .push_bytes = sizeof first,
                                               .groups = {1}}));
}

// A kernel with limits.max_bindings storage buffers, but at most 1,024, reads and writes each at
// its place in an array.
TEST(as_many_storage_buffers_as_fit_are_told_apart)
{
    const kro_device_info *device = kt_device(t);
    if (!device)
        return;
    const uint32_t count = at_most(device->limits.max_bindings) - 1, first = count / 3;
    const uint32_t step = kernel_range_step(t, sizeof(uint32_t)), words = count * (step / 4);
    uint32_t *in = kt_alloc(t, 4 * words), *expected = kt_alloc(t, 4 * count),
             *actual = kt_alloc(t, 4 * count);
    kt_fill_u32s(t, in, words);
    kro_buffer *buffer = kt_buffer(t, 4 * words, in);
    kt_output out = kt_output_create(t, kt_context(t), 4 * count);
    run_array(t, "pick_storage", buffer, count, step, sizeof(uint32_t), &out, first);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t *word = &in[(first + i) % count * (step / 4)];
        expected[i] = *word;
        *word += i;
    }
    if (kt_output_read(t, &out, actual))
        CHECK_U32S(actual, expected, count);
    CHECK_U32S(kernel_read_all(t, buffer), in, words);
}

// The same of limits.max_uniform_bindings uniform buffers, which are only read.
TEST(as_many_uniform_buffers_as_fit_are_told_apart)
{
    enum { QUAD_BYTES = 16 };
    const kro_device_info *device = kt_device(t);
    if (!device)
        return;
    const uint32_t count = at_most(device->limits.max_uniform_bindings), first = count / 2;
    const uint32_t align = device->limits.uniform_alignment;
    const uint32_t step = align > QUAD_BYTES ? align : QUAD_BYTES;
    uint8_t *in = kt_alloc(t, (size_t)count * step), *expected = kt_alloc(t, count * QUAD_BYTES),
            *actual = kt_alloc(t, count * QUAD_BYTES);
    kt_fill_bytes(t, in, (size_t)count * step);
    kro_buffer *buffer = kt_buffer(t, (uint64_t)count * step, in);
    kt_output out = kt_output_create(t, kt_context(t), count * QUAD_BYTES);
    run_array(t, "pick_uniform", buffer, count, step, QUAD_BYTES, &out, first);
    for (uint32_t i = 0; i < count; i++)
        memcpy(expected + i * QUAD_BYTES, in + (size_t)((first + i) % count) * step, QUAD_BYTES);
    if (kt_output_read(t, &out, actual))
        CHECK_BYTES(actual, expected, count * QUAD_BYTES);
}

static const struct {
    uint32_t count;
    const char *shader;
} SETS[] = {{4, "read_4_sets"}, {8, "read_8_sets"}, {16, "read_16_sets"}, {32, "read_32_sets"}};

TEST_PARAMS(set_counts)
{
    for (size_t i = 0; i < sizeof SETS / sizeof SETS[0]; i++)
        kt_param(params, "%u", SETS[i].count);
}

// A buffer in each of many sets is the one that was bound there. Devices have 4 sets at least and
// 32 at most, most of them.
TEST_FAMILY_CASE(buffers_of_many_sets_are_told_apart)
{
    (void)param;
    enum { MOST = 32 };
    const uint32_t sets = SETS[kt_param_index(t)].count;
    const kronos_shader *shader = kronos_shader_find(SETS[kt_param_index(t)].shader);
    uint32_t expected[MOST], actual[MOST];
    kro_pipeline *pipeline;
    const kro_status status = kro_pipeline_create(
        kt_context(t),
        &(kro_pipeline_config){.spirv = shader->words, .spirv_bytes = shader->size_bytes},
        &pipeline);
    if (status == KRO_ERROR_UNSUPPORTED) {
        SKIP(t, "%s", kro_error_detail());
        return;
    }
    if (!CHECK_OK(status))
        return;
    kt_fill_u32s(t, expected, MOST);
    kt_output out = kt_output_create(t, kt_context(t), 4 * (sets - 1));
    kro_binding bindings[MOST] = {kt_output_binding(&out, 0)};
    for (uint32_t i = 1; i < sets; i++)
        bindings[i] = (kro_binding){kt_buffer(t, 4, &expected[i - 1]), .set = i};
    CHECK_OK(kro_dispatch(
        kro_context_stream(kt_context(t)), pipeline,
        &(kro_dispatch_args){.bindings = bindings, .binding_count = sets, .groups = {1}}));
    if (kt_output_read(t, &out, actual))
        CHECK_U32S(actual, expected, sets - 1);
    kro_pipeline_destroy(pipeline);
}
