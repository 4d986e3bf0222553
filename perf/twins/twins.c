#include "twins.h"

#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "objects.h"

const char *const kp_twin_names[KP_TWIN_COUNT] = {
    [KP_TWIN_STANDARD] = "standard",
    [KP_TWIN_RECORD] = "expert-record",
    [KP_TWIN_REPLAY] = "expert-replay",
};

static void barrier(const kp_twin *twin)
{
    static const VkMemoryBarrier memory = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
        .dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT,
    };
    twin->call.CmdPipelineBarrier(twin->commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                                  VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 0, 1, &memory, 0, NULL, 0,
                                  NULL);
}

static void bind_set(const kp_twin *twin, const kp_op *op)
{
    twin->call.CmdBindDescriptorSets(twin->commands, VK_PIPELINE_BIND_POINT_COMPUTE,
                                     twin->layouts[op->kernel], 0, 1, &twin->sets[op->ranges],
                                     twin->type == VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC,
                                     &op->offset_bytes);
}

static void push(const kp_twin *twin, const kp_op *op)
{
    twin->call.CmdPushConstants(twin->commands, twin->layouts[op->kernel],
                                VK_SHADER_STAGE_COMPUTE_BIT, 0, kp_kernels[op->kernel].push_bytes,
                                op->push);
}

static inline void record_op(const kp_twin *twin, const kp_op *op, uint32_t does)
{
    if (does & KP_STEP_BARRIER)
        barrier(twin);
    if (does & KP_STEP_PIPELINE)
        twin->call.CmdBindPipeline(twin->commands, VK_PIPELINE_BIND_POINT_COMPUTE,
                                   twin->pipelines[op->kernel]);
    if (does & KP_STEP_SET)
        bind_set(twin, op);
    if (does & KP_STEP_PUSH)
        push(twin, op);
    twin->call.CmdDispatch(twin->commands, op->groups, 1, 1);
}

static VkResult begin(const kp_twin *twin)
{
    const VkCommandBufferBeginInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
        .flags = twin->kind == KP_TWIN_REPLAY ? 0 : VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT,
    };
    VkResult result = twin->call.ResetCommandPool(twin->device, twin->command_pool, 0);
    return result < 0 ? result : twin->call.BeginCommandBuffer(twin->commands, &info);
}

static VkResult record(kp_twin *twin, bool all)
{
    const kp_batch *batch = twin->batch;
    const uint32_t always = all ? KP_STEP_EVERYTHING : 0;
    VkResult result = begin(twin);
    for (uint32_t i = 0; result >= 0 && i < batch->count;) {
        const uint32_t end = kp_round_ops_end(batch, i);
        const kp_op changed = kp_round_op(batch, i, twin->round);
        record_op(twin, &changed, twin->steps[i] | always);
        for (i++; i < end; i++)
            record_op(twin, &batch->ops[i], twin->steps[i] | always);
    }
    return result < 0 ? result : twin->call.EndCommandBuffer(twin->commands);
}

static VkResult submit(const kp_twin *twin)
{
    const VkSubmitInfo info = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                               .commandBufferCount = 1,
                               .pCommandBuffers = &twin->commands};
    VkResult result = twin->call.QueueSubmit(twin->queue, 1, &info, twin->fence);
    return result < 0 ? result : kp_await(&twin->call, twin->device, twin->fence, twin->polls);
}

// A dispatch as a text-book has it.
static VkResult standard_op(const kp_twin *twin, const kp_op *op)
{
    VkResult result = kp_twin_make_set(twin, op->ranges);
    if (result >= 0)
        result = begin(twin);
    if (result < 0)
        return result;
    record_op(twin, op, KP_STEP_EVERYTHING);
    result = twin->call.EndCommandBuffer(twin->commands);
    if (result >= 0)
        result = submit(twin);
    return result < 0 ? result
                      : twin->call.ResetDescriptorPool(twin->device, twin->descriptor_pool, 0);
}

