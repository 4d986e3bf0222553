// Two threads, left and right, of tests of external synchronisation: the objects that they share or
// do not share, and what they do to them.
#ifndef KRO_DRIVERS_TESTS_SIDES_H
#define KRO_DRIVERS_TESTS_SIDES_H

#include "vk.h"

typedef struct side {
    vk *v;
    VkQueue queue;
    VkCommandPool pool;
    VkCommandBuffer commands, others; // both of the pool, and recording
    VkDescriptorPool set_pool;
    vk_buffer buffer;
    VkFence fence;
    VkSemaphore semaphore;
} side;

side side_create(vk *v, uint32_t queue);
void side_destroy(side *of);

void side_label(const side *of, VkObjectType type, uint64_t handle, const char *name);
// Calls each of them "shared".
void side_name_everything(const side *of);

void side_submit(const side *of);
void side_update_set(const side *of);
void side_bind_set(const side *of);

typedef void (*side_action)(const side *of);

// What two threads may not do at once, and the type of the object that they may not do it to.
typedef struct side_kind {
    const char *name;
    side_action left, right;
    const char *type;
} side_kind;

enum { SIDE_KINDS = 11 };
extern const side_kind side_kinds[SIDE_KINDS];

// Everything but to wait for the device, which all sides share.
void side_do_everything(const side *of);

#endif
