#include "exits.h"

#include <pthread.h>
#include <stdlib.h>

#include "engine.h"
#include "ledger.h"
#include "device_memory.h"
#include "order.h"
#include "report.h"
#include "writes.h"

enum { NEARBY = 32 };

// Device writes to a piece of memory that the host can read, which no barrier has shown to the
// host.
typedef struct unshown {
    const kro__queue *queue; // NULL: dealt with, to be taken out
    uint64_t batch;          // number of the last one that wrote
    uint32_t stage;          // that wrote
    VkBuffer buffer;
    VkDeviceMemory memory;
    uint32_t chained; // stages that come after the writes, through barriers
    bool available;   // some barrier has made the writes available
    bool seen;        // the host knows that they are complete, but has not mapped the memory
} unshown;

// A fence or semaphore value by which the host can see a batch complete.
typedef struct receipt {
    VkFence fence;         // or
    VkSemaphore semaphore; // with
    uint64_t value;
    const kro__queue *queue;
    uint64_t batch;
} receipt;

struct kro__exits {
    kro__device *device;
    pthread_mutex_t mutex;
    unshown *writes;
    uint32_t write_count, write_room;
    receipt *receipts;
    uint32_t receipt_count, receipt_room;
};

kro__exits *kro__exits_create(kro__device *device)
{
    kro__exits *exits = calloc(1, sizeof *exits);
    if (!exits)
        return NULL;
    exits->device = device;
    pthread_mutex_init(&exits->mutex, NULL);
    return exits;
}

void kro__exits_destroy(kro__exits *exits)
{
    if (!exits)
        return;
    pthread_mutex_destroy(&exits->mutex);
    free(exits->writes);
    free(exits->receipts);
    free(exits);
}

// Makes room for one more element of an array that `*array` points at.
static bool grow(void **array, uint32_t count, uint32_t *room, size_t bytes)
{
    if (count < *room)
        return true;
    uint32_t wanted = *room ? 2 * *room : 64;
    void *more = realloc(*array, wanted * bytes);
    if (!more) {
        kro__report_violation("the proxy ran out of memory: exits are not all checked");
        return false;
    }
    *array = more;
    *room = wanted;
    return true;
}

static bool is_readable(const kro__exits *exits, VkDeviceMemory handle)
{
    const kro__memory *memory = kro__memory_find(handle);
    VkMemoryPropertyFlags needed = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT;
    if (!exits->device->spec.exits_all)
        needed |= VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
    return memory && (memory->flags & needed) == needed;
}

// The command whose writes are being noted.
typedef struct writer {
    kro__exits *exits;
    const kro__batch *batch;
    uint32_t stage;
    VkPipeline pipeline;
    uint32_t set;
} writer;

static void note_write(const writer *by, VkBuffer buffer)
{
    kro__exits *exits = by->exits;
    VkDeviceMemory memory = kro__writes_memory(buffer);
    if (!memory || !is_readable(exits, memory))
        return;
    const kro__queue *queue = by->batch->queue;
    const unshown fresh = {
        .queue = queue,
        .batch = by->batch->number,
        .stage = by->stage,
        .buffer = buffer,
        .memory = memory,
    };
    // Programs write the same few buffers again and again.
    uint32_t near = exits->write_count > NEARBY ? exits->write_count - NEARBY : 0;
    for (uint32_t i = near; i < exits->write_count; i++) {
        unshown *old = &exits->writes[i];
        if (old->queue == queue && old->buffer == buffer && old->stage == by->stage &&
            !old->chained && !old->seen) {
            old->batch = fresh.batch;
            return;
        }
    }
    if (grow((void **)&exits->writes, exits->write_count, &exits->write_room,
             sizeof *exits->writes))
        exits->writes[exits->write_count++] = fresh;
}

static void note_descriptor(void *user, const kro__slot *slot)
{
    const writer *by = user;
    if (kro__writes_binding(by->pipeline, by->set, slot->binding))
        note_write(by, slot->buffer);
}

static void note_pushed(const writer *by, const kro__bind *bind)
{
    for (uint32_t w = 0; w < bind->pushed.count; w++) {
        const VkWriteDescriptorSet *write = &bind->pushed.writes[w];
        if (write->descriptorType != VK_DESCRIPTOR_TYPE_STORAGE_BUFFER ||
            !kro__writes_binding(by->pipeline, by->set, write->dstBinding))
            continue;
        for (uint32_t i = 0; i < write->descriptorCount; i++)
            note_write(by, write->pBufferInfo[i].buffer);
    }
}

