#include "calls.h"

#include <stdlib.h>

#include "rows.h"
#include "shaders.h"

enum { SMALL_BYTES = 4096, MOVED_BYTES = 1 << 20, CALL_COUNT = 6 };

typedef struct calls {
    const kp_scene *scene;
    kro_context_config config; // of the scene's context
    kro_buffer *from, *to;
    void *bytes;
    kp_contender list[CALL_COUNT];
} calls;

static kro_status create_buffer(void *self)
{
    const calls *it = self;
    kro_buffer *buffer;
    kro_status status =
        kro_buffer_create(it->scene->ctx, &(kro_buffer_config){.size_bytes = SMALL_BYTES}, &buffer);
    kro_buffer_destroy(buffer);
    return status;
}

static kro_status upload(void *self)
{
    const calls *it = self;
    return kro_buffer_write(it->from, 0, it->bytes, MOVED_BYTES);
}

static kro_status download(void *self)
{
    const calls *it = self;
    return kro_buffer_read(it->from, 0, it->bytes, MOVED_BYTES);
}

static kro_status copy(void *self)
{
    const calls *it = self;
    kro_status status = kro_copy(it->scene->stream, it->to, 0, it->from, 0, MOVED_BYTES);
    return status < 0 ? status : kro_finish(it->scene->stream);
}

static kro_status create_pipeline(void *self)
{
    const calls *it = self;
    const kronos_shader *shader = kronos_shader_find("saxpy");
    const kro_pipeline_config config = {.spirv = shader->words, .spirv_bytes = shader->size_bytes};
    kro_pipeline *pipeline;
    kro_status status = kro_pipeline_create(it->scene->ctx, &config, &pipeline);
    kro_pipeline_destroy(pipeline);
    return status;
}

static kro_status create_context(void *self)
{
    const calls *it = self;
    kro_context *ctx;
    kro_status status = kro_context_create(&it->config, &ctx);
    kro_context_destroy(ctx);
    return status;
}

static bool init(calls *it, const kp_call_bench *bench, kt_text *problem)
{
    const kro_buffer_config moved = {.size_bytes = MOVED_BYTES};
    *it = (calls){
        .scene = bench->scene,
        .config = {.device = bench->survey->device, .driver = bench->survey->driver},
        .bytes = kt_memory(1, MOVED_BYTES),
        .list = {{"call/buffer-create-destroy", create_buffer, it, 0},
                 {"call/upload-1-mib", upload, it, 0},
                 {"call/download-1-mib", download, it, 0},
                 {"call/copy-1-mib", copy, it, 0},
                 {"call/pipeline-create-destroy", create_pipeline, it, 0},
                 {"call/context-create-destroy", create_context, it, 0}},
    };
    kro_status status = kro_buffer_create(it->scene->ctx, &moved, &it->from);
    if (status >= 0)
        status = kro_buffer_create(it->scene->ctx, &moved, &it->to);
    return status >= 0 || kp_refuse_status(problem, "calls", status);
}

static bool run_call(const kp_call_bench *bench, const kp_contender *call, cJSON *rows,
                     kt_text *problem)
{
    kp_series series;
    size_t failed;
    const kp_contender contender = {"kronos", call->round, call->self, 0};
    kro_status status = kp_measure(&contender, 1, bench->plan, &series, &failed);
    if (status >= 0)
        cJSON_AddItemToArray(rows,
                             kp_row_make(call->name, &contender, &series, 1, bench->plan->seed));
    kp_series_finish(&series);
    return status >= 0 || kp_refuse_status(problem, call->name, status);
}

bool kp_calls_run(const kp_call_bench *bench, cJSON *rows, kt_text *problem)
{
    calls it;
    bool right = init(&it, bench, problem);
    for (int i = 0; right && i < CALL_COUNT; i++)
        if (kp_survey_chooses(bench->survey, it.list[i].name))
            right = run_call(bench, &it.list[i], rows, problem);
    kro_buffer_destroy(it.from);
    kro_buffer_destroy(it.to);
    free(it.bytes);
    return right;
}
