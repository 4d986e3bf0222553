// What buffers must hold after a batch: right results pass, and each wrong word is seen.
#include <string.h>

#include "scenes.h"

enum {
    TIMES = 37, // the mix has run each algorithm, and is in the middle of a round
    SIZED_TIMES = 3,
};

// Changes a word of a buffer a little, as a float where it is one.
static kro_status change_word(kro_buffer *buffer, uint64_t index, bool is_float)
{
    uint32_t word;
    kro_status status = kro_buffer_read(buffer, index * sizeof word, &word, sizeof word);
    float value;
    memcpy(&value, &word, sizeof value);
    value += 1;
    word++;
    if (is_float)
        memcpy(&word, &value, sizeof word);
    return status < 0 ? status : kro_buffer_write(buffer, index * sizeof word, &word, sizeof word);
}

static bool is_scratch(const kp_buffer *buffer)
{
    return buffer->role == KP_ROLE_SUMS || buffer->role == KP_ROLE_OFFSETS;
}

static void check_words_matter(kt_test *t, kp_scene *scene, const kp_batch *batch)
{
    kt_text problem = {0};
    for (uint32_t i = 0; i < batch->buffer_count; i++) {
        const kp_buffer *buffer = &batch->buffers[i];
        if (!buffer->words || is_scratch(buffer))
            continue;
        CHECK_OK(kro_finish(scene->stream));
        if (!CHECK(kp_scene_fill(scene, &problem)) || !CHECK_OK(kp_scene_round(scene)))
            break;
        CHECK_OK(change_word(scene->buffers[i], kt_random_below(t, buffer->words),
                             buffer->role == KP_ROLE_C));
        kt_text_clear(&problem);
        CHECK(!kp_scene_check(scene, &problem));
        CHECK_CONTAINS(kt_text_string(&problem), "in data set");
    }
    kt_text_finish(&problem);
}

static void check_pattern(kt_test *t, kp_scene *scene, kp_pattern pattern)
{
    kp_batch batch;
    kt_text problem = {0};
    const kp_work work = work_of(pattern, kp_patterns[pattern].has_size ? SIZED_TIMES : TIMES);
    LOGF(t, "%s", kp_patterns[pattern].name);
    kp_batch_init(&batch, &work, &kro_context_info(scene->ctx)->limits);
    if (kp_scene_stage(scene, &batch, &problem) && kp_scene_fill(scene, &problem) &&
        CHECK_OK(kp_scene_round(scene)) && kp_scene_check(scene, &problem))
        check_words_matter(t, scene, &batch);
    if (problem.size_bytes)
        FAILF(t, "%s", kt_text_string(&problem));
    kp_scene_clear(scene);
    kp_batch_finish(&batch);
    kt_text_finish(&problem);
}

TEST(each_wrong_word_is_seen)
{
    kp_scene scene;
    kt_text problem = {0};
    const kro_context_config config = kt_context_config(t);
    const bool opened = kp_scene_init(&scene, &config, &problem);
    if (!opened)
        FAILF(t, "%s", kt_text_string(&problem));
    for (int i = 0; opened && i < KP_PATTERN_COUNT; i++)
        check_pattern(t, &scene, (kp_pattern)i);
    kp_scene_finish(&scene);
    kt_text_finish(&problem);
}
