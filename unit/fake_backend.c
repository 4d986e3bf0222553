#include "fake_backend.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "os/time.h"

struct kro__recorder {
    fake_device *device;
    uint32_t queue;
    kro__recorded *lent; // to be submitted again and again
};

struct kro__recorded {
    fake_submit submit;
    bool again;
    kro__recorded *next;
};

typedef struct fake_memory {
    kro__memory base;
    unsigned char *bytes;
    bool imported; // they are the caller's
} fake_memory;

static const kro_device_info fake_info = {
    .name = "fake",
    .vendor = "none",
    .driver_name = "fake",
    .driver_info = "",
    .driver_version = "1",
    .api_version = "1.1.0",
    .uuid = "00000000000000000000000000000000",
    .api_version_number = (1u << 22) | (1u << 12),
    .type = KRO_DEVICE_TYPE_CPU,
    .device_memory_bytes = 1u << 30,
    .subgroup_size = 8,
    .min_subgroup_size = 8,
    .max_subgroup_size = 8,
    .features = {.int64 = true, .device_address = true},
    .limits =
        {
            .max_buffer_bytes = 1u << 30,
            .max_binding_bytes = 1u << 27,
            .max_groups = {65535, 65535, 65535},
            .max_group_size = {1024, 1024, 64},
            .max_group_invocations = 1024,
            .max_shared_bytes = 32768,
            .max_push_bytes = 128,
            .max_bindings = 64,
            .max_uniform_bindings = 64,
            .offset_alignment = 16,
            .uniform_alignment = 16,
            .max_uniform_bytes = 65536,
            .host_alignment = 64,
        },
};

static kro_status fake_enumerate(const kro__open_config *config, kro__adapters **out)
{
    (void)config;
    kro__adapters *adapters = calloc(1, sizeof *adapters);
    if (!adapters)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "fake: no memory");
    adapters->count = 1;
    adapters->infos = &fake_info;
    *out = adapters;
    return KRO_OK;
}

static void fake_adapters_destroy(kro__adapters *adapters)
{
    free(adapters);
}

static kro_status fake_open(kro__adapters *adapters, uint32_t index, const kro__open_config *config,
                            kro__device **out)
{
    fake_device *device = calloc(1, sizeof *device);
    if (!device)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "fake: no memory");
    device->base.backend = &fake_backend;
    device->base.info = adapters->infos[index];
    device->base.info.queue_count = config->queues;
    device->base.max_dynamic = 4;
    device->base.max_spirv = 0x00010600;
    free(adapters);
    *out = &device->base;
    return KRO_OK;
}

// Takes the lists of a batch, in one block that begins with the nodes.
static bool copy_lists(fake_submit *submit, const kro__batch *batch)
{
    kro__node *nodes =
        malloc(batch->node_count * (sizeof *nodes + sizeof *submit->order) +
               batch->barrier_count * sizeof *submit->barriers +
               batch->dynamic_count * sizeof *submit->dynamic_offsets + batch->push_bytes);
    if (!nodes)
        return false;
    submit->nodes = nodes;
    submit->order = (uint32_t *)(nodes + batch->node_count);
    submit->barriers = submit->order + batch->node_count;
    for (uint32_t i = 0; i < batch->node_count; i++) {
        submit->order[i] = batch->order[i];
        nodes[i] = batch->nodes[batch->order[i]];
    }
    for (uint32_t i = 0; i < batch->barrier_count; i++)
        submit->barriers[i] = batch->barriers[i];
    submit->dynamic_offsets = submit->barriers + batch->barrier_count;
    for (uint32_t i = 0; i < batch->dynamic_count; i++)
        submit->dynamic_offsets[i] = batch->dynamic_offsets[i];
    submit->push = (uint8_t *)(submit->dynamic_offsets + batch->dynamic_count);
    if (batch->push_bytes > 0)
        memcpy(submit->push, batch->push, batch->push_bytes);
    return true;
}

