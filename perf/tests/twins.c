#include <time.h>

#include "scenes.h"
#include "test.h"
#include "twins/twins.h"

// The list of dispatches says where a barrier is needed; the library finds that out by itself.
TEST(an_experts_barriers_are_those_that_the_library_finds)
{
    kp_scene *scene = scene_on_null(t);
    for (int pattern = 0; scene && pattern < KP_PATTERN_COUNT; pattern++) {
        kp_batch batch;
        kp_batch_init(&batch, (kp_pattern)pattern, 2000);
        uint64_t barriers = 0;
        for (uint32_t i = 0; i < batch.count; i++)
            barriers += batch.ops[i].barrier;
        const kro_stream_info *info = kro_stream_get_info(scene->stream);
        const uint64_t before = info->level_barriers;
        CHECK_OK(kp_scene_round(scene, &batch));
        LOGF(t, "%s", kp_pattern_names[pattern]);
        CHECK_EQ_U64(info->level_barriers - before, barriers);
        kp_batch_finish(&batch);
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
    kp_batch_init(&batch, KP_PATTERN_CHAIN, 1000);
    kp_twin *twin = kp_twin_create(scene, KP_TWIN_RECORD, &batch, &problem);
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
    kp_batch_finish(&batch);
    kt_text_finish(&problem);
}
