#include "scene.h"

#include <stdlib.h>

#include "arguments.h"
#include "shaders.h"

bool kp_refuse_status(kt_text *problem, const char *what, kro_status status)
{
    return kt_refuse(problem, "%s: %s: %s", what, kro_status_name(status), kro_error_detail());
}

static kro_status create_kernel(kp_scene *scene, kp_kernel kernel)
{
    const kp_kernel_info *info = &kp_kernels[kernel];
    const kronos_shader *shader = kronos_shader_find(info->shader);
    const kro_constant local_size = {.id = 0, .value.u32 = info->local_size};
    return kro_pipeline_create(scene->ctx,
                               &(kro_pipeline_config){.spirv = shader->words,
                                                      .spirv_bytes = shader->size_bytes,
                                                      .constants = &local_size,
                                                      .constant_count = info->local_size != 0},
                               &scene->kernels[kernel]);
}

bool kp_scene_init(kp_scene *scene, const kro_context_config *config, kt_text *problem)
{
    *scene = (kp_scene){0};
    kro_status status = kro_context_create(config, &scene->ctx);
    if (status >= 0)
        status = kro_stream_create(scene->ctx, &(kro_stream_config){.batch_nodes = 1 << 20},
                                   &scene->stream);
    for (uint32_t i = 0; status >= 0 && i <= KP_BUFFERS; i++)
        status = kro_buffer_create(
            scene->ctx, &(kro_buffer_config){.size_bytes = kp_buffer_words(i) * sizeof(uint32_t)},
            &scene->buffers[i]);
    for (int i = 0; status >= 0 && i < KP_KERNEL_COUNT; i++)
        status = create_kernel(scene, (kp_kernel)i);
    return status >= 0 || kp_refuse_status(problem, "perf", status);
}

void kp_scene_finish(kp_scene *scene)
{
    kro_context_destroy(scene->ctx); // and all that was made in it
}

static kro_status dispatch(const kp_scene *scene, const kp_op *op)
{
    const kp_kernel_info *kernel = &kp_kernels[op->kernel];
    const kro_binding range = {.buffer = scene->buffers[op->buffers[0]],
                               .offset_bytes = op->offset_bytes,
                               .size_bytes = KP_RANGE_WORDS * sizeof(uint32_t)};
    kro_dispatch_args args = {.push = kernel->push_bytes ? op->push : NULL,
                              .push_bytes = kernel->push_bytes,
                              .groups = {1},
                              .independent = op->independent};
    if (op->buffers[0] == KP_RING) {
        args.bindings = &range;
        args.binding_count = 1;
    } else {
        for (uint32_t i = 0; i < kernel->bindings; i++)
            args.buffers[i] = scene->buffers[op->buffers[i]];
    }
    return kro_dispatch(scene->stream, scene->kernels[op->kernel], &args);
}

static kro_status dispatch_all(const kp_scene *scene, const kp_batch *batch)
{
    kro_status status = KRO_OK;
    for (uint32_t i = 0; status >= 0 && i < batch->count; i++)
        status = dispatch(scene, &batch->ops[i]);
    return status;
}

kro_status kp_scene_round(const kp_scene *scene, const kp_batch *batch)
{
    kro_status status = dispatch_all(scene, batch);
    return status < 0 ? status : kro_finish(scene->stream);
}

kro_status kp_scene_make_graph(const kp_scene *scene, const kp_batch *batch, kro_graph **out)
{
    *out = NULL;
    kro_status status = kro_graph_begin(scene->stream, NULL);
    if (status < 0)
        return status;
    status = dispatch_all(scene, batch);
    const kro_status ended = kro_graph_end(scene->stream, out); // whatever has failed before
    return status < 0 ? status : ended;
}

kro_status kp_scene_launch(const kp_scene *scene, kro_graph *graph)
{
    kro_fence fence;
    kro_status status = kro_graph_launch(graph, scene->stream, &fence);
    return status < 0 ? status : kro_wait(scene->ctx, fence, UINT64_MAX);
}

bool kp_scene_fill(const kp_scene *scene, kt_text *problem)
{
    uint32_t *words = kt_memory(kp_buffer_words(KP_RING), sizeof *words);
    kro_status status = KRO_OK;
    for (uint32_t i = 0; status >= 0 && i <= KP_BUFFERS; i++) {
        kp_fill(i, words);
        status = kro_buffer_write(scene->buffers[i], 0, words, kp_buffer_words(i) * sizeof *words);
    }
    free(words);
    return status >= 0 || kp_refuse_status(problem, "perf", status);
}

static bool same(const kp_scene *scene, uint32_t buffer, const uint32_t *expected, uint32_t *actual,
                 kt_text *problem)
{
    const uint32_t count = kp_buffer_words(buffer);
    kro_status status = kro_buffer_read(scene->buffers[buffer], 0, actual, count * sizeof *actual);
    if (status < 0)
        return kp_refuse_status(problem, "perf", status);
    for (uint32_t i = 0; i < count; i++)
        if (actual[i] != expected[i])
            return kt_refuse(problem, "word %u of buffer %u is 0x%08x and should be 0x%08x", i,
                             buffer, actual[i], expected[i]);
    return true;
}

bool kp_scene_check(const kp_scene *scene, const kp_batch *batch, kt_text *problem)
{
    uint32_t *expected[KP_BUFFERS + 1];
    uint32_t *actual = kt_memory(kp_buffer_words(KP_RING), sizeof *actual);
    for (uint32_t i = 0; i <= KP_BUFFERS; i++) {
        expected[i] = kt_memory(kp_buffer_words(i), sizeof *expected[i]);
        kp_fill(i, expected[i]);
    }
    kp_batch_compute(batch, expected);
    bool right = true;
    for (uint32_t i = 0; i <= KP_BUFFERS; i++) {
        right = right && same(scene, i, expected[i], actual, problem);
        free(expected[i]);
    }
    free(actual);
    return right;
}
