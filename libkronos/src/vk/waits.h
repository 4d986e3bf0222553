// What a submit waits for: semaphores of the program's, noted before it, and behind them room for
// the timelines of the device's queues, so that a submit itself allocates nothing.
#ifndef KRO_SRC_VK_WAITS_H
#define KRO_SRC_VK_WAITS_H

#include <stdbool.h>
#include <stdint.h>

#include "vk/api.h"

typedef struct kro__vk_waits {
    uint32_t count; // of the program's semaphores
    uint32_t semaphore_capacity, value_capacity, stage_capacity;
    VkSemaphore *semaphores; // parallel, as VkSubmitInfo takes them
    uint64_t *values;        // 0: a binary semaphore
    VkPipelineStageFlags *stages;
} kro__vk_waits;

// Returns: false when memory ran out; nothing is left behind.
bool kro__vk_waits_init(kro__vk_waits *waits);

// Accepts zeroed waits.
void kro__vk_waits_finish(kro__vk_waits *waits);

// Notes a semaphore; of one timeline the highest value counts.
//
// Returns: false when memory ran out; the waits are as they were.
bool kro__vk_waits_add(kro__vk_waits *waits, VkSemaphore semaphore, uint64_t value);

#endif
