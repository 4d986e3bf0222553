#include "scenes.h"

kp_work work_of(kp_pattern pattern, uint32_t times)
{
    const uint64_t size = pattern == KP_PATTERN_GEMM ? 256 : 64 * 1024;
    return (kp_work){
        .pattern = pattern, .times = times, .size = kp_patterns[pattern].has_size ? size : 0};
}

static void finish_scene(void *scene)
{
    kp_scene_finish(scene);
}

static kp_scene *make_scene(kt_test *t, const kro_context_config *config)
{
    kp_scene *scene = kt_alloc(t, sizeof *scene);
    kt_text problem = {0};
    const bool made = kp_scene_init(scene, config, &problem);
    kt_defer(t, finish_scene, scene);
    if (!made)
        FAILF(t, "%s", kt_text_string(&problem));
    kt_text_finish(&problem);
    return made ? scene : NULL;
}

kp_scene *scene_on_null(kt_test *t)
{
    return make_scene(
        t, &(kro_context_config){.driver = kt_null_driver(t), .batch_nodes = UINT32_C(1) << 20});
}

kp_scene *scene_on_device(kt_test *t)
{
    const kro_context_config config = kt_context_config(t);
    return make_scene(t, &config);
}
