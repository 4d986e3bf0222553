#include "heap_watch.h"
#include "scene.h"
#include "test.h"

enum { DISPATCHES = 1000, WARM_UP_ROUNDS = 4, ROUNDS = 10 };

// Allocations of the library on this thread during `rounds` batches.
static uint64_t allocations(kt_test *t, const kp_scene *scene, const kp_batch *batch, int rounds)
{
    kro_status status = KRO_OK;
    heap_watch_begin(0);
    for (int i = 0; status >= 0 && i < rounds; i++)
        status = kp_scene_round(scene, batch);
    const heap_watch watch = heap_watch_end();
    CHECK_OK(status);
    return watch.allocations;
}

// The same for graph launches.
static uint64_t launch_allocations(kt_test *t, const kp_scene *scene, kro_graph *graph, int rounds)
{
    kro_status status = KRO_OK;
    heap_watch_begin(0);
    for (int i = 0; status >= 0 && i < rounds; i++)
        status = kp_scene_launch(scene, graph);
    const heap_watch watch = heap_watch_end();
    CHECK_OK(status);
    return watch.allocations;
}

static void check_pattern(kt_test *t, const kp_scene *scene, kp_pattern pattern)
{
    kp_batch batch;
    kro_graph *graph;
    kp_batch_init(&batch, pattern, DISPATCHES);
    LOGF(t, "%s", kp_pattern_names[pattern]);
    allocations(t, scene, &batch, WARM_UP_ROUNDS);
    CHECK_EQ_U64(allocations(t, scene, &batch, ROUNDS), 0);
    if (CHECK_OK(kp_scene_make_graph(scene, &batch, &graph))) {
        launch_allocations(t, scene, graph, WARM_UP_ROUNDS);
        CHECK_EQ_U64(launch_allocations(t, scene, graph, ROUNDS), 0);
    }
    kro_graph_destroy(graph);
    kp_batch_finish(&batch);
}

static void check_patterns(kt_test *t, const char *driver)
{
    kp_scene scene;
    kt_text problem = {0};
    if (kp_scene_init(&scene, &(kro_context_config){.driver = driver}, &problem))
        for (int i = 0; i < KP_PATTERN_COUNT; i++)
            check_pattern(t, &scene, (kp_pattern)i);
    else
        FAILF(t, "%s", kt_text_string(&problem));
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
    kp_batch batch;
    kt_text problem = {0};
    kp_batch_init(&batch, KP_PATTERN_CHAIN, DISPATCHES);
    if (CHECK(kp_scene_init(&scene, &(kro_context_config){.driver = kt_null_driver(t)}, &problem)))
        CHECK(allocations(t, &scene, &batch, 1) > 0);
    kp_scene_finish(&scene);
    kp_batch_finish(&batch);
    kt_text_finish(&problem);
}
