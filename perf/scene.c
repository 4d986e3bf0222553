#include "scene.h"

#include <stdlib.h>

#include "arguments.h"
#include "contents.h"
#include "shaders.h"

void kp_name_problem(kt_text *problem, const char *what)
{
    kt_text sentence = {0};
    kt_text_format(&sentence, "%s: %s", what, kt_text_string(problem));
    kt_text_clear(problem);
    kt_text_format(problem, "%s", kt_text_string(&sentence));
    kt_text_finish(&sentence);
}

bool kp_refuse_status(kt_text *problem, const char *what, kro_status status)
{
    return kt_refuse(problem, "%s: %s: %s", what, kro_status_name(status), kro_error_detail());
}

// The arguments of dispatches one after another, kept as programs that care keep them: GCC clears a
// new one of this size with an instruction that alone takes longer than kro_dispatch.
struct kp_arguments {
    kro_dispatch_args args;
    kro_binding bindings[KP_MAX_BINDINGS];
    uint32_t buffer_count; // set in args.buffers
};

static kro_status create_kernel(kp_scene *scene, kp_kernel kernel)
{
    const kronos_shader *shader = kronos_shader_find(kp_kernels[kernel].shader);
    return kro_pipeline_create(
        scene->ctx,
        &(kro_pipeline_config){.spirv = shader->words, .spirv_bytes = shader->size_bytes},
        &scene->kernels[kernel]);
}

bool kp_scene_init(kp_scene *scene, const kro_context_config *config, kt_text *problem)
{
    *scene = (kp_scene){.arguments = kt_memory(1, sizeof *scene->arguments)};
    kro_status status = kro_context_create(config, &scene->ctx);
    if (status >= 0)
        status = kro_stream_create(scene->ctx, NULL, &scene->stream);
    for (int i = 0; status >= 0 && i < KP_KERNEL_COUNT; i++)
        status = create_kernel(scene, (kp_kernel)i);
    return status >= 0 || kp_refuse_status(problem, "perf", status);
}

void kp_scene_finish(kp_scene *scene)
{
    free(scene->buffers);
    free(scene->arguments);
    kro_context_destroy(scene->ctx); // and all that was made in it
}

bool kp_scene_stage(kp_scene *scene, const kp_batch *batch, kt_text *problem)
{
    kp_scene_clear(scene);
    scene->batch = batch;
    scene->round = 0;
    scene->buffers = kt_memory(batch->buffer_count, sizeof *scene->buffers);
    kro_status status = KRO_OK;
    for (uint32_t i = 0; status >= 0 && i < batch->buffer_count; i++)
        if (batch->buffers[i].words)
            status = kro_buffer_create(
                scene->ctx,
                &(kro_buffer_config){.size_bytes = batch->buffers[i].words * sizeof(uint32_t)},
                &scene->buffers[i]);
    return status >= 0 || kp_refuse_status(problem, "perf", status);
}

void kp_scene_clear(kp_scene *scene)
{
    for (uint32_t i = 0; scene->batch && i < scene->batch->buffer_count; i++)
        kro_buffer_destroy(scene->buffers[i]);
    free(scene->buffers);
    scene->buffers = NULL;
    scene->batch = NULL;
}

static void bind(const kp_scene *scene, const kp_op *op)
{
    struct kp_arguments *a = scene->arguments;
    const kp_ranges *ranges = &scene->batch->ranges[op->ranges];
    const uint32_t buffer_count = ranges->are_whole ? ranges->count : 0;
    for (uint32_t i = 0; i < buffer_count; i++)
        a->args.buffers[i] = scene->buffers[ranges->at[i].buffer];
    for (uint32_t i = buffer_count; i < a->buffer_count; i++)
        a->args.buffers[i] = NULL;
    a->buffer_count = buffer_count;
    a->args.binding_count = ranges->count - buffer_count;
    for (uint32_t i = 0; i < a->args.binding_count; i++)
        a->bindings[i] =
            (kro_binding){.buffer = scene->buffers[ranges->at[i].buffer],
                          .offset_bytes = ranges->at[i].offset_bytes + op->offset_bytes,
                          .size_bytes = ranges->at[i].size_bytes,
                          .binding = i};
    a->args.bindings = a->bindings;
}