static void note_dispatch(writer *by, const kro__bound *bound)
{
    by->stage = KRO__STAGE_COMPUTE;
    by->pipeline = bound->pipeline;
    for (uint32_t b = 0; b < bound->count; b++) {
        const kro__bind *bind = bound->binds[b];
        if (bind->kind == KRO__BIND_PUSHED_SETS) {
            by->set = bind->pushed.set;
            note_pushed(by, bind);
        }
        for (uint32_t s = 0; bind->kind == KRO__BIND_SETS && s < bind->sets.count; s++) {
            by->set = bind->sets.first + s;
            kro__writes_visit_set(bind->sets.sets[s], note_descriptor, by);
        }
    }
}

static bool makes_available(const kro__dependency *barrier, uint32_t stage)
{
    const VkAccessFlags2 shader = VK_ACCESS_2_SHADER_WRITE_BIT |
                                  VK_ACCESS_2_SHADER_STORAGE_WRITE_BIT |
                                  VK_ACCESS_2_MEMORY_WRITE_BIT;
    const VkAccessFlags2 transfer = VK_ACCESS_2_TRANSFER_WRITE_BIT | VK_ACCESS_2_MEMORY_WRITE_BIT;
    return barrier->src_access & (stage == KRO__STAGE_COMPUTE ? shader : transfer);
}

// Lets one memory dependency act on one write; true if the host may read it now.
static bool shows(const kro__dependency *barrier, unshown *write)
{
    if (barrier->buffer && barrier->buffer != write->buffer)
        return false;
    if (!(barrier->src & (write->stage | write->chained)))
        return false;
    write->available = write->available || makes_available(barrier, write->stage);
    write->chained |= barrier->dst;
    return barrier->to_host && write->available &&
           (barrier->dst_access & (VK_ACCESS_2_HOST_READ_BIT | VK_ACCESS_2_MEMORY_READ_BIT));
}

// Takes out what was dealt with.
static void compact(kro__exits *exits)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < exits->write_count; i++)
        if (exits->writes[i].queue)
            exits->writes[kept++] = exits->writes[i];
    exits->write_count = kept;
}

static void note_barrier(kro__exits *exits, const kro__batch *batch, const kro__command *command)
{
    for (uint32_t i = 0; i < exits->write_count; i++) {
        unshown *write = &exits->writes[i];
        for (uint32_t d = 0; write->queue == batch->queue && d < command->barrier.count; d++)
            if (shows(&command->barrier.dependencies[d], write))
                write->queue = NULL;
    }
    compact(exits);
}

void kro__exits_command(kro__exits *exits, const kro__batch *batch, const kro__command *command)
{
    if (!exits)
        return;
    writer by = {.exits = exits, .batch = batch, .stage = KRO__STAGE_TRANSFER};
    pthread_mutex_lock(&exits->mutex);
    switch (command->kind) {
    case KRO__COMMAND_DISPATCH:
    case KRO__COMMAND_DISPATCH_INDIRECT:
        note_dispatch(&by, command->bound);
        break;
    case KRO__COMMAND_COPY:
        note_write(&by, command->copy.dst);
        break;
    case KRO__COMMAND_FILL:
    case KRO__COMMAND_UPDATE:
        note_write(&by, command->fill.dst);
        break;
    case KRO__COMMAND_BARRIER:
        note_barrier(exits, batch, command);
        break;
    case KRO__COMMAND_OTHER:
    case KRO__COMMAND_SECONDARY:
        break;
    }
    pthread_mutex_unlock(&exits->mutex);
}

static void add_receipt(kro__exits *exits, const kro__batch *batch, receipt what)
{
    what.queue = batch->queue;
    what.batch = batch->number;
    if (grow((void **)&exits->receipts, exits->receipt_count, &exits->receipt_room,
             sizeof *exits->receipts))
        exits->receipts[exits->receipt_count++] = what;
}

