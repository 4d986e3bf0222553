#include "replay.h"

#include <stdlib.h>

#include "driver.h"

void kro__replay_init(kro__replay *replay, kro__device *device)
{
    *replay = (kro__replay){.device = device};
}

void kro__replay_finish(kro__replay *replay)
{
    for (int i = 0; i < KRO__FAMILIES_MAX; i++) {
        kro__replay_pool *pool = &replay->pools[i];
        if (pool->pool)
            kro__driver.vkDestroyCommandPool(replay->device->handle, pool->pool, NULL);
        free(pool->buffers);
    }
    free(replay->run);
    *replay = (kro__replay){0};
}

static bool check(kro__replay *replay, VkResult result)
{
    if (result < 0 && replay->result >= 0)
        replay->result = result;
    return replay->result >= 0;
}

// One more command buffer of a pool, which is made when it is first needed.
static VkCommandBuffer take(kro__replay *replay, uint32_t family)
{
    VkDevice device = replay->device->handle;
    kro__replay_pool *pool = &replay->pools[family];
    if (!pool->pool) {
        const VkCommandPoolCreateInfo info = {
            .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
            .flags = VK_COMMAND_POOL_CREATE_TRANSIENT_BIT,
            .queueFamilyIndex = family,
        };
        if (!check(replay, kro__driver.vkCreateCommandPool(device, &info, NULL, &pool->pool)))
            return NULL;
    }
    if (pool->used == pool->count) {
        VkCommandBuffer *more = realloc(pool->buffers, (pool->count + 1) * sizeof *more);
        if (!more) {
            check(replay, VK_ERROR_OUT_OF_HOST_MEMORY);
            return NULL;
        }
        pool->buffers = more;
        const VkCommandBufferAllocateInfo info = {
            .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
            .commandPool = pool->pool,
            .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
            .commandBufferCount = 1,
        };
        if (!check(replay, kro__driver.vkAllocateCommandBuffers(device, &info, &more[pool->count])))
            return NULL;
        pool->count++;
    }
    return pool->buffers[pool->used++];
}

static void full_barrier(VkCommandBuffer commands)
{
    const VkMemoryBarrier barrier = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT,
        .dstAccessMask = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT,
    };
    const VkPipelineStageFlags stages =
        VK_PIPELINE_STAGE_ALL_COMMANDS_BIT | VK_PIPELINE_STAGE_HOST_BIT;
    kro__driver.vkCmdPipelineBarrier(commands, stages, stages, 0, 1, &barrier, 0, NULL, 0, NULL);
}

static bool append(kro__replay *replay, VkCommandBuffer commands)
{
    if (replay->run_count == replay->run_room) {
        uint32_t room = replay->run_room ? 2 * replay->run_room : 16;
        VkCommandBuffer *more = realloc(replay->run, room * sizeof *more);
        if (!more)
            return check(replay, VK_ERROR_OUT_OF_HOST_MEMORY);
        replay->run = more;
        replay->run_room = room;
    }
    replay->run[replay->run_count++] = commands;
    return true;
}

static void close(kro__replay *replay)
{
    if (replay->recording)
        check(replay, kro__driver.vkEndCommandBuffer(replay->run[replay->run_count - 1]));
    replay->recording = false;
}

// A command buffer that is open for more commands, or NULL.
static VkCommandBuffer open(kro__replay *replay)
{
    if (replay->recording)
        return replay->run[replay->run_count - 1];
    VkCommandBuffer commands = take(replay, replay->queue->family);
    const VkCommandBufferBeginInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
        .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT,
    };
    if (!commands || !append(replay, commands) ||
        !check(replay, kro__driver.vkBeginCommandBuffer(commands, &info)))
        return NULL;
    replay->recording = true;
    full_barrier(commands);
    return commands;
}

// Submits the run and waits, so that whatever follows, on any queue, comes after it.
static void run(kro__replay *replay)
{
    close(replay);
    kro__queue *queue = replay->queue;
    if (queue && replay->run_count && replay->result >= 0) {
        const VkSubmitInfo info = {
            .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
            .commandBufferCount = replay->run_count,
            .pCommandBuffers = replay->run,
        };
        if (check(replay, kro__driver.vkQueueSubmit(queue->real, 1, &info, VK_NULL_HANDLE)))
            check(replay, kro__driver.vkQueueWaitIdle(queue->real));
    }
    replay->run_count = 0;
    replay->queue = NULL;
    if (queue && replay->pools[queue->family].used && replay->result >= 0) {
        kro__replay_pool *pool = &replay->pools[queue->family];
        check(replay, kro__driver.vkResetCommandPool(replay->device->handle, pool->pool, 0));
        pool->used = 0;
    }
}