// Forgets the batch that was submitted last; what is recorded for again keeps its own lists.
static void forget_last(fake_device *device)
{
    if (!device->last_is_lent)
        free(device->last.nodes);
    device->last = (fake_submit){0};
}

// What a context leaves on its device is a leak, whichever case it is: the case crashes.
static void fake_close(kro__device *base)
{
    fake_device *device = (fake_device *)base;
    if (device->memory_count || device->kernel_count || device->recorder_count) {
        fprintf(stderr, "fake: %u memories, %u kernels and %u recorders outlive their device\n",
                device->memory_count, device->kernel_count, device->recorder_count);
        abort();
    }
    forget_last(device);
    free(device);
}

// The status that a call was told to return, once; KRO_OK for none.
static kro_status told_to_fail(fake_device *device, fake_call call)
{
    kro_status status = device->fail_next;
    if (status == KRO_OK || (device->fail_in != call && device->fail_in != FAKE_ANY))
        return KRO_OK;
    if (device->fail_skip > 0) {
        device->fail_skip--;
        return KRO_OK;
    }
    device->fail_next = KRO_OK;
    return kro__fail(status, "fake: told to fail");
}

static kro_status fake_memory_create(kro__device *base, const kro__memory_config *config,
                                     kro__memory **out)
{
    fake_device *device = (fake_device *)base;
    kro_status status = told_to_fail(device, FAKE_MEMORY_CREATE);
    if (status < 0)
        return status;
    fake_memory *memory = calloc(1, sizeof *memory);
    unsigned char *bytes = config->host ? config->host : calloc(1, (size_t)config->size_bytes);
    if (!memory || !bytes) {
        free(memory);
        if (!config->host)
            free(bytes);
        return kro__fail(KRO_ERROR_OUT_OF_DEVICE_MEMORY, "fake: no memory");
    }
    bool visible = device->host_visible || config->memory != KRO_MEMORY_DEVICE;
    memory->bytes = bytes;
    memory->imported = config->host != NULL;
    memory->base = (kro__memory){
        .size_bytes = config->size_bytes,
        .host = visible ? bytes : NULL,
        .host_readable =
            (device->host_visible && !device->host_slow) || config->memory >= KRO_MEMORY_READBACK,
        .device_address = config->device_address ? (uintptr_t)bytes : 0,
    };
    device->memory_count++;
    *out = &memory->base;
    return KRO_OK;
}

static void fake_memory_destroy(kro__device *base, kro__memory *base_memory)
{
    fake_memory *memory = (fake_memory *)base_memory;
    ((fake_device *)base)->memory_count--;
    if (!memory->imported)
        free(memory->bytes);
    free(memory);
}

static kro_status fake_memory_flush(kro__device *device, kro__memory *memory, uint64_t offset_bytes,
                                    uint64_t size_bytes)
{
    (void)memory;
    (void)offset_bytes;
    (void)size_bytes;
    return told_to_fail((fake_device *)device, FAKE_FLUSH);
}

static kro_status fake_memory_invalidate(kro__device *device, kro__memory *memory,
                                         uint64_t offset_bytes, uint64_t size_bytes)
{
    (void)memory;
    (void)offset_bytes;
    (void)size_bytes;
    fake_device *fake = (fake_device *)device;
    while (atomic_load(&fake->slow_reads)) {
        atomic_store(&fake->reads, true);
        sched_yield();
    }
    return told_to_fail(fake, FAKE_INVALIDATE);
}

static kro_status fake_kernel_create(kro__device *base, const kro__kernel_config *config,
                                     kro__kernel **out)
{
    fake_device *device = (fake_device *)base;
    kro_status status = told_to_fail(device, FAKE_KERNEL_CREATE);
    if (status < 0)
        return status;
    kro__kernel *kernel = calloc(1, sizeof *kernel);
    if (!kernel)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "fake: no memory");
    kernel->layout_id = config->reflection->binding_count + 1;
    kernel->id = config->id;
    device->kernel_count++;
    *out = kernel;
    return KRO_OK;
}

