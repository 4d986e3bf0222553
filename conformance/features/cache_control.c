// Pipelines that may not be compiled, where an application asks so, and what a driver tells of how
// it made one.
#include <string.h>
#include <time.h>

#include "features.h"

enum { PIPELINES = 4, REFUSED = 1 };

static const VkPipelineCreateFlags MUST_NOT =
    VK_PIPELINE_CREATE_FAIL_ON_PIPELINE_COMPILE_REQUIRED_BIT;
static const VkPipelineCreateFlags EARLY = VK_PIPELINE_CREATE_EARLY_RETURN_ON_FAILURE_BIT;

typedef struct control {
    kt_raw *raw;
    sync_steps *steps;
    VkPipelineCache cache;
    VkShaderModule module;
} control;

static control *open_control(kt_test *t, kt_raw_feature feature)
{
    kt_raw *raw = features_open(t, feature);
    if (!raw)
        return NULL;
    control *self = kt_alloc(t, sizeof *self);
    *self = (control){raw, sync_steps_create(raw), kt_raw_pipeline_cache(raw, NULL, 0),
                      features_module(raw, "affine_words")};
    return self->steps && self->cache && self->module ? self : NULL;
}

static VkComputePipelineCreateInfo info_of(const control *self, VkPipelineCreateFlags flags)
{
    VkComputePipelineCreateInfo info =
        features_pipeline_info(self->module, self->steps->affine->layout);
    info.flags = flags;
    return info;
}

// Runs a step with a pipeline and destroys that.
static void try_pipeline(control *self, VkPipeline pipeline, uint32_t i)
{
    kt_raw_kernel kernel = *self->steps->affine;
    kernel.pipeline = pipeline;
    (void)features_step(self->steps, &kernel, i);
    self->raw->vkDestroyPipeline(self->raw->device, pipeline, NULL);
}

// A driver says that it had to compile and gives none, or it has not, and gives one that works.
static void check_one(control *self, VkPipelineCache cache, const char *circumstances)
{
    kt_test *t = self->raw->t;
    const VkComputePipelineCreateInfo info = info_of(self, MUST_NOT);
    VkPipeline pipeline;
    memset(&pipeline, 0x5a, sizeof pipeline);
    const VkResult result =
        self->raw->vkCreateComputePipelines(self->raw->device, cache, 1, &info, NULL, &pipeline);
    LOGF(t, "%s: %s", circumstances, result ? "refused" : "made");
    if (result == VK_SUCCESS)
        try_pipeline(self, pipeline, 0);
    else if (CHECK_EQ_I64(result, VK_PIPELINE_COMPILE_REQUIRED))
        CHECK(pipeline == VK_NULL_HANDLE);
}

TEST(pipelines_that_must_not_be_compiled_are_refused_or_work)
{
    control *self = open_control(t, KT_RAW_CACHE_CONTROL);
    if (!self)
        return;
    check_one(self, VK_NULL_HANDLE, "without a cache");
    check_one(self, self->cache, "with an empty cache");
    const VkComputePipelineCreateInfo info = info_of(self, 0);
    VkPipeline pipeline;
    if (!CHECK_VK(self->raw->vkCreateComputePipelines(self->raw->device, self->cache, 1, &info,
                                                      NULL, &pipeline)))
        return;
    try_pipeline(self, pipeline, 1);
    check_one(self, self->cache, "with a cache that has it");
}

// One of several is refused: the others are made, or none of those behind it where the one asks for
// that.
static void check_several(control *self, VkPipelineCreateFlags flags)
{
    kt_test *t = self->raw->t;
    kt_raw *raw = self->raw;
    VkComputePipelineCreateInfo infos[PIPELINES];
    VkPipeline pipelines[PIPELINES];
    memset(pipelines, 0x5a, sizeof pipelines);
    for (int i = 0; i < PIPELINES; i++)
        infos[i] = info_of(self, i == REFUSED ? flags : 0);
    const VkResult result = raw->vkCreateComputePipelines(raw->device, VK_NULL_HANDLE, PIPELINES,
                                                          infos, NULL, pipelines);
    CHECK(result == VK_SUCCESS || result == VK_PIPELINE_COMPILE_REQUIRED);
    for (int i = 0; i < PIPELINES; i++) {
        const bool expected =
            result == VK_SUCCESS || (i != REFUSED && (i < REFUSED || !(flags & EARLY)));
        if (CHECK((pipelines[i] != VK_NULL_HANDLE) == expected) && expected)
            try_pipeline(self, pipelines[i], (uint32_t)i);
    }
}

