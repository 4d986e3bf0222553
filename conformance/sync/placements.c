#include "placements.h"

const sync_placement_info SYNC_PLACEMENT[SYNC_PLACEMENTS] = {
    [SYNC_IN_ONE] = {"in_one_command_buffer", SYNC_NO_CUT, SYNC_NO_CUT},
    [SYNC_ENDS_COMMANDS] = {"ends_a_command_buffer", SYNC_NO_CUT, SYNC_CUT_COMMANDS},
    [SYNC_STARTS_COMMANDS] = {"starts_a_command_buffer", SYNC_CUT_COMMANDS, SYNC_NO_CUT},
    [SYNC_BETWEEN_COMMANDS] = {"between_command_buffers", SYNC_CUT_COMMANDS, SYNC_CUT_COMMANDS},
    [SYNC_STARTS_BATCH] = {"starts_a_batch", SYNC_CUT_BATCH, SYNC_NO_CUT},
    [SYNC_ENDS_SUBMIT] = {"ends_a_submit", SYNC_NO_CUT, SYNC_CUT_SUBMIT},
    [SYNC_STARTS_SUBMIT] = {"starts_a_submit", SYNC_CUT_SUBMIT, SYNC_NO_CUT},
    [SYNC_BETWEEN_SUBMITS] = {"between_submits", SYNC_CUT_SUBMIT, SYNC_CUT_SUBMIT},
    [SYNC_SECONDARIES] = {"between_secondaries", SYNC_CUT_SECONDARY, SYNC_CUT_SECONDARY},
};

void sync_param_placements(kt_params *params)
{
    for (int i = 0; i < SYNC_PLACEMENTS; i++)
        kt_param(params, "%s", SYNC_PLACEMENT[i].name);
}

enum { STEPS = 3 };

// What is recorded, and how it is to be submitted.
typedef struct assembly {
    kt_raw *raw;
    bool secondaries;
    VkCommandBuffer commands[STEPS];
    uint32_t count;
    kt_raw_batch batches[STEPS];
    uint32_t batch_count, command_count; // command buffers of the last batch
    uint32_t submit_ends[STEPS];         // batches before the end of each submit
    uint32_t submit_count;
} assembly;

static bool begin(assembly *in)
{
    const VkCommandBufferLevel level =
        in->secondaries ? VK_COMMAND_BUFFER_LEVEL_SECONDARY : VK_COMMAND_BUFFER_LEVEL_PRIMARY;
    VkCommandBuffer commands =
        kt_raw_begin_as(in->raw, 0, level, VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT);
    if (!commands)
        return false;
    in->commands[in->count++] = commands;
    if (!in->secondaries)
        in->batches[in->batch_count - 1].commands[in->command_count++] = commands;
    return true;
}

// What follows goes into another command buffer, batch or submit.
static bool cut(assembly *in, sync_cut kind)
{
    if (kind == SYNC_NO_CUT)
        return true;
    kt_raw_end(in->raw, in->commands[in->count - 1]);
    if (kind == SYNC_CUT_SUBMIT)
        in->submit_ends[in->submit_count++] = in->batch_count;
    if (kind == SYNC_CUT_SUBMIT || kind == SYNC_CUT_BATCH) {
        in->batch_count++;
        in->command_count = 0;
    }
    return begin(in);
}

// The primary command buffer that executes the secondary ones.
static bool gather(assembly *in)
{
    VkCommandBuffer primary = kt_raw_begin(in->raw, 0);
    if (!primary)
        return false;
    in->raw->vkCmdExecuteCommands(primary, in->count, in->commands);
    kt_raw_end(in->raw, primary);
    in->batches[0].commands[0] = primary;
    return true;
}

static bool submit(assembly *in)
{
    kt_test *t = in->raw->t;
    bool done = true;
    uint32_t from = 0;
    in->submit_ends[in->submit_count++] = in->batch_count;
    for (uint32_t i = 0; done && i < in->submit_count; i++) {
        done = kt_raw_submit_all(in->raw, 0, in->batches + from, in->submit_ends[i] - from,
                                 VK_NULL_HANDLE);
        from = in->submit_ends[i];
    }
    done = CHECK_VK(in->raw->vkQueueWaitIdle(in->raw->queues[0].handle)) && done;
    in->raw->vkFreeCommandBuffers(in->raw->device, in->raw->pools[0], in->count, in->commands);
    if (in->secondaries)
        in->raw->vkFreeCommandBuffers(in->raw->device, in->raw->pools[0], 1,
                                      in->batches[0].commands);
    return done;
}

bool sync_run_placed(const sync_scene *scene, sync_placement placement, sync_hazard hazard,
                     const sync_barrier *barrier)
{
    const sync_placement_info *at = &SYNC_PLACEMENT[placement];
    assembly in = {
        .raw = scene->raw, .secondaries = at->before == SYNC_CUT_SECONDARY, .batch_count = 1};
    if (!begin(&in))
        return false;
    sync_record(scene, in.commands[in.count - 1], hazard.first, 0);
    if (!cut(&in, at->before))
        return false;
    if (barrier)
        sync_record_barrier(scene, in.commands[in.count - 1], *barrier, hazard);
    if (!cut(&in, at->behind))
        return false;
    sync_record(scene, in.commands[in.count - 1], hazard.second, 1);
    kt_raw_end(scene->raw, in.commands[in.count - 1]);
    if (in.secondaries && !gather(&in))
        return false;
    return submit(&in);
}