static void fake_kernel_destroy(kro__device *base, kro__kernel *kernel)
{
    ((fake_device *)base)->kernel_count--;
    free(kernel);
}

static kro_status fake_recorder_create(kro__device *base, uint32_t queue, const char *label,
                                       kro__recorder **out)
{
    (void)label;
    fake_device *device = (fake_device *)base;
    kro_status status = told_to_fail(device, FAKE_RECORDER_CREATE);
    if (status < 0)
        return status;
    kro__recorder *recorder = calloc(1, sizeof *recorder);
    if (!recorder)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "fake: no memory");
    *recorder = (kro__recorder){.device = device, .queue = queue};
    device->recorder_count++;
    *out = recorder;
    return KRO_OK;
}

static void fake_discard(kro__recorder *recorder, kro__recorded *recorded)
{
    kro__recorded **link = &recorder->lent;
    while (*link && *link != recorded)
        link = &(*link)->next;
    if (*link)
        *link = recorded->next;
    if (recorder->device->last.nodes == recorded->submit.nodes)
        forget_last(recorder->device);
    free(recorded->submit.nodes);
    free(recorded);
}

static void fake_recorder_destroy(kro__device *base, kro__recorder *recorder)
{
    ((fake_device *)base)->recorder_count--;
    while (recorder->lent)
        fake_discard(recorder, recorder->lent);
    free(recorder);
}

static kro_status fake_record(kro__recorder *recorder, const kro__batch *batch, kro__recorded **out)
{
    fake_device *device = recorder->device;
    kro_status status = told_to_fail(device, FAKE_RECORD);
    if (status < 0)
        return status;
    kro__recorded *recorded = calloc(1, sizeof *recorded);
    if (!recorded || !copy_lists(&recorded->submit, batch)) {
        free(recorded);
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "fake: no memory for the batch");
    }
    fake_submit *submit = &recorded->submit;
    recorded->again = batch->again;
    if (recorded->again) {
        recorded->next = recorder->lent;
        recorder->lent = recorded;
    }
    submit->node_count = batch->node_count;
    submit->barrier_count = batch->barrier_count;
    submit->set_count = batch->set_count;
    submit->evicted_count = batch->evicted_count;
    submit->exit_barrier = batch->exit_barrier;
    submit->set_offset_bytes = batch->set_count > 0 ? batch->entries[0].offset_bytes : 0;
    submit->dynamic_offset_bytes = batch->dynamic_offsets ? batch->dynamic_offsets[0] : 0;
    const kro__node *last = &submit->nodes[batch->node_count - 1];
    if (last->op == KRO__OP_DISPATCH && last->dispatch.push_bytes >= sizeof submit->push_word) {
        memcpy(submit->groups, last->dispatch.groups, sizeof submit->groups);
        memcpy(&submit->push_word, batch->push + last->dispatch.push_first,
               sizeof submit->push_word);
    }
    *out = recorded;
    return KRO_OK;
}

static void execute(const kro__node *node)
{
    if (node->op == KRO__OP_COPY)
        memcpy(((fake_memory *)node->copy.dst)->bytes + node->copy.dst_offset_bytes,
               ((fake_memory *)node->copy.src)->bytes + node->copy.src_offset_bytes,
               (size_t)node->copy.size_bytes);
    if (node->op == KRO__OP_FILL)
        for (uint64_t i = 0; i < node->fill.size_bytes; i += sizeof node->fill.word)
            memcpy(((fake_memory *)node->fill.dst)->bytes + node->fill.offset_bytes + i,
                   &node->fill.word, sizeof node->fill.word);
}