TEST(pipelines_beside_one_that_is_refused_are_made)
{
    control *self = open_control(t, KT_RAW_CACHE_CONTROL);
    if (self)
        check_several(self, MUST_NOT);
}

TEST(pipelines_behind_one_that_ends_the_call_are_not_made)
{
    control *self = open_control(t, KT_RAW_CACHE_CONTROL);
    if (self)
        check_several(self, MUST_NOT | EARLY);
}

// One thread uses it, so that a driver needs no lock.
TEST(caches_may_be_left_to_the_program_to_protect)
{
    control *self = open_control(t, KT_RAW_CACHE_CONTROL);
    const VkPipelineCacheCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO,
        .flags = VK_PIPELINE_CACHE_CREATE_EXTERNALLY_SYNCHRONIZED_BIT};
    VkPipelineCache cache;
    if (!self ||
        !CHECK_VK(self->raw->vkCreatePipelineCache(self->raw->device, &info, NULL, &cache)))
        return;
    for (uint32_t i = 0; i < 2; i++) {
        const VkComputePipelineCreateInfo pipeline_info = info_of(self, 0);
        VkPipeline pipeline;
        if (CHECK_VK(self->raw->vkCreateComputePipelines(self->raw->device, cache, 1,
                                                         &pipeline_info, NULL, &pipeline)))
            try_pipeline(self, pipeline, i);
    }
    self->raw->vkDestroyPipelineCache(self->raw->device, cache, NULL);
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

// What is told of one thing that took at most `most_ns`.
static void check_told(kt_test *t, const VkPipelineCreationFeedback *told, bool cached,
                       uint64_t most_ns)
{
    const VkPipelineCreationFeedbackFlags known =
        VK_PIPELINE_CREATION_FEEDBACK_VALID_BIT |
        VK_PIPELINE_CREATION_FEEDBACK_APPLICATION_PIPELINE_CACHE_HIT_BIT;
    if (!(told->flags & VK_PIPELINE_CREATION_FEEDBACK_VALID_BIT)) {
        CHECK_EQ_U64(told->flags, 0);
        return;
    }
    CHECK_EQ_U64(told->flags & ~known, 0); // it has no base pipeline
    CHECK(cached ||
          !(told->flags & VK_PIPELINE_CREATION_FEEDBACK_APPLICATION_PIPELINE_CACHE_HIT_BIT));
    if (told->duration > most_ns)
        FAILF(t, "%llu ns are told of a call that took %llu", (unsigned long long)told->duration,
              (unsigned long long)most_ns);
}

// Makes a pipeline and looks at what is told, with `stages` told apart: none, or the one there is.
static void check_feedback(control *self, VkPipelineCache cache, uint32_t stages)
{
    kt_test *t = self->raw->t;
    VkPipelineCreationFeedback whole, stage;
    memset(&whole, 0x5a, sizeof whole);
    memset(&stage, 0x5a, sizeof stage);
    const VkPipelineCreationFeedbackCreateInfo feedback = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_CREATION_FEEDBACK_CREATE_INFO,
        .pPipelineCreationFeedback = &whole,
        .pipelineStageCreationFeedbackCount = stages,
        .pPipelineStageCreationFeedbacks = &stage};
    VkComputePipelineCreateInfo info = info_of(self, 0);
    info.pNext = &feedback;
    VkPipeline pipeline;
    const uint64_t begun_ns = now_ns();
    if (!CHECK_VK(self->raw->vkCreateComputePipelines(self->raw->device, cache, 1, &info, NULL,
                                                      &pipeline)))
        return;
    const uint64_t most_ns = now_ns() - begun_ns;
    check_told(t, &whole, cache, most_ns);
    if (stages)
        check_told(t, &stage, cache, most_ns);
    else
        CHECK_EQ_U64(stage.flags, 0x5a5a5a5a);
    try_pipeline(self, pipeline, stages);
}

// A driver may tell nothing; it must then say so.
TEST(feedback_of_a_pipeline_is_possible_or_absent)
{
    control *self = open_control(t, KT_RAW_CREATION_FEEDBACK);
    for (uint32_t i = 0; self && i < 2; i++) {
        check_feedback(self, VK_NULL_HANDLE, 1 - i);
        check_feedback(self, self->cache, 1 - i);
    }
}
