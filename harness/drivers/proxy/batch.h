// Submissions that are held back: one VkSubmitInfo each, copied, with the recordings it runs.
#ifndef KRO_PROXY_BATCH_H
#define KRO_PROXY_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include <vulkan/vulkan.h>

#include "device.h"
#include "recording.h"

// A semaphore that a batch waits for or signals.
typedef struct kro__batch_semaphore {
    VkSemaphore handle;
    bool timeline;
    uint64_t value;  // of a timeline
    uint32_t stages; // KRO__STAGE_…: what waits, or what comes before the signal
    bool over;       // a timeline had the value before this flush: nothing is waited for
} kro__batch_semaphore;

typedef struct kro__batch_commands {
    VkCommandBuffer handle;
    kro__recording *recording;
} kro__batch_commands;

typedef struct kro__batch {
    struct kro__batch *next;
    kro__queue *queue;
    uint64_t number;           // on its device, from 1
    uint64_t first_barrier[3]; // numbers of its first barrier of each kind, from 1
    kro__batch_semaphore *waits, *signals;
    kro__batch_commands *commands;
    uint32_t wait_count, signal_count, command_count;
    VkFence fence;  // of the last batch of a submission
    bool scheduled; // runs in the flush that is under way
} kro__batch;

// Batches of a submission, in order, with its fence on the last; an empty submission with a fence
// is an empty batch. One of the arrays is NULL.
//
// Returns: OUT_OF_HOST_MEMORY and nothing; FEATURE_NOT_PRESENT for a submission with structs that
//          are not known here: it must be passed on as it is.
VkResult kro__batches_create(kro__queue *queue, uint32_t count, const VkSubmitInfo *submits,
                             const VkSubmitInfo2 *submits2, VkFence fence, kro__batch **out);

// Frees a list of batches.
void kro__batches_destroy(kro__batch *first);

#endif
