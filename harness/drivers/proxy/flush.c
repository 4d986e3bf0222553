// One flush: which held batches can run, in which order their commands run, and what they signal.
#include "flush.h"

#include <stdlib.h>

#include "accesses.h"
#include "driver.h"
#include "exits.h"
#include "faults.h"
#include "order.h"

// A command in the order that is being made; whole command buffers have no command.
typedef struct item {
    kro__queue *queue;
    const kro__command *command;
    VkCommandBuffer whole;
} item;

// The batches that run, what they consist of, and how they depend on each other.
typedef struct plan {
    kro__engine *engine;
    kro__batch **batches; // each after those it waits for
    uint32_t batch_count;
    kro__queue **queues; // by their number in `order`
    uint32_t queue_count;
    item *items;
    uint32_t item_count, item_room;
    uint32_t *signals; // points in `order`, per batch
    kro__order order;
    kro__scopes *scopes; // NULL: nothing is asked of them
    bool failed;
} plan;

// True if a batch signals what another waits for.
static const kro__batch_semaphore *signal_for(const kro__batch *batch,
                                              const kro__batch_semaphore *wait)
{
    for (uint32_t i = 0; i < batch->signal_count; i++) {
        const kro__batch_semaphore *signal = &batch->signals[i];
        if (signal->handle == wait->handle && (!wait->timeline || signal->value >= wait->value))
            return signal;
    }
    return NULL;
}

// The scheduled batch whose signal ends a wait, or `plan->batch_count`: a binary semaphore's newest
// signal, a timeline's smallest value that is enough.
static uint32_t find_signal(const plan *in, uint32_t before, const kro__batch_semaphore *wait)
{
    uint32_t found = in->batch_count;
    uint64_t least = UINT64_MAX;
    for (uint32_t i = 0; i < before; i++) {
        const kro__batch_semaphore *signal = signal_for(in->batches[i], wait);
        if (signal && (!wait->timeline || signal->value <= least)) {
            found = i;
            least = signal->value;
        }
    }
    return found;
}

// Whether a held batch that does not run yet will signal this first. Binary semaphores are
// signalled by what was submitted before the wait; what was signalled elsewhere needs no signal
// here.
static bool waits_for_held(const plan *in, const kro__batch *batch,
                           const kro__batch_semaphore *wait)
{
    for (const kro__batch *held = in->engine->held; held != batch; held = held->next)
        if (!held->scheduled && signal_for(held, wait))
            return true;
    return false;
}

static bool wait_is_met(plan *in, const kro__batch *batch, kro__batch_semaphore *wait)
{
    if (!wait->timeline)
        return !waits_for_held(in, batch, wait);
    uint64_t value = 0;
    if (kro__driver.vkGetSemaphoreCounterValue(in->engine->device->handle, wait->handle, &value) <
        0)
        in->failed = true;
    wait->over = value >= wait->value;
    return wait->over || find_signal(in, in->batch_count, wait) < in->batch_count;
}

static bool can_run(plan *in, const kro__batch *batch)
{
    for (const kro__batch *earlier = in->engine->held; earlier != batch; earlier = earlier->next)
        if (earlier->queue == batch->queue && !earlier->scheduled)
            return false;
    for (uint32_t i = 0; i < batch->wait_count; i++)
        if (!wait_is_met(in, batch, &batch->waits[i]))
            return false;
    return true;
}

// Schedules every batch that can run, until none is left that a scheduled one lets run.
static void schedule(plan *in)
{
    bool more = true;
    while (more) {
        more = false;
        for (kro__batch *batch = in->engine->held; batch; batch = batch->next) {
            if (batch->scheduled || !can_run(in, batch))
                continue;
            batch->scheduled = true;
            in->batches[in->batch_count++] = batch;
            more = true;
        }
    }
}

