#include "scenes.h"

static void finish_scene(void *scene)
{
    kp_scene_finish(scene);
}

kp_scene *scene_on_null(kt_test *t)
{
    kp_scene *scene = kt_alloc(t, sizeof *scene);
    kt_text problem = {0};
    const bool made =
        kp_scene_init(scene, &(kro_context_config){.driver = kt_null_driver(t)}, &problem);
    kt_defer(t, finish_scene, scene);
    if (!made)
        FAILF(t, "%s", kt_text_string(&problem));
    kt_text_finish(&problem);
    return made ? scene : NULL;
}
