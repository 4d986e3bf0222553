#include "side.h"

#include <stdlib.h>

// The scene asks for shaders by a function of this name; they are in the program that loads us.
static kp_find_shader find_shader;

const kronos_shader *kronos_shader_find(const char *name)
{
    return find_shader(name);
}

struct kp_side {
    kp_scene scene;
    kp_batch batch;
    kro_graph *graph;
};

static void unload(kp_side *side)
{
    kro_graph_destroy(side->graph);
    side->graph = NULL;
    kp_scene_clear(&side->scene);
    kp_batch_finish(&side->batch);
    side->batch = (kp_batch){0};
}

static void close_side(kp_side *side)
{
    if (!side)
        return;
    unload(side);
    kp_scene_finish(&side->scene);
    free(side);
}

static kp_side *open_side(const char *device, const char *driver, kp_find_shader find,
                          kt_text *problem)
{
    const kro_context_config config = {.device = device, .driver = driver};
    kp_side *side = kt_memory(1, sizeof *side);
    find_shader = find;
    if (kp_scene_init(&side->scene, &config, problem))
        return side;
    close_side(side);
    return NULL;
}

static bool load(kp_side *side, const kp_workload *workload, kt_text *problem)
{
    unload(side);
    kp_batch_init(&side->batch, &workload->batch.work, &kro_context_info(side->scene.ctx)->limits);
    if (!kp_scene_stage(&side->scene, &side->batch, problem))
        return false;
    kro_status status = kp_scene_make_graph(&side->scene, &side->graph);
    return status >= 0 || kp_refuse_status(problem, workload->name, status);
}

static kro_status stream_round(void *side)
{
    kp_side *self = side;
    return kp_scene_round(&self->scene);
}

static kro_status launch(void *side)
{
    kp_side *self = side;
    return kp_scene_launch(&self->scene, self->graph);
}

const kp_side_api *kp_side_get(void)
{
    static const kp_side_api API = {KP_SIDE_STAMP, open_side,    close_side, load,
                                    unload,        stream_round, launch};
    return &API;
}