static uint32_t queue_number(plan *in, kro__queue *queue)
{
    uint32_t n = 0;
    while (n < in->queue_count && in->queues[n] != queue)
        n++;
    if (n == in->queue_count)
        in->queues[in->queue_count++] = queue;
    return n;
}

static void add_item(plan *in, uint32_t queue, uint32_t batch, uint32_t stages, item what)
{
    if (in->item_count == in->item_room) {
        uint32_t room = in->item_room ? 2 * in->item_room : 256;
        item *more = realloc(in->items, room * sizeof *more);
        if (!more) {
            in->failed = true;
            return;
        }
        in->items = more;
        in->item_room = room;
    }
    what.queue = in->queues[queue];
    in->items[in->item_count++] = what;
    kro__order_item(&in->order, queue, stages, batch);
    if (in->scopes)
        kro__scopes_item(in->scopes, queue,
                         what.command && kro__accesses_of(what.command, &in->scopes->accesses));
}

// Something that keeps its place among everything on its queue.
static void add_fixed(plan *in, uint32_t queue, uint32_t batch, item what)
{
    kro__order_barrier(&in->order, queue, KRO__STAGE_ALL, KRO__STAGE_ALL);
    add_item(in, queue, batch, KRO__STAGE_ALL, what);
    kro__order_barrier(&in->order, queue, KRO__STAGE_ALL, KRO__STAGE_ALL);
}

static void add_barrier(plan *in, uint32_t queue, const kro__command *command)
{
    for (uint32_t i = 0; i < command->barrier.count; i++) {
        const kro__dependency *dependency = &command->barrier.dependencies[i];
        kro__order_barrier(&in->order, queue, dependency->src, dependency->dst);
    }
    if (in->scopes)
        kro__scopes_barrier(in->scopes, queue, command->barrier.dependencies,
                            command->barrier.count);
}

static void add_command(plan *in, uint32_t queue, uint32_t batch, kro__fault_walk *walk,
                        const kro__command *command)
{
    const item what = {.command = command};
    switch (command->kind) {
    case KRO__COMMAND_DISPATCH:
        add_item(in, queue, batch, KRO__STAGE_COMPUTE, what);
        break;
    case KRO__COMMAND_DISPATCH_INDIRECT:
        add_item(in, queue, batch, KRO__STAGE_COMPUTE | KRO__STAGE_INDIRECT, what);
        break;
    case KRO__COMMAND_COPY:
    case KRO__COMMAND_FILL:
    case KRO__COMMAND_UPDATE:
        add_item(in, queue, batch, KRO__STAGE_TRANSFER, what);
        break;
    case KRO__COMMAND_OTHER:
        add_fixed(in, queue, batch, what);
        break;
    case KRO__COMMAND_BARRIER:
        if (kro__faults_drop(walk, command))
            return;
        add_barrier(in, queue, command);
        break;
    case KRO__COMMAND_SECONDARY:
        for (const kro__command *c = command->secondary->first; c; c = c->next)
            add_command(in, queue, batch, walk, c);
        return;
    }
    kro__exits_command(in->engine->exits, in->batches[batch], command);
}

static void add_batch(plan *in, uint32_t number)
{
    kro__batch *batch = in->batches[number];
    uint32_t queue = queue_number(in, batch->queue);
    for (uint32_t i = 0; i < batch->wait_count; i++) {
        uint32_t signalled = find_signal(in, number, &batch->waits[i]);
        if (signalled == in->batch_count || batch->waits[i].over)
            continue;
        kro__order_wait(&in->order, queue, in->signals[signalled], batch->waits[i].stages);
        if (in->scopes)
            kro__scopes_wait(in->scopes, queue, signalled, batch->waits[i].stages);
    }
    kro__fault_walk walk = kro__faults_walk(&in->engine->device->spec, batch);
    for (uint32_t i = 0; i < batch->command_count; i++) {
        const kro__recording *recording = batch->commands[i].recording;
        kro__faults_enter(&walk, recording);
        if (!recording || recording->opaque) {
            add_fixed(in, queue, number, (item){.whole = batch->commands[i].handle});
            continue;
        }
        for (const kro__command *c = recording->first; c; c = c->next)
            add_command(in, queue, number, &walk, c);
    }
    uint32_t stages = 0;
    for (uint32_t i = 0; i < batch->signal_count; i++)
        stages |= batch->signals[i].stages;
    in->signals[number] = kro__order_signal(&in->order, queue, stages);
    if (in->scopes)
        kro__scopes_signal(in->scopes, queue, number, stages);
}

