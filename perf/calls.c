#include "calls.h"

#include <stdlib.h>

#include "shaders.h"

enum { SMALL_BYTES = 4096, MOVED_BYTES = 1 << 20 };

static kro_status create_buffer(void *self)
{
    const kp_calls *calls = self;
    kro_buffer *buffer;
    kro_status status = kro_buffer_create(calls->scene->ctx,
                                          &(kro_buffer_config){.size_bytes = SMALL_BYTES}, &buffer);
    kro_buffer_destroy(buffer);
    return status;
}

static kro_status upload(void *self)
{
    const kp_calls *calls = self;
    return kro_buffer_write(calls->from, 0, calls->bytes, MOVED_BYTES);
}

static kro_status download(void *self)
{
    const kp_calls *calls = self;
    return kro_buffer_read(calls->from, 0, calls->bytes, MOVED_BYTES);
}

static kro_status copy(void *self)
{
    const kp_calls *calls = self;
    kro_status status = kro_copy(calls->scene->stream, calls->to, 0, calls->from, 0, MOVED_BYTES);
    return status < 0 ? status : kro_finish(calls->scene->stream);
}

static kro_status create_pipeline(void *self)
{
    const kp_calls *calls = self;
    const kronos_shader *shader = kronos_shader_find("saxpy");
    const kro_pipeline_config config = {.spirv = shader->words, .spirv_bytes = shader->size_bytes};
    kro_pipeline *pipeline;
    kro_status status = kro_pipeline_create(calls->scene->ctx, &config, &pipeline);
    kro_pipeline_destroy(pipeline);
    return status;
}

static kro_status create_context(void *self)
{
    const kp_calls *calls = self;
    kro_context *ctx;
    kro_status status = kro_context_create(&calls->config, &ctx);
    kro_context_destroy(ctx);
    return status;
}

bool kp_calls_init(kp_calls *calls, const kp_scene *scene, const kro_context_config *config,
                   kt_text *problem)
{
    const kro_buffer_config moved = {.size_bytes = MOVED_BYTES};
    *calls = (kp_calls){
        .scene = scene,
        .config = *config,
        .bytes = kt_memory(1, MOVED_BYTES),
        .list = {{"call/buffer-create-destroy", create_buffer, calls},
                 {"call/upload-1-mib", upload, calls},
                 {"call/download-1-mib", download, calls},
                 {"call/copy-1-mib", copy, calls},
                 {"call/pipeline-create-destroy", create_pipeline, calls},
                 {"call/context-create-destroy", create_context, calls}},
    };
    kro_status status = kro_buffer_create(scene->ctx, &moved, &calls->from);
    if (status >= 0)
        status = kro_buffer_create(scene->ctx, &moved, &calls->to);
    return status >= 0 || kp_refuse_status(problem, "calls", status);
}

void kp_calls_finish(kp_calls *calls)
{
    kro_buffer_destroy(calls->from);
    kro_buffer_destroy(calls->to);
    free(calls->bytes);
}
