#include "links.h"

const sync_link SYNC_LINK[SYNC_LINKS] = {
    {"one_queue-binary", false, false, false},  {"one_queue-binary-submit2", false, false, true},
    {"one_queue-timeline", false, true, false}, {"one_queue-timeline-submit2", false, true, true},
    {"two_queues-binary", true, false, false},  {"two_queues-binary-submit2", true, false, true},
    {"two_queues-timeline", true, true, false}, {"two_queues-timeline-submit2", true, true, true},
};

bool sync_link_needs(kt_raw *raw, uint32_t link)
{
    const sync_link *by = &SYNC_LINK[link];
    return raw && (!by->two_queues || kt_raw_needs_queues(raw, 2)) &&
           (!by->timeline || kt_raw_needs_timelines(raw)) &&
           (!by->submit2 || kt_raw_needs_synchronization2(raw));
}

static VkCommandBuffer record(const sync_scene *scene, uint32_t queue, sync_access access,
                              uint32_t position)
{
    VkCommandBuffer commands = kt_raw_begin(scene->raw, queue);
    if (commands) {
        sync_record(scene, commands, access, position);
        kt_raw_end(scene->raw, commands);
    }
    return commands;
}

bool sync_run_linked(const sync_scene *scene, uint32_t link, sync_hazard hazard, bool linked)
{
    kt_raw *raw = scene->raw;
    kt_test *t = raw->t;
    const sync_link *by = &SYNC_LINK[link];
    const uint32_t other = by->two_queues;
    const uint64_t value = by->timeline ? 1 : 0;
    const sync_access_info *second = &SYNC_ACCESS[hazard.second];
    VkSemaphore semaphore = VK_NULL_HANDLE;
    if (linked)
        semaphore = by->timeline ? kt_raw_timeline(raw, 0) : kt_raw_semaphore(raw);
    const kt_raw_batch before = {.commands = {record(scene, 0, hazard.first, 0)},
                                 .signals = {{semaphore, value, 0}}};
    const kt_raw_batch after = {.commands = {record(scene, other, hazard.second, 1)},
                                .waits = {{semaphore, value, second->stage}}};
    if (!before.commands[0] || !after.commands[0] || (linked && !semaphore))
        return false;
    const bool submitted = by->submit2 ? kt_raw_submit2(raw, 0, &before, 1, VK_NULL_HANDLE) &&
                                             kt_raw_submit2(raw, other, &after, 1, VK_NULL_HANDLE)
                                       : kt_raw_submit(raw, 0, &before, VK_NULL_HANDLE) &&
                                             kt_raw_submit(raw, other, &after, VK_NULL_HANDLE);
    return CHECK_VK(raw->vkDeviceWaitIdle(raw->device)) && submitted;
}

void sync_param_links(kt_params *params)
{
    for (uint32_t i = 0; i < SYNC_LINKS; i++)
        kt_param(params, "%s", SYNC_LINK[i].name);
}
