// A command buffer that goes to the queue again and again, recorded anew each time.
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

// Begins to record; what was sent before has been awaited.
VkResult kp_sender_begin(const kp_sender *sender, const kp_hand *hand);
// Ends and submits it; with `to_host` the host reads next what was written.
VkResult kp_sender_send(const kp_sender *sender, const kp_hand *hand, bool to_host);
// Both, with a copy in between.
VkResult kp_sender_copy(const kp_sender *sender, const kp_hand *hand, const kp_sent *copy);

VkResult kp_sender_await(const kp_sender *sender, const kp_hand *hand);

#endif
