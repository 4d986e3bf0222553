#include "creations.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "arguments.h"
#include "shaders.h"
#include "twins/makers.h"
#include "twins/openers.h"

// One object that comes and goes on both sides.
typedef struct creation {
    const kp_scene *scene;
    kro_context_config config; // of a context that is created
    kro_context *ctx;          // with a cache; NULL: the scene's is used
    kp_maker *maker;
    uint32_t constant; // of the pipeline
    kt_text folder;    // of the cache; empty: there is none
} creation;

static kro_status create_buffer(void *self)
{
    const creation *it = self;
    kro_buffer *buffer;
    kro_status status = kro_buffer_create(
        it->scene->ctx, &(kro_buffer_config){.size_bytes = KP_MADE_BYTES}, &buffer);
    kro_buffer_destroy(buffer);
    return status;
}

static kro_status twin_buffer(void *self)
{
    const creation *it = self;
    return kp_maker_buffer(it->maker);
}

static kro_status twin_buffer_in_block(void *self)
{
    const creation *it = self;
    return kp_maker_buffer_in_block(it->maker);
}

static kro_status create_pipeline(kro_context *ctx, uint32_t value)
{
    const kronos_shader *shader = kronos_shader_find(KP_MADE_SHADER);
    const kro_constant constant = {.id = 0, .value.u32 = value};
    const kro_pipeline_config config = {.spirv = shader->words,
                                        .spirv_bytes = shader->size_bytes,
                                        .constants = &constant,
                                        .constant_count = 1};
    kro_pipeline *pipeline;
    kro_status status = kro_pipeline_create(ctx, &config, &pipeline);
    kro_pipeline_destroy(pipeline);
    return status;
}

static kro_status create_cold(void *self)
{
    creation *it = self;
    return create_pipeline(it->scene->ctx, it->constant++);
}

static kro_status twin_cold(void *self)
{
    creation *it = self;
    return kp_maker_pipeline(it->maker, it->constant++);
}

static kro_status create_cached(void *self)
{
    const creation *it = self;
    return create_pipeline(it->ctx, it->constant);
}

static kro_status twin_cached(void *self)
{
    const creation *it = self;
    return kp_maker_pipeline(it->maker, it->constant);
}

static kro_status create_context(void *self)
{
    const creation *it = self;
    kro_context *ctx;
    kro_status status = kro_context_create(&it->config, &ctx);
    kro_context_destroy(ctx);
    return status;
}

static kro_status twin_context(void *self)
{
    const creation *it = self;
    return kp_open_by_hand(it->scene);
}

static void remove_folder(const char *path)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;
    while (folder && (entry = readdir(folder)))
        (void)unlinkat(dirfd(folder), entry->d_name, 0); // of "." and ".." that is refused
    if (folder)
        (void)closedir(folder);
    (void)rmdir(path);
}

static void finish(void *self)
{
    creation *it = self;
    kp_maker_destroy(it->maker);
    kro_context_destroy(it->ctx);
    if (it->folder.size_bytes)
        remove_folder(kt_text_string(&it->folder));
    kt_text_finish(&it->folder);
    free(it);
}

static creation *open_creation(const kp_call_bench *bench, kp_call *out)
{
    creation *it = kt_memory(1, sizeof *it);
    *it = (creation){
        .scene = bench->scene,
        .config = {.device = bench->survey->device, .driver = bench->survey->driver},
    };
    *out = (kp_call){.self = it, .finish = finish};
    return it;
}

bool kp_open_buffer(const kp_call_bench *bench, const kp_call_kind *kind, kp_call *out,
                    kt_text *problem)
{
    (void)kind;
    creation *it = open_creation(bench, out);
    kp_call_add(out, "kronos", create_buffer, it);
    kp_call_add(out, "standard", twin_buffer, it);
    kp_call_add(out, "expert", twin_buffer_in_block, it);
    it->maker = kp_maker_create(bench->scene, problem);
    return it->maker != NULL;
}

// A constant that no earlier run has used, as far as anybody can tell: drivers keep caches of their
// own.
static uint32_t new_constant(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint32_t)now.tv_sec << 20 ^ (uint32_t)now.tv_nsec;
}

bool kp_open_cold_pipeline(const kp_call_bench *bench, const kp_call_kind *kind, kp_call *out,
                           kt_text *problem)
{
    (void)kind;
    creation *it = open_creation(bench, out);
    it->constant = new_constant();
    kp_call_add(out, "kronos", create_cold, it);
    kp_call_add(out, "standard", twin_cold, it);
    it->maker = kp_maker_create(bench->scene, problem);
    return it->maker != NULL;
}

// Opens a context with the folder's cache.
static kro_status open_cached(creation *it)
{
    it->config.cache_dir = kt_text_string(&it->folder);
    return kro_context_create(&it->config, &it->ctx);
}

// Makes the pipeline in one context, and opens another with what the first has kept.
static kro_status warm(creation *it)
{
    kro_status status = open_cached(it);
    if (status >= 0)
        status = create_cached(it);
    kro_context_destroy(it->ctx);
    it->ctx = NULL;
    return status < 0 ? status : open_cached(it);
}

bool kp_open_cached_pipeline(const kp_call_bench *bench, const kp_call_kind *kind, kp_call *out,
                             kt_text *problem)
{
    (void)kind;
    const char *base = getenv("TMPDIR");
    creation *it = open_creation(bench, out);
    it->constant = new_constant();
    kp_call_add(out, "kronos", create_cached, it);
    kp_call_add(out, "standard", twin_cached, it);
    kt_text_format(&it->folder, "%s/kronos-perf-XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(it->folder.bytes)) {
        kt_refuse(problem, "no folder like %s can be made", kt_text_string(&it->folder));
        kt_text_clear(&it->folder);
        return false;
    }
    kro_status status = warm(it);
    if (status < 0)
        return kp_refuse_status(problem, "its cache", status);
    it->maker = kp_maker_create(bench->scene, problem);
    if (!it->maker)
        return false;
    status = twin_cached(it);
    if (status >= 0)
        status = kp_maker_reload_cache(it->maker);
    return status >= 0 || kp_call_refuse(out, 1, status, problem);
}

bool kp_open_context(const kp_call_bench *bench, const kp_call_kind *kind, kp_call *out,
                     kt_text *problem)
{
    (void)kind;
    (void)problem;
    creation *it = open_creation(bench, out);
    kp_call_add(out, "kronos", create_context, it);
    kp_call_add(out, "standard", twin_context, it);
    return true;
}
