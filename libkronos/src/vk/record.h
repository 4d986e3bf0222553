// Recorders: batches become command buffers, with no state set twice.
#ifndef KRO_SRC_VK_RECORD_H
#define KRO_SRC_VK_RECORD_H

#include "backend.h"
#include "vk/api.h"

// Backend calls; see backend.h.
kro_status kro__vk_recorder_create(kro__device *device, uint32_t queue, const char *label,
                                   kro__recorder **out);
void kro__vk_recorder_destroy(kro__device *device, kro__recorder *recorder);
kro_status kro__vk_record(kro__recorder *recorder, const kro__batch *batch, kro__recorded **out);
void kro__vk_discard(kro__recorder *recorder, kro__recorded *recorded);
kro_status kro__vk_submit(kro__recorder *recorder, kro__recorded *recorded, bool entry_barrier,
                          const kro__wait *waits, uint32_t wait_count, uint64_t *value);

// The recorder's next submit waits for a semaphore of the program's; see kro_vk_stream_wait.
kro_status kro__vk_recorder_wait(kro__recorder *recorder, VkSemaphore semaphore, uint64_t value);

#endif
