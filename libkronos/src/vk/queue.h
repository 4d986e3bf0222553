// A device queue and its progress: values 1, 2, 3 … in submission order, carried by one timeline
// semaphore, or by fences where the device has none.
#ifndef KRO_SRC_VK_QUEUE_H
#define KRO_SRC_VK_QUEUE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "backend.h"
#include "vk/fences.h"
#include "vk/table.h"
#include "vk/waits.h"

struct kro__vk_device;

typedef struct kro__vk_queue {
    struct kro__vk_device *device;
    VkQueue handle;
    VkSemaphore timeline; // VK_NULL_HANDLE: fences instead
    kro__vk_fences fences;
    VkCommandPool barrier_pool;
    VkCommandBuffer entry_barrier; // recorded once; several submits may have it pending
    uint64_t last;                 // under the core's lock of this queue: highest value submitted
    _Atomic uint64_t offered;      // highest value that the driver was ever given
    _Atomic uint64_t completed;    // a value known to have finished, nearly always the highest
} kro__vk_queue;

kro_status kro__vk_queue_init(kro__vk_queue *queue, struct kro__vk_device *device, uint32_t index);

// Its work has finished, or the device is lost. Accepts a zeroed or half-made queue.
void kro__vk_queue_finish(kro__vk_queue *queue);

// Takes the program's own lock of an imported queue, and gives it back; nothing where there is
// none.
void kro__vk_queue_lock(const kro__vk_queue *queue);
void kro__vk_queue_unlock(const kro__vk_queue *queue);

// Submits one command buffer; see kro__backend.submit. Called with the core's queue lock held. It
// waits for what is in `foreign`, too, which is empty after a success.
kro_status kro__vk_queue_submit(kro__vk_queue *queue, VkCommandBuffer commands, bool entry_barrier,
                                const kro__wait *waits, uint32_t wait_count, kro__vk_waits *foreign,
                                uint64_t *value);

// Threads: safe.
kro_status kro__vk_queue_completed(kro__vk_queue *queue, uint64_t *value);
kro_status kro__vk_queue_wait(kro__vk_queue *queue, uint64_t value, uint64_t timeout_ns);

#endif
