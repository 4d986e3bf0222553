// What the proxy knows of instances, physical devices, devices and queues.
#ifndef KRO_PROXY_DEVICE_H
#define KRO_PROXY_DEVICE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <vulkan/vk_icd.h>

#include "spec.h"
#include "table.h"
#include "text.h"

typedef struct kro__instance {
    kro__entry entry;
    kro__spec spec;                                   // in force when it was made
    _Atomic uint64_t heap_bytes[VK_MAX_MEMORY_HEAPS]; // allocated of heaps of this number
} kro__instance;

typedef struct kro__physical {
    kro__entry entry;
    kro__instance *instance;
} kro__physical;

typedef struct kro__queue {
    kro__entry entry; // its handle is the driver's, or `face` for one that the proxy made up
    struct kro__device *device;
    VkQueue real;
    uint32_t family, index;
    VK_LOADER_DATA *face; // what applications hold; NULL where that is the driver's queue
    char *label;          // or NULL
    struct kro__queue *next;
} kro__queue;

typedef struct kro__device {
    kro__entry entry;
    VkDevice handle;
    kro__instance *instance;
    kro__spec spec;
    VkPhysicalDeviceMemoryProperties memory;
    VkDeviceSize atom_bytes; // nonCoherentAtomSize, as applications see it
    _Atomic uint64_t heap_used_bytes[VK_MAX_MEMORY_HEAPS];
    _Atomic uint64_t allocation_count;
    _Atomic uint64_t submissions;
    atomic_bool lost;
    uint64_t split_families;    // bits of queue families that offer more queues than they have
    pthread_mutex_t mutex;      // of `queues`
    kro__queue *queues;         // those that were asked for, in no order
    struct kro__engine *engine; // holds work back and replays it; NULL where it just passes
} kro__device;

// NULL for a handle that the proxy does not know.
kro__instance *kro__instance_of(VkInstance handle);
kro__physical *kro__physical_of(VkPhysicalDevice handle);
kro__device *kro__device_find(VkDevice handle);
kro__queue *kro__queue_find(VkQueue handle);

// Names a queue.
void kro__queue_label(VkQueue handle, const char *label);
// Appends "VkQueue 0x55… (family 0, index 1) 'label'".
void kro__queue_describe(kro__text *text, VkQueue handle);
// Calls `visit` with each queue that was asked for; it must not use the table of objects.
void kro__queues_visit(VkDevice device, void (*visit)(uint64_t handle, void *user), void *user);
// The same for the physical devices of an instance.
void kro__physical_visit(VkInstance instance, void (*visit)(uint64_t handle, void *user),
                         void *user);

// The driver's queue behind one that the proxy made up; others as they are.
VkQueue kro__queue_real(VkQueue handle);

// Takes the driver's queue for a call of its own: held work runs first, and nothing else uses the
// queue until kro__queue_leave, which takes what this returns.
kro__queue *kro__queue_enter(VkQueue handle, VkQueue *real);
void kro__queue_leave(kro__queue *queue);

// The device of a VkDevice or VkQueue, else NULL.
kro__device *kro__device_of(VkObjectType type, uint64_t handle);

// The handle of a physical device's instance.
uint64_t kro__instance_handle(VkPhysicalDevice handle);

// From now on every call that can says VK_ERROR_DEVICE_LOST.
void kro__device_lose(kro__device *device);

#endif
