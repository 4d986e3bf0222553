// Writes to memory that the host reads, seen complete without a barrier to the host.
#ifndef KRO_PROXY_EXITS_H
#define KRO_PROXY_EXITS_H

#include "batch.h"
#include "device.h"

typedef struct kro__exits kro__exits;

// Returns: NULL without memory.
kro__exits *kro__exits_create(kro__device *device);
void kro__exits_destroy(kro__exits *exits); // accepts NULL, as the two below do

// A command of a batch that runs now, in the order of recording.
void kro__exits_command(kro__exits *exits, const kro__batch *batch, const kro__command *command);
// Those batches have run; the host can see it from their fences and semaphores.
void kro__exits_ran(kro__exits *exits, kro__batch *const *batches, uint32_t count);

// What the host has seen: a fence signalled, a semaphore at a value, a queue or the device idle.
void kro__exits_saw_fence(VkDevice device, VkFence fence);
void kro__exits_saw_semaphore(VkDevice device, VkSemaphore semaphore, uint64_t value);
void kro__exits_saw_queue(const kro__queue *queue);
void kro__exits_saw_device(const kro__device *device);

// The host maps memory, or gives it back.
void kro__exits_mapped(const kro__device *device, VkDeviceMemory memory);
void kro__exits_freed(const kro__device *device, VkDeviceMemory memory);

#endif
