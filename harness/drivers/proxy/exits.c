#include "exits.h"

#include <stdlib.h>

struct kro__exits {
    kro__device *device;
};

kro__exits *kro__exits_create(kro__device *device)
{
    kro__exits *exits = calloc(1, sizeof *exits);
    if (exits)
        exits->device = device;
    return exits;
}

void kro__exits_destroy(kro__exits *exits)
{
    free(exits);
}

void kro__exits_command(kro__exits *exits, const kro__batch *batch, const kro__command *command)
{
    (void)exits;
    (void)batch;
    (void)command;
}

void kro__exits_ran(kro__exits *exits, kro__batch *const *batches, uint32_t count)
{
    (void)exits;
    (void)batches;
    (void)count;
}

void kro__exits_saw_fence(VkDevice device, VkFence fence)
{
    (void)device;
    (void)fence;
}

void kro__exits_saw_semaphore(VkDevice device, VkSemaphore semaphore)
{
    (void)device;
    (void)semaphore;
}

void kro__exits_saw_queue(kro__device *device, VkQueue queue)
{
    (void)device;
    (void)queue;
}