// What is appended next goes to `queue`; families beyond what the proxy keeps pools for do not
// exist.
static bool switch_to(kro__replay *replay, kro__queue *queue)
{
    if (replay->queue && replay->queue->real != queue->real)
        run(replay);
    replay->queue = queue;
    return replay->result >= 0 && queue->family < KRO__FAMILIES_MAX;
}

static void bind(VkCommandBuffer commands, const kro__bind *to)
{
    const VkPipelineBindPoint compute = VK_PIPELINE_BIND_POINT_COMPUTE;
    switch (to->kind) {
    case KRO__BIND_SETS:
        kro__driver.vkCmdBindDescriptorSets(commands, compute, to->layout, to->sets.first,
                                            to->sets.count, to->sets.sets, to->sets.dynamic_count,
                                            to->sets.dynamic_offsets);
        break;
    case KRO__BIND_CONSTANTS:
        kro__driver.vkCmdPushConstants(commands, to->layout, to->constants.stages,
                                       to->constants.offset, to->constants.size,
                                       to->constants.bytes);
        break;
    case KRO__BIND_PUSHED_SETS:
        kro__driver.vkCmdPushDescriptorSetKHR(commands, compute, to->layout, to->pushed.set,
                                              to->pushed.count, to->pushed.writes);
        break;
    }
}

static void bind_all(VkCommandBuffer commands, const kro__bound *bound)
{
    kro__driver.vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, bound->pipeline);
    for (uint32_t i = 0; i < bound->count; i++)
        bind(commands, bound->binds[i]);
}

static void dispatch(VkCommandBuffer commands, const kro__command *command)
{
    const uint32_t *base = command->dispatch.base, *groups = command->dispatch.groups;
    if (base[0] | base[1] | base[2])
        kro__driver.vkCmdDispatchBase(commands, base[0], base[1], base[2], groups[0], groups[1],
                                      groups[2]);
    else
        kro__driver.vkCmdDispatch(commands, groups[0], groups[1], groups[2]);
}

void kro__replay_command(kro__replay *replay, kro__queue *queue, const kro__command *command)
{
    VkCommandBuffer commands = switch_to(replay, queue) ? open(replay) : NULL;
    if (!commands)
        return;
    if (command->bound)
        bind_all(commands, command->bound);
    switch (command->kind) {
    case KRO__COMMAND_DISPATCH:
        dispatch(commands, command);
        break;
    case KRO__COMMAND_DISPATCH_INDIRECT:
        kro__driver.vkCmdDispatchIndirect(commands, command->indirect.buffer,
                                          command->indirect.offset);
        break;
    case KRO__COMMAND_COPY:
        kro__driver.vkCmdCopyBuffer(commands, command->copy.src, command->copy.dst,
                                    command->copy.count, command->copy.regions);
        break;
    case KRO__COMMAND_FILL:
        kro__driver.vkCmdFillBuffer(commands, command->fill.dst, command->fill.offset,
                                    command->fill.size, command->fill.word);
        break;
    case KRO__COMMAND_UPDATE:
        kro__driver.vkCmdUpdateBuffer(commands, command->fill.dst, command->fill.offset,
                                      command->fill.size, command->fill.bytes);
        break;
    case KRO__COMMAND_OTHER:
        command->other.repeat(commands, command->other.arguments);
        break;
    case KRO__COMMAND_BARRIER:
    case KRO__COMMAND_SECONDARY:
        return; // the order has them in it
    }
    full_barrier(commands);
}

void kro__replay_whole(kro__replay *replay, kro__queue *queue, VkCommandBuffer commands)
{
    if (!switch_to(replay, queue) || !open(replay)) // ours brings the barrier ahead of it
        return;
    close(replay);
    if (append(replay, commands))
        open(replay); // and the one behind it
}

bool kro__replay_run(kro__replay *replay)
{
    run(replay);
    return replay->result >= 0;
}

VkResult kro__replay_wait(kro__replay *replay)
{
    run(replay);
    VkResult result = replay->result;
    replay->result = VK_SUCCESS;
    return result;
}