static bool keeps(void *user, uint32_t before, uint32_t after)
{
    return kro__scopes_keep(user, before, after);
}

// Runs the items in an order drawn at random, or as they came.
static VkResult run_items(plan *in, kro__flush_counts *counts)
{
    kro__engine *engine = in->engine;
    uint32_t *order = calloc(in->item_count + 1, sizeof *order);
    if (!order)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    kro__order_mode mode = KRO__ORDER_AS_GIVEN;
    if (engine->device->spec.reorder) {
        const kro__order_mode modes[] = {KRO__ORDER_UNIFORM, KRO__ORDER_UNIFORM, KRO__ORDER_GROUPS,
                                         KRO__ORDER_NEWEST};
        mode = modes[kro__order_random(&engine->random) >> 62];
    }
    VkResult result = VK_ERROR_OUT_OF_HOST_MEMORY;
    if (!kro__order_run(&in->order, mode, &engine->random, order))
        goto done;
    for (uint32_t i = 0; i < in->item_count; i++) {
        const item *next = &in->items[order[i]];
        if (next->command && kro__capture_wants(&engine->capture, next->command))
            kro__capture_run(&engine->capture, next->queue, next->command);
        else if (next->command)
            kro__replay_command(&engine->replay, next->queue, next->command);
        else
            kro__replay_whole(&engine->replay, next->queue, next->whole);
        counts->replayed += next->command != NULL;
        counts->opaque += next->command == NULL;
    }
    result = kro__replay_wait(&engine->replay);
done:
    free(order);
    return result;
}

// What the semaphores of a batch ask of the driver once its commands have run, in the driver's
// words.
typedef struct semaphores {
    VkSemaphore *waits, *signals;
    VkPipelineStageFlags *stages;
    uint64_t *values;
    uint32_t wait_count, signal_count;
    bool timeline;
} semaphores;

static bool semaphores_init(semaphores *in, const kro__batch *batch)
{
    *in = (semaphores){
        .waits = calloc(batch->wait_count + 1, sizeof *in->waits),
        .stages = calloc(batch->wait_count + 1, sizeof *in->stages),
        .signals = calloc(batch->signal_count + 1, sizeof *in->signals),
        .values = calloc(batch->signal_count + 1, sizeof *in->values),
    };
    return in->waits && in->stages && in->signals && in->values;
}

static void semaphores_finish(semaphores *in)
{
    free(in->waits);
    free(in->stages);
    free(in->signals);
    free(in->values);
}

static VkResult submit_semaphores(const kro__batch *batch, const semaphores *in, VkFence fence)
{
    if (!in->wait_count && !in->signal_count && !fence)
        return VK_SUCCESS;
    const VkTimelineSemaphoreSubmitInfo timelines = {
        .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
        .signalSemaphoreValueCount = in->signal_count,
        .pSignalSemaphoreValues = in->values,
    };
    const VkSubmitInfo info = {
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
        .pNext = in->timeline ? &timelines : NULL,
        .waitSemaphoreCount = in->wait_count,
        .pWaitSemaphores = in->waits,
        .pWaitDstStageMask = in->stages,
        .signalSemaphoreCount = in->signal_count,
        .pSignalSemaphores = in->signals,
    };
    return kro__driver.vkQueueSubmit(batch->queue->real, 1, &info, fence);
}

