#include "running.h"

#include <string.h>

#include "shaders.h"

static void release_context(void *context)
{
    kro_context_destroy(context);
}

static void release_buffer(void *buffer)
{
    kro_buffer_destroy(buffer);
}

static void release_stream(void *stream)
{
    kro_stream_destroy(stream);
}

static void release_pipeline(void *pipeline)
{
    kro_pipeline_destroy(pipeline);
}

kro_context *kt_context(kt_test *t)
{
    kro_context *context = kt_session_open(t->session);
    if (!context)
        kt_fail_status(t, "opening the device", t->session->open_status);
    return context;
}

kro_context *kt_full_context(kt_test *t)
{
    kro_context *context = kt_session_open_full(t->session);
    if (!context)
        kt_fail_status(t, "opening the device with all features", t->session->open_status);
    return context;
}

const kro_device_info *kt_device(kt_test *t)
{
    return kro_context_info(kt_context(t));
}

bool kt_device_computes(kt_test *t)
{
    const kro_device_info *info = kt_device(t);
    return info && strcmp(info->driver_name, "Kronos null driver") != 0;
}

kro_context_config kt_context_config(kt_test *t)
{
    return (kro_context_config){.device = t->session->device,
                                .driver = t->session->driver,
                                .log = kt_session_log,
                                .log_user = t->session};
}

kro_context *kt_context_with(kt_test *t, const kro_context_config *config)
{
    const kro_context_config defaults = kt_context_config(t);
    kro_context_config filled = config ? *config : defaults;
    // A driver of the case's own has devices of its own.
    if (!filled.driver && !filled.get_instance_proc_addr) {
        filled.driver = defaults.driver;
        if (!filled.device)
            filled.device = defaults.device;
    }
    if (!filled.log) {
        filled.log = defaults.log;
        filled.log_user = defaults.log_user;
    }
    kro_context *context;
    kro_status status = kro_context_create(&filled, &context);
    if (status < 0)
        kt_fail_status(t, "kt_context_with", status);
    else
        kt_defer(t, release_context, context);
    return context;
}

kro_buffer *kt_buffer_in(kt_test *t, kro_context *ctx, const kro_buffer_config *config)
{
    kro_buffer *buffer;
    kro_status status = kro_buffer_create(ctx, config, &buffer);
    if (status < 0)
        kt_fail_status(t, "kt_buffer", status);
    else
        kt_defer(t, release_buffer, buffer);
    return buffer;
}

kro_buffer *kt_buffer(kt_test *t, uint64_t size_bytes, const void *data)
{
    const void *contents = data;
    void *poison = NULL;
    if (!data && size_bytes) {
        poison = kt_alloc(t, size_bytes);
        kt_poison(poison, size_bytes);
        contents = poison;
    }
    kro_buffer *buffer = kt_buffer_in(
        t, kt_context(t), &(kro_buffer_config){.size_bytes = size_bytes, .data = contents});
    kt_release(t, poison);
    return buffer;
}

kro_stream *kt_stream_in(kt_test *t, kro_context *ctx, const kro_stream_config *config)
{
    kro_stream *stream;
    kro_status status = kro_stream_create(ctx, config, &stream);
    if (status < 0)
        kt_fail_status(t, "kt_stream", status);
    else
        kt_defer(t, release_stream, stream);
    return stream;
}

kro_stream *kt_stream(kt_test *t)
{
    return kt_stream_in(t, kt_context(t), NULL);
}

kro_pipeline *kt_pipeline_in(kt_test *t, kro_context *ctx, const char *shader,
                             const kro_pipeline_config *config)
{
    const kronos_shader *found = kronos_shader_find(shader);
    if (!found) {
        kt_internal_error(t, "kt_pipeline: there is no shader '%s'", shader);
        return NULL;
    }
    kro_pipeline_config filled = config ? *config : (kro_pipeline_config){0};
    filled.spirv = found->words;
    filled.spirv_bytes = found->size_bytes;
    if (!filled.label)
        filled.label = shader;
    kro_pipeline *pipeline;
    kro_status status = kro_pipeline_create(ctx, &filled, &pipeline);
    if (status < 0)
        kt_fail_status(t, "kt_pipeline", status);
    else
        kt_defer(t, release_pipeline, pipeline);
    return pipeline;
}

kro_pipeline *kt_pipeline(kt_test *t, const char *shader)
{
    return kt_pipeline_in(t, kt_context(t), shader, NULL);
}
