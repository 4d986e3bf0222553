#include "counts.h"
#include "scenes.h"

// Of 100 dispatches of the mix: eight data sets side by side let eight share a barrier.
enum { MIX_BARRIERS_PER_100 = 13 };

// What the library says batches took is what its driver saw, and in the end nothing is made any
// more.
static void check_counts(kt_test *t, const kp_batch *batch, const kp_counts *counts,
                         const kro_stream_info *before, const kro_stream_info *after)
{
    const uint64_t rounds = 5; // of kp_counter_count
    LOGF(t, "%s", kp_patterns[batch->work.pattern].name);
    CHECK_EQ_U64(after->nodes - before->nodes, counts->dispatches * rounds);
    CHECK_EQ_U64(after->submits - before->submits, counts->submits * rounds);
    CHECK_EQ_U64(after->level_barriers - before->level_barriers, counts->level_barriers * rounds);
    CHECK_EQ_U64(after->entry_barriers - before->entry_barriers, counts->entry_barriers * rounds);
    CHECK_EQ_U64(after->exit_barriers - before->exit_barriers, counts->exit_barriers * rounds);
    CHECK_EQ_U64(counts->descriptor_writes, 0);
    CHECK_EQ_U64(counts->objects_created, 0);
    CHECK_EQ_U64(counts->memory_allocations, 0);
}

static void check_batch(kt_test *t, kp_counter *counter, const kp_work *work)
{
    kp_batch batch;
    kp_counts counts;
    kt_text problem = {0};
    kp_batch_init(&batch, work, &kro_context_info(counter->scene.ctx)->limits);
    const kro_stream_info *info = kro_stream_get_info(counter->scene.stream);
    const kro_stream_info before = *info;
    if (kp_counter_count(counter, &batch, &counts, &problem)) {
        check_counts(t, &batch, &counts, &before, info);
        if (work->pattern == KP_PATTERN_MIX) {
            const uint64_t barriers = counts.level_barriers + counts.entry_barriers;
            LOGF(t, "mix/%u: %llu barriers", work->times, (unsigned long long)barriers);
            CHECK(barriers * 100 <= counts.dispatches * MIX_BARRIERS_PER_100);
        }
    } else {
        FAILF(t, "%s", kt_text_string(&problem));
    }
    kt_text_finish(&problem);
    kp_batch_finish(&batch);
}

TEST(the_proxy_counts_what_the_library_says_of_itself)
{
    kp_counter counter;
    kt_text problem = {0};
    kt_set_environment(t, "KRONOS_PROXY_DRIVER", NULL); // as they are afterwards, too
    kt_set_environment(t, "KRONOS_PROXY", NULL);
    kp_scene *scene = scene_on_null(t);
    if (!scene)
        return;
    if (kp_counter_init(&counter, scene, &problem))
        for (int i = 0; i < KP_PATTERN_COUNT * 2; i++) {
            const kp_work work = work_of((kp_pattern)(i / 2), i % 2 ? 256 : 16);
            check_batch(t, &counter, &work);
        }
    else
        FAILF(t, "%s", kt_text_string(&problem));
    kp_counter_finish(&counter);
    kt_text_finish(&problem);
}
