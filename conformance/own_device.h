// An application that has made its Vulkan device itself, and its raw work: what cases about
// kro_context_import share.
#ifndef CONFORMANCE_OWN_DEVICE_H
#define CONFORMANCE_OWN_DEVICE_H

#include <pthread.h>
#include <stdatomic.h>

#include "raw.h"

enum { OWN_QUEUES = 2, OWN_WORDS = 64, OWN_BYTES = 4 * OWN_WORDS };

#define OWN_INSTANCE_CALLS(X)         \
    X(vkDestroyInstance)              \
    X(vkEnumeratePhysicalDevices)     \
    X(vkGetPhysicalDeviceProperties2) \
    X(vkCreateDevice)                 \
    X(vkGetDeviceProcAddr)

typedef struct own_device {
    kt_test *t;
#define X(name) PFN_##name name;
    OWN_INSTANCE_CALLS(X)
#undef X
    VkInstance instance;
    VkQueue queues[OWN_QUEUES];
    PFN_vkDestroyDebugUtilsMessengerEXT destroy_messenger;
    VkDebugUtilsMessengerEXT messenger; // where the run asks for validation
    kt_raw raw;                         // the device
    kt_raw_kernel *affine;              // affine_words; NULL: no work has run yet
    // What the device was made with, as kro_context_import takes it; a case may change it.
    kro_vk_import import;
    pthread_mutex_t lock; // the application's own, of all its queues
    atomic_uint lock_count;
} own_device;

// What to make.
typedef struct own_config {
    uint32_t api_version; // of the instance; default: 1.1
    // Features and extensions of the device; default: timeline semaphores, where it has them.
    const VkPhysicalDeviceFeatures2 *features;
    const char *const *extensions;
    uint32_t extension_count;
    uint32_t queue_count; // of the context's family; default: 1
    bool locks;           // the import has lock callbacks: they take `lock` and count
} own_config;

// Makes an instance and a device of its own on the device and driver of a context, for this case;
// NULL, and a failed case, where that is not possible.
own_device *own_device_create(kt_test *t, const kro_context *on, const own_config *config);

// Imports it for this case; NULL, and a failed case, where that fails. `config` may be NULL.
kro_context *own_device_import(own_device *own, const kro_context_config *config);

// A raw dispatch on a whole Kronos buffer of OWN_WORDS words, word = word * factor + addend.
typedef struct own_work {
    kro_buffer *buffer;
    uint32_t factor, addend;
    VkSemaphore wait, signal; // VK_NULL_HANDLE: none
    uint64_t wait_value, signal_value;
    uint32_t queue;
} own_work;

// Records and submits it, under the application's lock.
bool own_device_run(own_device *own, const own_work *work);

#endif
