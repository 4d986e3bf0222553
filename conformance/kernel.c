#include "kernel.h"

#include <string.h>

#include "shaders.h"

static void release_pipeline(void *pipeline)
{
    kro_pipeline_destroy(pipeline);
}

static kro_pipeline *make_pipeline(kt_test *t, kro_context *ctx, const kernel_run *run)
{
    kro_pipeline_config config = {.constants = run->constants,
                                  .constant_count = run->constant_count};
    kro_pipeline *pipeline = NULL;
    if (!run->words)
        return kt_pipeline_in(t, ctx, run->shader, &config);
    config.spirv = run->words;
    config.spirv_bytes = run->word_count * sizeof *run->words;
    if (ctx && CHECK_OK(kro_pipeline_create(ctx, &config, &pipeline)))
        kt_defer(t, release_pipeline, pipeline);
    return pipeline;
}

bool kernel_run_once(kt_test *t, const kernel_run *run)
{
    kro_context *ctx = kt_context(t);
    kro_pipeline *pipeline = make_pipeline(t, ctx, run);
    kro_buffer *inputs[KERNEL_INPUTS] = {0};
    kro_binding bindings[KERNEL_INPUTS + 1];
    uint32_t count = 0;
    for (; count < KERNEL_INPUTS && run->inputs[count].data; count++) {
        inputs[count] = kt_buffer(t, run->inputs[count].size_bytes, run->inputs[count].data);
        bindings[count] = (kro_binding){.buffer = inputs[count], .binding = count};
    }
    kt_output output = kt_output_create(t, ctx, run->output_bytes);
    bindings[count] = kt_output_binding(&output, count);

    kro_dispatch_args args = {.bindings = bindings,
                              .binding_count = count + 1,
                              .push = run->push,
                              .push_bytes = run->push_bytes};
    for (int i = 0; i < 3; i++) {
        args.groups[i] = run->groups[i];
        args.threads[i] = run->threads[i];
    }
    bool filled = CHECK_OK(kro_dispatch(kro_context_stream(ctx), pipeline, &args)) &&
                  kt_output_read(t, &output, run->output);

    // Cases that run many kernels would otherwise hold all their buffers to the end.
    kt_release(t, output.buffer);
    for (uint32_t i = 0; i < count; i++)
        kt_release(t, inputs[i]);
    kt_release(t, pipeline);
    return filled;
}

bool kernel_map(kt_test *t, const char *shader, const kernel_input *inputs, uint32_t count,
                void *output, uint64_t output_bytes)
{
    kernel_run run = {
        .shader = shader, .threads = {count}, .output = output, .output_bytes = output_bytes};
    for (int i = 0; i < KERNEL_INPUTS && inputs[i].data; i++)
        run.inputs[i] = inputs[i];
    return kernel_run_once(t, &run);
}

bool kernel_buffers_fit(kt_test *t, uint32_t count)
{
    const kro_device_info *device = kt_device(t);
    if (!device || device->limits.max_bindings >= count)
        return device != NULL;
    SKIP(t, "limits.max_bindings is %u, needs %u", device->limits.max_bindings, count);
    return false;
}

bool kernel_has(kt_test *t, uint64_t needs)
{
    const kro_device_info *device = kt_device(t);
    const char *missing = device ? kt_needs_missing(needs, device) : NULL;
    if (missing)
        SKIP(t, "%s", missing);
    return device && !missing;
}

kro_pipeline *kernel_pipeline_or_skip(kt_test *t, kro_context *ctx, const char *shader,
                                      const char *feature, const kro_pipeline_config *config)
{
    const kronos_shader *found = kronos_shader_find(shader);
    if (!CHECK(found))
        return NULL;
    kro_pipeline_config filled = *config;
    filled.spirv = found->words;
    filled.spirv_bytes = found->size_bytes;
    filled.label = shader;
    kro_pipeline *pipeline;
    const kro_status status = kro_pipeline_create(ctx, &filled, &pipeline);
    if (status == KRO_ERROR_UNSUPPORTED)
        SKIP(t, "%s", strstr(kro_error_detail(), feature) ? feature : kro_error_detail());
    else if (CHECK_OK(status))
        kt_defer(t, release_pipeline, pipeline);
    return pipeline;
}

uint32_t kernel_range_step(kt_test *t, uint32_t size_bytes)
{
    const kro_device_info *device = kt_device(t);
    const uint32_t word = sizeof(uint32_t);
    const uint32_t align =
        device && device->limits.offset_alignment > word ? device->limits.offset_alignment : word;
    return (size_bytes + align - 1) / align * align;
}

void *kernel_read_all(kt_test *t, kro_buffer *buffer)
{
    const kro_buffer_info *info = kro_buffer_get_info(buffer);
    uint64_t size_bytes = info ? info->size_bytes : 1;
    void *bytes = kt_alloc(t, size_bytes);
    kt_poison(bytes, size_bytes);
    CHECK_OK(kro_buffer_read(buffer, 0, bytes, size_bytes));
    return bytes;
}