static kro_status dispatch(const kp_scene *scene, const kp_op *op)
{
    kro_dispatch_args *args = &scene->arguments->args;
    bind(scene, op);
    args->push = op->push;
    args->push_bytes = kp_kernels[op->kernel].push_bytes;
    args->groups[0] = op->groups;
    return kro_dispatch(scene->stream, scene->kernels[op->kernel], args);
}

static kro_status dispatch_all(const kp_scene *scene, uint32_t round)
{
    scene->arguments->args.independent = kp_patterns[scene->batch->work.pattern].is_independent;
    const kp_batch *batch = scene->batch;
    kro_status status = KRO_OK;
    for (uint32_t i = 0; status >= 0 && i < batch->count;) {
        const uint32_t end = kp_round_ops_end(batch, i);
        const kp_op changed = kp_round_op(batch, i, round);
        status = dispatch(scene, &changed);
        for (i++; status >= 0 && i < end; i++)
            status = dispatch(scene, &batch->ops[i]);
    }
    return status;
}

static kro_status run(const kp_scene *scene, uint32_t round)
{
    kro_status status = dispatch_all(scene, round);
    return status < 0 ? status : kro_finish(scene->stream);
}

kro_status kp_scene_round(kp_scene *scene)
{
    return run(scene, scene->round++);
}

kro_status kp_scene_again(const kp_scene *scene)
{
    return run(scene, 0);
}

kro_status kp_scene_make_graph(const kp_scene *scene, kro_graph **out)
{
    *out = NULL;
    kro_status status = kro_graph_begin(scene->stream, NULL);
    if (status < 0)
        return status;
    status = dispatch_all(scene, 0);
    const kro_status ended = kro_graph_end(scene->stream, out); // whatever has failed before
    return status < 0 ? status : ended;
}

kro_status kp_scene_launch(const kp_scene *scene, kro_graph *graph)
{
    kro_fence fence;
    kro_status status = kro_graph_launch(graph, scene->stream, &fence);
    return status < 0 ? status : kro_wait(scene->ctx, fence, UINT64_MAX);
}

// Buffers are filled and read so many words at a time.
enum { PIECE_WORDS = 1 << 20 };

static uint32_t words_from(const kp_scene *scene, uint32_t buffer, uint64_t first)
{
    const uint64_t left = scene->batch->buffers[buffer].words - first;
    return left < PIECE_WORDS ? (uint32_t)left : PIECE_WORDS;
}

static kro_status fill(const kp_scene *scene, uint32_t buffer, uint32_t *words)
{
    kro_status status = KRO_OK;
    uint32_t count;
    for (uint64_t i = 0; status >= 0 && (count = words_from(scene, buffer, i)) != 0; i += count) {
        kp_contents_fill(scene->batch, buffer, i, words, count);
        status = kro_buffer_write(scene->buffers[buffer], i * sizeof *words, words,
                                  count * sizeof *words);
    }
    return status;
}

bool kp_scene_fill(kp_scene *scene, kt_text *problem)
{
    scene->round = 0;
    uint32_t *words = kt_memory(PIECE_WORDS, sizeof *words);
    kro_status status = KRO_OK;
    for (uint32_t i = 0; status >= 0 && i < scene->batch->buffer_count; i++)
        status = fill(scene, i, words);
    free(words);
    return status >= 0 || kp_refuse_status(problem, "perf", status);
}

static bool check(const kp_scene *scene, uint32_t buffer, uint32_t *words, kt_text *problem)
{
    kp_checker checker;
    bool right = true;
    uint32_t count;
    kp_checker_init(&checker, scene->batch, buffer);
    for (uint64_t i = 0; right && (count = words_from(scene, buffer, i)) != 0; i += count) {
        kro_status status = kro_buffer_read(scene->buffers[buffer], i * sizeof *words, words,
                                            count * sizeof *words);
        right = status < 0 ? kp_refuse_status(problem, "perf", status)
                           : kp_checker_take(&checker, words, count, problem);
    }
    kp_checker_finish(&checker);
    return right;
}

bool kp_scene_check(const kp_scene *scene, kt_text *problem)
{
    uint32_t *words = kt_memory(PIECE_WORDS, sizeof *words);
    bool right = true;
    for (uint32_t i = 0; right && i < scene->batch->buffer_count; i++)
        right = check(scene, i, words, problem);
    free(words);
    return right;
}
