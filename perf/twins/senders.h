// A command buffer that sends copies to the queue, one at a time.
#ifndef KP_SENDERS_H
#define KP_SENDERS_H

#include "hand.h"

typedef struct kp_sender {
    VkCommandPool pool;
    VkCommandBuffer commands;
    VkFence fence;
} kp_sender;

typedef struct kp_sent {
    VkBuffer dst, src;
    VkBufferCopy region;
    bool to_host; // which reads it next
} kp_sent;

// `*out` is to be finished, whatever is returned.
VkResult kp_sender_init(kp_sender *out, const kp_hand *hand);
void kp_sender_finish(kp_sender *sender, const kp_hand *hand); // accepts a zeroed one

// Records and submits a copy; what was sent before has been awaited.
VkResult kp_sender_copy(const kp_sender *sender, const kp_hand *hand, const kp_sent *copy);
VkResult kp_sender_await(const kp_sender *sender, const kp_hand *hand);

#endif