// Binary semaphores must be waited for once, so the driver does; timelines that were waited for
// have their value. What nothing in this flush signals is waited for ahead of the commands
// (`ahead`): the signal may come from elsewhere. The other waits, the signals and the fence follow
// the commands.
static VkResult pass_semaphores(const plan *in, uint32_t number, bool ahead)
{
    const kro__batch *batch = in->batches[number];
    semaphores to;
    VkResult result = VK_ERROR_OUT_OF_HOST_MEMORY;
    if (!semaphores_init(&to, batch))
        goto done;
    for (uint32_t i = 0; i < batch->wait_count; i++) {
        bool earlier = find_signal(in, number, &batch->waits[i]) == in->batch_count;
        if (batch->waits[i].timeline || earlier != ahead)
            continue;
        to.stages[to.wait_count] = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
        to.waits[to.wait_count++] = batch->waits[i].handle;
    }
    for (uint32_t i = 0; !ahead && i < batch->signal_count; i++) {
        to.values[to.signal_count] = batch->signals[i].value;
        to.signals[to.signal_count++] = batch->signals[i].handle;
        to.timeline = to.timeline || batch->signals[i].timeline;
    }
    result = submit_semaphores(batch, &to, ahead ? VK_NULL_HANDLE : batch->fence);
done:
    semaphores_finish(&to);
    return result;
}

static VkResult run_plan(plan *in, kro__flush_counts *counts)
{
    VkResult result = VK_SUCCESS;
    for (uint32_t i = 0; result >= 0 && i < in->batch_count; i++)
        result = pass_semaphores(in, i, true);
    if (result >= 0)
        result = run_items(in, counts);
    for (uint32_t i = 0; result >= 0 && i < in->batch_count; i++)
        result = pass_semaphores(in, i, false);
    for (uint32_t q = 0; result >= 0 && q < in->queue_count; q++)
        result = kro__driver.vkQueueWaitIdle(in->queues[q]->real);
    return result;
}

// Takes the batches that ran out of the engine.
static void remove_scheduled(kro__engine *engine)
{
    kro__batch **link = &engine->held;
    while (*link) {
        kro__batch *batch = *link;
        if (!batch->scheduled) {
            link = &batch->next;
            continue;
        }
        *link = batch->next;
        batch->next = NULL;
        kro__batches_destroy(batch);
        engine->held_count--;
    }
    engine->end = link;
}

VkResult kro__flush(kro__engine *engine, kro__flush_counts *counts)
{
    *counts = (kro__flush_counts){0};
    uint64_t held = engine->held_count;
    plan in = {
        .engine = engine,
        .batches = calloc(held + 1, sizeof *in.batches),
        .queues = calloc(held + 1, sizeof *in.queues),
        .signals = calloc(held + 1, sizeof *in.signals),
    };
    VkResult result = VK_ERROR_OUT_OF_HOST_MEMORY;
    kro__scopes scopes = {0};
    in.scopes = engine->device->spec.reorder ? &scopes : NULL;
    kro__order_init(&in.order, (uint32_t)held);
    if (!in.batches || !in.queues || !in.signals)
        goto done;
    schedule(&in);
    for (uint32_t i = 0; i < in.batch_count; i++)
        add_batch(&in, i);
    if (in.failed || in.order.failed)
        goto done;
    // Without memory for it the order is as barriers alone make it.
    if (in.scopes && kro__scopes_run(in.scopes))
        (void)kro__order_thin(&in.order, keeps, in.scopes);
    result = run_plan(&in, counts);
    if (result >= 0)
        kro__exits_ran(engine->exits, in.batches, in.batch_count);
    remove_scheduled(engine);
done:
    kro__order_finish(&in.order);
    kro__scopes_finish(&scopes);
    free(in.batches);
    free(in.queues);
    free(in.signals);
    free(in.items);
    return result;
}
