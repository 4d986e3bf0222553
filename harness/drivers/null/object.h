// The null driver's objects. A handle is a pointer to one of these, or to an empty block where
// there is nothing to remember.
#ifndef KRO_NULL_OBJECT_H
#define KRO_NULL_OBJECT_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <vulkan/vk_icd.h>

#include "options.h"

enum { KRO__NULL_HEAPS = 2, KRO__NULL_MEMORY_TYPES = 3 };

// Dispatchable objects begin with the loader's word.
typedef struct kro__null_physical {
    VK_LOADER_DATA loader;
    struct kro__null_instance *instance;
    uint32_t index;
} kro__null_physical;

typedef struct kro__null_instance {
    VK_LOADER_DATA loader;
    kro__null_options options;
    uint64_t extensions; // bits by position in extensions.def
    kro__null_physical devices[KRO__NULL_MAX_DEVICES];
} kro__null_instance;

typedef struct kro__null_queue {
    VK_LOADER_DATA loader;
    struct kro__null_device *device;
} kro__null_queue;

typedef struct kro__null_device {
    VK_LOADER_DATA loader;
    kro__null_physical *physical;
    uint64_t extensions; // enabled ones, bits by position in extensions.def
    uint32_t queue_counts[KRO__NULL_MAX_FAMILIES]; // that it was created with
    kro__null_queue queues[KRO__NULL_MAX_FAMILIES][KRO__NULL_MAX_QUEUES];
    _Atomic uint64_t heap_used_bytes[KRO__NULL_HEAPS];
    atomic_uint waiters;   // threads inside a wait; signals wake nobody while it is 0
    pthread_mutex_t mutex; // with `progress`: something was signalled
    pthread_cond_t progress;
} kro__null_device;

typedef struct kro__null_command_buffer {
    VK_LOADER_DATA loader;
    struct kro__null_command_pool *pool;
    struct kro__null_command_buffer *next, **link; // in its pool
} kro__null_command_buffer;

typedef struct kro__null_command_pool {
    kro__null_command_buffer *buffers;
} kro__null_command_pool;

typedef struct kro__null_set {
    struct kro__null_set_pool *pool;
    struct kro__null_set *next, **link; // in its pool
} kro__null_set;

typedef struct kro__null_set_pool {
    kro__null_set *sets;
    uint32_t room; // sets that may still be allocated
} kro__null_set_pool;

typedef struct kro__null_memory {
    void *host;
    VkDeviceSize size_bytes;
    uint32_t heap;
    bool imported; // host memory of the application
} kro__null_memory;

typedef struct kro__null_buffer {
    VkDeviceSize size_bytes;
    VkDeviceAddress address; // 0 until memory is bound
} kro__null_buffer;

typedef struct kro__null_semaphore {
    _Atomic uint64_t value;
} kro__null_semaphore;

typedef struct kro__null_fence {
    atomic_bool signalled;
} kro__null_fence;

// An empty object, or NULL without memory; freed by kro__null_object_destroy.
void *kro__null_object_create(void);
void kro__null_object_destroy(void *object);

// A handle as the pointer that it is.
#define KRO__NULL(type, handle) ((kro__null_##type *)(uintptr_t)(handle))

#endif