void kro__exits_ran(kro__exits *exits, kro__batch *const *batches, uint32_t count)
{
    if (!exits)
        return;
    pthread_mutex_lock(&exits->mutex);
    for (uint32_t b = 0; b < count; b++) {
        const kro__batch *batch = batches[b];
        if (batch->fence)
            add_receipt(exits, batch, (receipt){.fence = batch->fence});
        for (uint32_t i = 0; i < batch->signal_count; i++)
            if (batch->signals[i].timeline)
                add_receipt(exits, batch,
                            (receipt){.semaphore = batch->signals[i].handle,
                                      .value = batch->signals[i].value});
    }
    pthread_mutex_unlock(&exits->mutex);
}

static void report(const unshown *write)
{
    char object[256];
    kro__text text = {.at = object, .room = sizeof object};
    kro__ledger_describe(&text, VK_OBJECT_TYPE_BUFFER, KRO__HANDLE(write->buffer));
    kro__report_violation("a %s wrote %s in memory that the host has mapped, and the host saw it "
                          "complete without a barrier to HOST_READ behind it",
                          write->stage == KRO__STAGE_COMPUTE ? "kernel" : "transfer", object);
}

// The host knows that a queue (NULL: every queue) has finished everything up to a batch. What it
// can read now and was not shown is reported; for the rest, mapping would be reading.
static void settle(kro__exits *exits, const kro__queue *queue, uint64_t batch)
{
    for (uint32_t i = 0; i < exits->write_count; i++) {
        unshown *write = &exits->writes[i];
        if ((queue && write->queue != queue) || write->batch > batch)
            continue;
        const kro__memory *memory = kro__memory_find(write->memory);
        write->seen = true;
        if (memory && atomic_load(&memory->was_mapped)) {
            report(write);
            write->queue = NULL;
        }
    }
    compact(exits);
}

static kro__exits *exits_of(const kro__device *device)
{
    return device && device->engine ? device->engine->exits : NULL;
}

// What the application saw: one of the two.
static void saw(VkDevice device, VkFence fence, VkSemaphore semaphore, uint64_t value)
{
    kro__exits *exits = atomic_load_explicit(&kro__writes_devices, memory_order_relaxed)
                            ? exits_of(kro__device_find(device))
                            : NULL;
    if (!exits)
        return;
    pthread_mutex_lock(&exits->mutex);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < exits->receipt_count; i++) {
        const receipt of = exits->receipts[i];
        if ((fence && of.fence == fence) ||
            (semaphore && of.semaphore == semaphore && of.value <= value))
            settle(exits, of.queue, of.batch);
        else
            exits->receipts[kept++] = of;
    }
    exits->receipt_count = kept;
    pthread_mutex_unlock(&exits->mutex);
}

void kro__exits_saw_fence(VkDevice device, VkFence fence)
{
    saw(device, fence, VK_NULL_HANDLE, 0);
}

void kro__exits_saw_semaphore(VkDevice device, VkSemaphore semaphore, uint64_t value)
{
    saw(device, VK_NULL_HANDLE, semaphore, value);
}

void kro__exits_saw_queue(const kro__queue *queue)
{
    kro__exits *exits = exits_of(queue->device);
    if (!exits)
        return;
    pthread_mutex_lock(&exits->mutex);
    settle(exits, queue, UINT64_MAX);
    pthread_mutex_unlock(&exits->mutex);
}

void kro__exits_saw_device(const kro__device *device)
{
    kro__exits *exits = exits_of(device);
    if (!exits)
        return;
    pthread_mutex_lock(&exits->mutex);
    settle(exits, NULL, UINT64_MAX);
    pthread_mutex_unlock(&exits->mutex);
}

// Deals with the writes to a piece of memory; those that the host has seen complete are reported
// where it maps the memory.
static void end_writes(const kro__device *device, VkDeviceMemory memory, bool mapped)
{
    kro__exits *exits = exits_of(device);
    if (!exits)
        return;
    pthread_mutex_lock(&exits->mutex);
    for (uint32_t i = 0; i < exits->write_count; i++) {
        unshown *write = &exits->writes[i];
        if (write->memory != memory || (mapped && !write->seen))
            continue;
        if (mapped)
            report(write);
        write->queue = NULL;
    }
    compact(exits);
    pthread_mutex_unlock(&exits->mutex);
}

void kro__exits_mapped(const kro__device *device, VkDeviceMemory memory)
{
    end_writes(device, memory, true);
}

void kro__exits_freed(const kro__device *device, VkDeviceMemory memory)
{
    end_writes(device, memory, false);
}
