// Progress of a queue on devices without timeline semaphores: a fence per batch, used again when
// its batch has finished and nobody waits on it.
#ifndef KRO_SRC_VK_FENCES_H
#define KRO_SRC_VK_FENCES_H

#include <stdbool.h>
#include <stdint.h>

#include <kronos/status.h>

#include "os/thread.h"
#include "vk/table.h"

typedef struct kro__vk_fence {
    VkFence handle;
    uint64_t value;   // of the batch that signals it
    uint32_t waiters; // threads inside vkWaitForFences: it must not be reset under them
    bool finished;    // no longer in flight; the last waiter puts it back
    struct kro__vk_fence *next;
} kro__vk_fence;

typedef struct kro__vk_fences {
    const kro__vk_calls *vk;
    VkDevice device;
    kro__mutex lock; // guards all below
    bool has_lock;
    kro__vk_fence *first, *last; // in flight, by value
    kro__vk_fence *idle;
    uint64_t completed;
} kro__vk_fences;

// Errors: OUT_OF_HOST_MEMORY
kro_status kro__vk_fences_init(kro__vk_fences *fences, const kro__vk_calls *vk, VkDevice device);

// Nothing is in flight, or the device is lost. Accepts zeroed fences.
void kro__vk_fences_finish(kro__vk_fences *fences);

// A fence to submit with: unsignalled, and this caller's until one of the next two calls.
kro_status kro__vk_fences_take(kro__vk_fences *fences, kro__vk_fence **out);

// The fence was submitted with the batch `value`; values come in ascending order.
void kro__vk_fences_submitted(kro__vk_fences *fences, kro__vk_fence *fence, uint64_t value);

// The submit failed: the fence stays unsignalled.
void kro__vk_fences_untake(kro__vk_fences *fences, kro__vk_fence *fence);

// The highest finished value.
//
// Threads: safe.
kro_status kro__vk_fences_completed(kro__vk_fences *fences, uint64_t *out);

// Waits for a submitted value: KRO_OK, KRO_TIMEOUT or an error.
//
// Threads: safe.
kro_status kro__vk_fences_wait(kro__vk_fences *fences, uint64_t value, uint64_t timeout_ns);

#endif
