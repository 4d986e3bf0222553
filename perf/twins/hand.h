// What Vulkan written by hand starts from: a scene's device, and buffers in memory of their own.
#ifndef KP_HAND_H
#define KP_HAND_H

#include "functions.h"
#include "scene.h"

typedef struct kp_hand {
    kp_functions call;
    VkDevice device;
    VkQueue queue;
    uint32_t queue_family;
    bool polls; // before it blocks
    VkPhysicalDeviceMemoryProperties memory;
} kp_hand;

// Returns: false with a sentence in `problem`.
bool kp_hand_init(kp_hand *hand, const kp_scene *scene, kt_text *problem);

// What a buffer is for; each is a choice of memory types.
typedef enum kp_place {
    KP_PLACE_DEVICE,   // local; the host need not reach it
    KP_PLACE_UPLOAD,   // the host writes it
    KP_PLACE_READBACK, // the host reads it
} kp_place;

typedef struct kp_hand_buffer {
    VkBuffer handle;
    VkDeviceMemory memory;
    uint8_t *host; // mapped for its whole life; NULL: the host does not reach it
    bool cached;   // the host may read it fast
} kp_hand_buffer;

// Makes a buffer in an allocation of its own, bound and mapped. `*out` is to be destroyed, whatever
// is returned.
VkResult kp_hand_make_buffer(const kp_hand *hand, kp_place place, uint64_t size_bytes,
                             kp_hand_buffer *out);
void kp_hand_destroy_buffer(const kp_hand *hand, kp_hand_buffer *buffer); // accepts a zeroed one

// The buffer without memory, for those who bring their own.
VkResult kp_hand_make_handle(const kp_hand *hand, uint64_t size_bytes, VkBuffer *out);
// The best type of `allowed` for a place; UINT32_MAX: there is none.
uint32_t kp_hand_choose_type(const kp_hand *hand, kp_place place, uint32_t allowed);

#endif