static kro_status fake_submit_batch(kro__recorder *recorder, kro__recorded *recorded,
                                    bool entry_barrier, const kro__wait *waits, uint32_t wait_count,
                                    uint64_t *value)
{
    fake_device *device = recorder->device;
    kro_status status = told_to_fail(device, FAKE_SUBMIT);
    if (status < 0) {
        if (!recorded->again)
            fake_discard(recorder, recorded);
        return status;
    }
    for (uint32_t i = 0; i < recorded->submit.node_count && !device->runs_nothing; i++)
        execute(&recorded->submit.nodes[i]);
    recorded->submit.entry_barrier = entry_barrier;
    recorded->submit.wait_count = wait_count;
    if (wait_count > 0)
        memcpy(recorded->submit.waits, waits, wait_count * sizeof *waits);
    forget_last(device);
    device->last = recorded->submit;
    device->last_is_lent = recorded->again;
    device->submit_count++;
    device->entry_barriers += entry_barrier;
    device->exit_barriers += recorded->submit.exit_barrier;
    if (device->busy_ns > 0)
        device->idle_at_ns = kro__now_ns() + device->busy_ns;
    *value = ++device->submitted[recorder->queue];
    if (!recorded->again)
        free(recorded); // its lists are the device's now
    return KRO_OK;
}

// One heap of no size: nobody here asks how large it is.
static void fake_memory_info(kro__device *base, kro_memory_info *out)
{
    const fake_device *device = (const fake_device *)base;
    *out = (kro_memory_info){.heap_count = 1, .allocation_count = device->memory_count};
}

static kro_status fake_completed(kro__device *base, uint32_t queue, uint64_t *value)
{
    fake_device *device = (fake_device *)base;
    const bool is_busy = device->manual || kro__now_ns() < device->idle_at_ns;
    *value = is_busy ? device->finished[queue] : device->submitted[queue];
    return told_to_fail(device, FAKE_COMPLETED);
}

// Blocking for work that no one will finish is a time-out; without manual completion all is done.
static kro_status fake_wait(kro__device *base, uint32_t queue, uint64_t value, uint64_t timeout_ns)
{
    fake_device *device = (fake_device *)base;
    atomic_fetch_add(&device->waits, 1);
    kro_status status = told_to_fail(device, FAKE_WAIT);
    if (status < 0)
        return status;
    const uint64_t now_ns = kro__now_ns(), idle_at_ns = device->idle_at_ns;
    if (now_ns < idle_at_ns) {
        const bool in_time = idle_at_ns - now_ns <= timeout_ns;
        kro__sleep_ns(in_time ? idle_at_ns - now_ns : timeout_ns);
        return in_time ? KRO_OK : KRO_TIMEOUT;
    }
    return !device->manual || device->finished[queue] >= value ? KRO_OK : KRO_TIMEOUT;
}

static void fake_wait_idle(kro__device *base)
{
    ((fake_device *)base)->manual = false;
}

const kro__backend fake_backend = {
    .name = "fake",
    .enumerate = fake_enumerate,
    .adapters_destroy = fake_adapters_destroy,
    .open = fake_open,
    .close = fake_close,
    .memory_create = fake_memory_create,
    .memory_destroy = fake_memory_destroy,
    .memory_flush = fake_memory_flush,
    .memory_invalidate = fake_memory_invalidate,
    .memory_info = fake_memory_info,
    .kernel_create = fake_kernel_create,
    .kernel_destroy = fake_kernel_destroy,
    .recorder_create = fake_recorder_create,
    .recorder_destroy = fake_recorder_destroy,
    .record = fake_record,
    .discard = fake_discard,
    .submit = fake_submit_batch,
    .completed = fake_completed,
    .wait = fake_wait,
    .wait_idle = fake_wait_idle,
};

static void release_context(void *object)
{
    kro_context_destroy(object);
}

kro_context *fake_context(kt_test *t, const kro_context_config *config)
{
    kro_context *ctx = NULL;
    if (CHECK_OK(kro__context_open(&fake_backend, config, &ctx)))
        kt_defer(t, release_context, ctx);
    return ctx;
}

fake_device *fake_device_of(kro_context *ctx)
{
    return (fake_device *)kro__context_device(ctx);
}
