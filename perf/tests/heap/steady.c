#include "heap_watch.h"
#include "scene.h"
#include "test.h"

enum { TIMES = 1000, WARM_UP_ROUNDS = 4, ROUNDS = 10 };

// Allocations of the library on this thread during `rounds` batches, of which every other is the
// same again.
static uint64_t allocations(kt_test *t, kp_scene *scene, int rounds)
{
    kro_status status = KRO_OK;
    heap_watch_begin(0);
    for (int i = 0; status >= 0 && i < rounds; i++)
        status = i % 2 ? kp_scene_again(scene) : kp_scene_round(scene);
    const heap_watch watch = heap_watch_end();
    CHECK_OK(status);
    return watch.allocations;
}

// The same for graph launches.
static uint64_t launch_allocations(kt_test *t, kp_scene *scene, kro_graph *graph, int rounds)
{
    kro_status status = KRO_OK;
    heap_watch_begin(0);
    for (int i = 0; status >= 0 && i < rounds; i++)
        status = kp_scene_launch(scene, graph);
    const heap_watch watch = heap_watch_end();
    CHECK_OK(status);
    return watch.allocations;
}

// Patterns with sizes are the mix's at another size.
static bool stage(kt_test *t, kp_scene *scene, kp_pattern pattern, kp_batch *batch)
{
    kt_text problem = {0};
    kp_batch_init(batch, &(kp_work){.pattern = pattern, .times = TIMES},
                  &kro_context_info(scene->ctx)->limits);
    const bool staged = kp_scene_stage(scene, batch, &problem);
    if (!staged)
        FAILF(t, "%s", kt_text_string(&problem));
    kt_text_finish(&problem);
    return staged;
}

static void check_pattern(kt_test *t, kp_scene *scene, kp_pattern pattern)
{
    kp_batch batch;
    kro_graph *graph = NULL;
    LOGF(t, "%s", kp_patterns[pattern].name);
    if (stage(t, scene, pattern, &batch)) {
        allocations(t, scene, WARM_UP_ROUNDS);
        CHECK_EQ_U64(allocations(t, scene, ROUNDS), 0);
        if (CHECK_OK(kp_scene_make_graph(scene, &graph))) {
            launch_allocations(t, scene, graph, WARM_UP_ROUNDS);
            CHECK_EQ_U64(launch_allocations(t, scene, graph, ROUNDS), 0);
        }
    }
    kro_graph_destroy(graph);
    kp_scene_clear(scene);
    kp_batch_finish(&batch);
}

static void check_patterns(kt_test *t, const char *driver)
{
    kp_scene scene;
    kt_text problem = {0};
    const bool opened = kp_scene_init(&scene, &(kro_context_config){.driver = driver}, &problem);
    if (!opened)
        FAILF(t, "%s", kt_text_string(&problem));
    for (int i = 0; opened && i < KP_PATTERN_COUNT; i++)
        if (!kp_patterns[i].has_size)
            check_pattern(t, &scene, (kp_pattern)i);
    kp_scene_finish(&scene);
    kt_text_finish(&problem);
}

TEST(batches_allocate_nothing_on_the_null_driver)
{
    check_patterns(t, kt_null_driver(t));
}

TEST(batches_allocate_nothing_on_a_device)
{
    check_patterns(t, NULL);
}

// What counts can count: the first batch makes room.
TEST(first_batches_are_seen_to_allocate)
{
    kp_scene scene;
    kt_text problem = {0};
    if (CHECK(
            kp_scene_init(&scene, &(kro_context_config){.driver = kt_null_driver(t)}, &problem))) {
        kp_batch batch;
        if (stage(t, &scene, KP_PATTERN_CHAIN, &batch))
            CHECK(allocations(t, &scene, 1) > 0);
        kp_scene_clear(&scene);
        kp_batch_finish(&batch);
    }
    kp_scene_finish(&scene);
    kt_text_finish(&problem);
}
