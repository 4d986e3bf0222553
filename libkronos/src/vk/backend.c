#include "backend.h"

#include "vk/adapters.h"
#include "vk/budget.h"
#include "vk/device.h"
#include "vk/kernel.h"
#include "vk/memory.h"
#include "vk/record.h"

// The core names queues by index; here they are objects.
static kro_status completed(kro__device *base, uint32_t queue, uint64_t *value)
{
    kro__vk_device *device = (kro__vk_device *)base;
    return kro__vk_queue_completed(&device->queues[queue], value);
}

static kro_status wait(kro__device *base, uint32_t queue, uint64_t value, uint64_t timeout_ns)
{
    kro__vk_device *device = (kro__vk_device *)base;
    return kro__vk_queue_wait(&device->queues[queue], value, timeout_ns);
}

// What the core calls, in the order of backend.h.
const kro__backend kro__backend_vk = {
    .name = "vulkan",
    .enumerate = kro__vk_enumerate,
    .adapters_destroy = kro__vk_adapters_destroy,
    .open = kro__vk_open,
    .close = kro__vk_close,
    .memory_create = kro__vk_memory_create,
    .memory_destroy = kro__vk_memory_destroy,
    .memory_flush = kro__vk_memory_flush,
    .memory_invalidate = kro__vk_memory_invalidate,
    .memory_info = kro__vk_memory_info,
    .kernel_create = kro__vk_kernel_create,
    .kernel_destroy = kro__vk_kernel_destroy,
    .recorder_create = kro__vk_recorder_create,
    .recorder_destroy = kro__vk_recorder_destroy,
    .record = kro__vk_record,
    .discard = kro__vk_discard,
    .submit = kro__vk_submit,
    .completed = completed,
    .wait = wait,
    .wait_idle = kro__vk_wait_idle,
};
