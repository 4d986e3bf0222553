// Runs commands one at a time on the real driver, each behind a full barrier, and waits for them.
#ifndef KRO_PROXY_REPLAY_H
#define KRO_PROXY_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include <vulkan/vulkan.h>

#include "device.h"
#include "recording.h"

// Command buffers of the proxy's own, for one queue family.
typedef struct kro__replay_pool {
    VkCommandPool pool;
    VkCommandBuffer *buffers;
    uint32_t count, used;
} kro__replay_pool;

enum { KRO__FAMILIES_MAX = 64 };

typedef struct kro__replay {
    kro__device *device;
    kro__replay_pool pools[KRO__FAMILIES_MAX];
    // The run that is being put together: what goes to one queue without a wait in between.
    kro__queue *queue; // NULL: none
    VkCommandBuffer *run;
    uint32_t run_count, run_room;
    bool recording;  // the last of `run` is ours and open
    VkResult result; // the first failure
} kro__replay;

void kro__replay_init(kro__replay *replay, kro__device *device);
void kro__replay_finish(kro__replay *replay);

// Appends a command, or a command buffer of the application's that must run as it is.
void kro__replay_command(kro__replay *replay, kro__queue *queue, const kro__command *command);
void kro__replay_whole(kro__replay *replay, kro__queue *queue, VkCommandBuffer commands);

// Runs what was appended and waits for it, and lets a failure stand for kro__replay_wait.
//
// Returns: whether nothing has failed.
bool kro__replay_run(kro__replay *replay);

// The same.
//
// Returns: the first failure since the last call.
VkResult kro__replay_wait(kro__replay *replay);

#endif
