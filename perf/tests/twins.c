#include <time.h>

#include "scenes.h"
#include "test.h"
#include "twins/twins.h"

static void check_barriers(kt_test *t, kp_scene *scene, const kp_work *work)
{
    kp_batch batch;
    kt_text problem = {0};
    kp_batch_init(&batch, work, &kro_context_info(scene->ctx)->limits);
    uint64_t barriers = 0;
    for (uint32_t i = 0; i < batch.count; i++)
        barriers += batch.ops[i].barrier;
    const kro_stream_info *info = kro_stream_get_info(scene->stream);
    const uint64_t before = info->level_barriers;
    LOGF(t, "%s", kp_patterns[work->pattern].name);
    if (CHECK(kp_scene_stage(scene, &batch, &problem)))
        CHECK_OK(kp_scene_round(scene));
    CHECK_EQ_U64(info->level_barriers - before, barriers);
    kp_scene_clear(scene);
    kp_batch_finish(&batch);
    kt_text_finish(&problem);
}

// The list of dispatches says where a barrier is needed; the library finds that out by itself.
TEST(an_experts_barriers_are_those_that_the_library_finds)
{
    kp_scene *scene = scene_on_null(t);
    for (int pattern = 0; scene && pattern < KP_PATTERN_COUNT; pattern++)
        for (uint32_t times = 1; times <= 2000; times = times * 12 + 1) { // 1, 13, 157, 1885
            const kp_work work = work_of((kp_pattern)pattern, times);
            check_barriers(t, scene, &work);
        }
}

static double thread_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

// Nanoseconds per dispatch: the least of many rounds, until it is good enough or seconds have
// passed, so that what else runs here counts little.
static double best_record_ns(kt_test *t, kp_twin *twin, uint32_t count, bool all, double enough_ns)
{
    const double patience_ns = 3e9, start = thread_ns();
    double best = 1e9;
    while (best > enough_ns && thread_ns() - start < patience_ns) {
        const double begin = thread_ns();
        if (!CHECK_OK(kp_twin_record(twin, all)))
            break;
        const double ns = (thread_ns() - begin) / count;
        best = ns < best ? ns : best;
    }
    return best;
}

// A comparison with a slow twin would flatter: on a driver that does nothing a twin takes no longer
// than calls themselves take.
TEST(twins_record_as_fast_as_anybody_can)
{
    const double max_full_ns = 7, max_bound_ns = 3;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
    SKIP(t, "an optimised build without sanitizers");
    return;
#endif
    kp_scene *scene = scene_on_null(t);
    if (!scene)
        return;
    kp_batch batch;
    kt_text problem = {0};
    const kp_work work = work_of(KP_PATTERN_CHAIN, 1000);
    kp_batch_init(&batch, &work, &kro_context_info(scene->ctx)->limits);
    kp_twin *twin = kp_scene_stage(scene, &batch, &problem)
                        ? kp_twin_create(scene, KP_TWIN_RECORD, &problem)
                        : NULL;
    if (twin) {
        const double full_ns = best_record_ns(t, twin, batch.count, true, max_full_ns);
        const double bound_ns = best_record_ns(t, twin, batch.count, false, max_bound_ns);
        LOGF(t, "%.2f ns for a full record, %.2f ns with state bound once", full_ns, bound_ns);
        CHECK(full_ns <= max_full_ns);
        CHECK(bound_ns <= max_bound_ns);
    } else {
        FAILF(t, "%s", kt_text_string(&problem));
    }
    kp_twin_destroy(twin);
    kp_scene_clear(scene);
    kp_batch_finish(&batch);
    kt_text_finish(&problem);
}
