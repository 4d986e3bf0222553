// Two threads inside one externally synchronised object at once.
//
// Vulkan leaves it to the program that nobody else uses an object that a call has to itself: a
// queue that is submitted to, a command buffer that is recorded, and its pool, a set that is
// updated, anything that is destroyed. Each call tells which objects it uses, and how, as the
// registry declares them (registry/emit_external.py); while it lasts they stand in a table, where a
// call of another thread that may not use them meanwhile finds them.
//
// Who is found waits until the object is free, but for calls that wait themselves and for no more
// than a second, so that a broken program lives on to be told the rest.
#ifndef KRO_PROXY_EXTERNAL_H
#define KRO_PROXY_EXTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vulkan/vulkan.h>

#include "spec.h"
#include "table.h"

// How a call uses an object.
typedef enum kro__use_kind {
    KRO__USE_SHARED, // beside others that share it
    KRO__USE_ALONE,
    // Alone, up to the driver's call: the driver may give its handle to a new object from then on.
    KRO__USE_LAST,
} kro__use_kind;

typedef struct kro__use {
    struct kro__use *next; // in the table
    uint64_t handle;
    VkObjectType type;
    kro__use_kind kind;
    int call; // KRO__CALL_…
    int thread;
} kro__use;

enum { KRO__USES_INSIDE = 8 };

// A call that a thread makes. Tell what it uses between begin and enter.
typedef struct kro__inside {
    int call;
    int thread;
    size_t count, room;
    kro__use *uses; // `first`, or memory of its own where there are many
    kro__use first[KRO__USES_INSIDE];
} kro__inside;

extern atomic_bool kro__external_checks;

static inline bool kro__external_is_on(void)
{
    return atomic_load_explicit(&kro__external_checks, memory_order_relaxed);
}

// Takes over the `external` word of a spec.
void kro__external_arm(const kro__spec *spec);
// What is done inside a call in place of a rest; NULL: the rest.
void kro__external_look(void (*look)(void));

void kro__external_begin(kro__inside *inside, int call);
// 0 is no object. An object may be told of more than once.
void kro__external_use(kro__inside *inside, VkObjectType type, uint64_t handle, kro__use_kind kind);
// Waits inside a little, if the spec says so.
void kro__external_enter(kro__inside *inside);
void kro__external_leave(kro__inside *inside);

// What calls use besides their parameters: the pool of an object, alone; all objects of a pool;
// a device's queues; an instance's physical devices; sets that are updated.
void kro__external_parent(kro__inside *inside, VkObjectType type, uint64_t handle,
                          VkObjectType parent);
void kro__external_children(kro__inside *inside, VkObjectType type, uint64_t parent,
                            kro__use_kind kind);
void kro__external_queues(kro__inside *inside, VkDevice device, kro__use_kind kind);
void kro__external_physical(kro__inside *inside, VkInstance instance);
void kro__external_writes(kro__inside *inside, uint32_t write_count,
                          const VkWriteDescriptorSet *writes, uint32_t copy_count,
                          const VkCopyDescriptorSet *copies);
void kro__external_update(kro__inside *inside, VkDescriptorSet set);

// Notes a pool whose sets may have bindings that several threads update at once.
void kro__external_pool(VkDescriptorPool pool, VkDescriptorPoolCreateFlags flags);

// How many objects calls had to themselves since the last reset: how much was checked.
uint64_t kro__external_count(void);
void kro__external_reset(void);

#endif
