#include "counts.h"
#include "scenes.h"

// What the library says a batch took is what its driver saw, and in the end nothing is made any
// more.
static void check_batch(kt_test *t, const kp_counter *counter, kp_pattern pattern)
{
    kp_batch batch;
    kp_counts counts;
    kt_text problem = {0};
    kp_batch_init(&batch, pattern, 1000);
    const kro_stream_info *info = kro_stream_get_info(counter->scene.stream);
    CHECK_OK(kp_scene_round(&counter->scene, &batch)); // makes what is needed
    const kro_stream_info before = *info;
    const uint64_t rounds = 5; // of kp_counter_count
    LOGF(t, "%s", kp_pattern_names[pattern]);
    if (kp_counter_count(counter, &batch, &counts, &problem)) {
        CHECK_EQ_U64(info->nodes - before.nodes, counts.dispatches * rounds);
        CHECK_EQ_U64(info->submits - before.submits, counts.submits * rounds);
        CHECK_EQ_U64(info->level_barriers - before.level_barriers, counts.level_barriers * rounds);
        CHECK_EQ_U64(info->entry_barriers - before.entry_barriers, counts.entry_barriers * rounds);
        CHECK_EQ_U64(info->exit_barriers - before.exit_barriers, counts.exit_barriers * rounds);
        CHECK_EQ_U64(info->descriptor_sets - before.descriptor_sets, 0);
        CHECK_EQ_U64(counts.descriptor_writes, 0);
        CHECK_EQ_U64(counts.objects_created, 0);
        CHECK_EQ_U64(counts.memory_allocations, 0);
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
        for (int i = 0; i < KP_PATTERN_COUNT; i++)
            check_batch(t, &counter, (kp_pattern)i);
    else
        FAILF(t, "%s", kt_text_string(&problem));
    kp_counter_finish(&counter);
    kt_text_finish(&problem);
}
