// Pipelines.
#include "torture.h"

#include <stdio.h>

#include "shaders.h"

static kro_status create(torture_bench *bench)
{
    const kronos_shader *shader = kronos_shader_find("affine_words");
    return kro_pipeline_create(bench->ctx,
                               &(kro_pipeline_config){.spirv = shader->words,
                                                      .spirv_bytes = shader->size_bytes,
                                                      .label = "made"},
                               &bench->made_pipeline);
}

// The pipeline that was made does what it says.
static bool it_runs(kt_test *t, torture_bench *bench)
{
    const uint32_t push[3] = {TORTURE_WORDS, 0, 12};
    return CHECK_OK(kro_dispatch(bench->stream, bench->made_pipeline,
                                 &(kro_dispatch_args){.buffers = {bench->a},
                                                      .push = push,
                                                      .push_bytes = sizeof push,
                                                      .threads = {TORTURE_WORDS}})) &&
           CHECK_OK(kro_finish(bench->stream)) && torture_check_word(t, bench, bench->a, 12);
}

const torture_call torture_kro_pipeline_create_words = {
    .holds = TORTURE_PROGRAM, .run = create, .right = it_runs};

// In a context that keeps pipelines between runs.
static kro_status open_with_cache(torture_bench *bench)
{
    if (bench->ctx)
        return KRO_OK;
    bench->config.cache_dir = bench->folder;
    return kro_context_create(&bench->config, &bench->ctx);
}

static bool the_context_works(kt_test *t, torture_bench *bench)
{
    return torture_check_context(t, bench) && it_runs(t, bench);
}

const torture_call torture_kro_pipeline_create_cached = {
    .prepare = open_with_cache, .run = create, .right = the_context_works};

static const char *path_of(const torture_bench *bench, char path[512])
{
    snprintf(path, 512, "%s/affine_words.spv", bench->folder);
    return path;
}

static kro_status write_file(torture_bench *bench)
{
    const kronos_shader *shader = kronos_shader_find("affine_words");
    char path[512];
    FILE *file = fopen(path_of(bench, path), "wb");
    bool written = file && fwrite(shader->words, 1, shader->size_bytes, file) == shader->size_bytes;
    written = file && fclose(file) == 0 && written;
    return written ? KRO_OK : KRO_ERROR_IO;
}

static kro_status load(torture_bench *bench)
{
    char path[512];
    return kro_pipeline_load(bench->ctx, path_of(bench, path), NULL, &bench->made_pipeline);
}

const torture_call torture_kro_pipeline_load_file = {
    .holds = TORTURE_PROGRAM, .prepare = write_file, .run = load, .right = it_runs};

static kro_status destroy(torture_bench *bench)
{
    kro_pipeline_destroy(bench->set);
    bench->set = NULL;
    return KRO_OK;
}

static kro_status use(torture_bench *bench)
{
    kro_status status = torture_set(bench, bench->stream, 12);
    if (status >= 0)
        status = kro_submit(bench->stream, NULL);
    return status < 0 ? status : torture_set(bench, bench->stream, 13);
}

static bool its_work_runs_on(kt_test *t, torture_bench *bench)
{
    return CHECK_OK(kro_finish(bench->stream)) && torture_check_word(t, bench, bench->a, 13);
}

static kro_status look(torture_bench *bench)
{
    return kro_pipeline_get_info(bench->set) ? KRO_OK : KRO_ERROR_DRIVER;
}

const torture_call torture_kro_pipeline_destroy_idle = {.holds = TORTURE_PROGRAM, .run = destroy};
const torture_call torture_kro_pipeline_destroy_busy = {
    .holds = TORTURE_PROGRAM, .prepare = use, .run = destroy, .right = its_work_runs_on};
const torture_call torture_kro_pipeline_get_info_usual = {
    .holds = TORTURE_PROGRAM, .run = look, .cannot_fail = true};