static VkResult standard_round(const kp_twin *twin)
{
    const kp_batch *batch = twin->batch;
    VkResult result = VK_SUCCESS;
    for (uint32_t i = 0; result >= 0 && i < batch->count;) {
        const uint32_t end = kp_round_ops_end(batch, i);
        const kp_op changed = kp_round_op(batch, i, twin->round);
        result = standard_op(twin, &changed);
        for (i++; result >= 0 && i < end; i++)
            result = standard_op(twin, &batch->ops[i]);
    }
    return result;
}

static VkResult round_of(kp_twin *twin)
{
    if (twin->kind == KP_TWIN_STANDARD)
        return standard_round(twin);
    VkResult result = VK_SUCCESS;
    if (twin->kind == KP_TWIN_RECORD)
        result = record(twin, false);
    return result < 0 ? result : submit(twin);
}

kro_status kp_twin_round(kp_twin *twin)
{
    const VkResult result = round_of(twin);
    twin->round++;
    return result < 0 ? KRO_ERROR_DRIVER : KRO_OK;
}

kro_status kp_twin_record(kp_twin *twin, bool all)
{
    return record(twin, all) < 0 ? KRO_ERROR_DRIVER : KRO_OK;
}

// What differs from the dispatch before; another kernel's layout may be another.
static uint32_t differences(const kp_batch *batch, uint32_t i)
{
    const kp_op *op = &batch->ops[i], *before = op - 1;
    uint32_t does = op->barrier ? KP_STEP_BARRIER : 0;
    if (i == 0 || op->kernel != before->kernel)
        return does | (KP_STEP_EVERYTHING & ~KP_STEP_BARRIER);
    if (op->ranges != before->ranges || op->offset_bytes != before->offset_bytes)
        does |= KP_STEP_SET;
    // What a round changes differs from the dispatch before it, and from the one behind.
    if (i % KP_ROUND_OPS <= 1 || memcmp(op->push, before->push, sizeof op->push) != 0)
        does |= KP_STEP_PUSH;
    return does;
}

static VkResult make_steps(kp_twin *twin)
{
    VkResult result = VK_SUCCESS;
    for (uint32_t i = 0; result >= 0 && i < twin->batch->range_count; i++)
        result = kp_twin_make_set(twin, i);
    for (uint32_t i = 0; i < twin->batch->count; i++)
        twin->steps[i] = differences(twin->batch, i);
    return result;
}

static void free_twin(kp_twin *twin)
{
    free(twin->sets);
    free(twin->steps);
    free(twin);
}

kp_twin *kp_twin_create(const kp_scene *scene, kp_twin_kind kind, kt_text *problem)
{
    const kro_vk_handles *handles = kro_vk_context(scene->ctx);
    const kp_batch *batch = scene->batch;
    kp_twin *twin = kt_memory(1, sizeof *twin);
    *twin = (kp_twin){
        .scene = scene,
        .batch = batch,
        .kind = kind,
        .polls = kro_context_info(scene->ctx)->type != KRO_DEVICE_TYPE_CPU,
        .device = handles->device,
        .queue = kro_vk_queue(scene->ctx, 0),
        .type = kp_patterns[batch->work.pattern].is_ring ? VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC
                                                         : VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
        .sets = kt_memory(batch->range_count, sizeof *twin->sets),
        .steps = kt_memory(batch->count, sizeof *twin->steps),
    };
    if (!kp_functions_init(&twin->call, handles)) {
        kt_refuse(problem, "%s: the device lacks a function of Vulkan 1.0", kp_twin_names[kind]);
        free_twin(twin);
        return NULL;
    }
    VkResult result = kp_twin_create_objects(twin, handles->queue_family);
    if (result >= 0 && kind != KP_TWIN_STANDARD)
        result = make_steps(twin);
    if (result >= 0 && kind == KP_TWIN_REPLAY)
        result = record(twin, false);
    if (result >= 0)
        return twin;
    kt_refuse(problem, "%s: Vulkan returned %d while it was made", kp_twin_names[kind], result);
    kp_twin_destroy(twin);
    return NULL;
}

void kp_twin_destroy(kp_twin *twin)
{
    if (!twin)
        return;
    kp_twin_destroy_objects(twin);
    free_twin(twin);
}
