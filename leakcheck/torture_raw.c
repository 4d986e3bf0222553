// Calls for programs that speak Vulkan themselves.
#include "torture.h"

#include <kronos/vulkan.h>

// The device of the context that there is, as if the program had made it.
static kro_status import(torture_bench *bench)
{
    const kro_vk_handles *handles = kro_vk_context(bench->ctx);
    const VkQueue queue = kro_vk_queue(bench->ctx, 0);
    return kro_context_import(
        &(kro_vk_import){.instance = handles->instance,
                         .physical_device = handles->physical_device,
                         .device = handles->device,
                         .get_instance_proc_addr = handles->get_instance_proc_addr,
                         .api_version = handles->api_version,
                         .queue_family = handles->queue_family,
                         .queues = &queue,
                         .queue_count = 1},
        &(kro_context_config){.log = bench->config.log}, &bench->second);
}

static bool it_works(kt_test *t, torture_bench *bench)
{
    torture_bench imported = {.ctx = bench->second, .computes = bench->computes};
    const bool works = torture_check_context(t, &imported);
    kro_stream_destroy(imported.other);
    kro_stream_destroy(imported.stream);
    kro_pipeline_destroy(imported.set);
    kro_buffer_destroy(imported.b);
    kro_buffer_destroy(imported.a);
    return works;
}

static kro_status look(torture_bench *bench)
{
    uint64_t offset_bytes;
    return kro_vk_context(bench->ctx) && kro_vk_queue(bench->ctx, 0) &&
                   kro_vk_buffer(bench->a, &offset_bytes)
               ? KRO_OK
               : KRO_ERROR_DRIVER;
}

static kro_status lock(torture_bench *bench)
{
    kro_status status = kro_vk_queue_lock(bench->ctx, 0);
    if (status >= 0)
        kro_vk_queue_unlock(bench->ctx, 0);
    return status;
}

const torture_call torture_kro_context_import_device = {
    .holds = TORTURE_CONTEXT, .run = import, .right = it_works};
const torture_call torture_kro_vk_context_usual = {
    .holds = TORTURE_PROGRAM, .run = look, .cannot_fail = true};
const torture_call torture_kro_vk_queue_usual = {
    .holds = TORTURE_PROGRAM, .run = look, .cannot_fail = true};
const torture_call torture_kro_vk_buffer_usual = {
    .holds = TORTURE_PROGRAM, .run = look, .cannot_fail = true};
const torture_call torture_kro_vk_queue_lock_usual = {
    .holds = TORTURE_PROGRAM, .run = lock, .cannot_fail = true};
const torture_call torture_kro_vk_queue_unlock_usual = {
    .holds = TORTURE_PROGRAM, .run = lock, .cannot_fail = true};

static kro_status fence(torture_bench *bench)
{
    VkSemaphore semaphore;
    uint64_t value;
    return kro_vk_fence(bench->ctx, bench->fence, &semaphore, &value);
}

static kro_status submit_other(torture_bench *bench)
{
    kro_status status = torture_set(bench, bench->other, 18);
    if (status >= 0)
        status = kro_submit(bench->other, &bench->fence);
    return status < 0 ? status : fence(bench);
}

static kro_status submit_both(torture_bench *bench)
{
    kro_status status = submit_other(bench);
    return status < 0 ? status : kro_fill(bench->stream, bench->b, 0, TORTURE_BYTES, 2);
}

// A semaphore that is a fence of the context's does as well as any.
static kro_status stream_wait(torture_bench *bench)
{
    VkSemaphore semaphore = VK_NULL_HANDLE;
    uint64_t value = 0;
    kro_status status = kro_vk_fence(bench->ctx, bench->fence, &semaphore, &value);
    return status < 0 ? status : kro_vk_stream_wait(bench->stream, semaphore, value);
}

static bool later_work_comes_later(kt_test *t, torture_bench *bench)
{
    return CHECK_OK(kro_copy(bench->stream, bench->b, 0, bench->a, 0, TORTURE_BYTES)) &&
           CHECK_OK(kro_finish(bench->stream)) && torture_check_word(t, bench, bench->b, 18);
}

const torture_call torture_kro_vk_fence_usual = {
    .holds = TORTURE_PROGRAM, .prepare = submit_other, .run = fence, .cannot_fail = true};
const torture_call torture_kro_vk_stream_wait_timeline = {.holds = TORTURE_PROGRAM,
                                                          .prepare = submit_both,
                                                          .run = stream_wait,
                                                          .right = later_work_comes_later,
                                                          .records = true};
