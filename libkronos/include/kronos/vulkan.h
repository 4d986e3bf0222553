// Raw Vulkan handles, for programs that mix Kronos with Vulkan of their own, on a device of
// Kronos' or of their own.
//
// Handles that these calls return are borrowed: Kronos destroys them, except what came in by
// kro_context_import.
//
// Kronos orders what was recorded with Kronos. Of work that the program submits itself, raw work,
// it knows nothing, and the order between the two kinds is the program's business:
//
//   raw work after Kronos'   the raw submit waits for kro_vk_fence, on any queue, and needs no
//                            barrier; or it goes to the same queue later and begins with a barrier
//                            that covers compute and transfer; or the host waits with kro_wait.
//   Kronos' work after raw   kro_vk_stream_wait with a semaphore that the raw submit signals, and
//                            no barrier; or the raw work is submitted to the stream's queue before
//                            kro_submit and ends with a barrier to all commands, memory reads and
//                            writes; or the host waits for the raw work.
//   the host after raw       the raw work ends with a barrier to the host stage, and the host waits
//                            for it. kro_buffer_read, kro_buffer_write and kro_buffer_map wait for
//                            Kronos' work only.
//
// Raw work between two Kronos operations changes nothing in how these two are ordered. A buffer
// that raw work uses is destroyed after that work has finished. kro_context_config.check_hazards
// does not see the order that semaphores of the program's make.
#ifndef KRONOS_VULKAN_H
#define KRONOS_VULKAN_H

#include <vulkan/vulkan.h>

#include <kronos/buffer.h>
#include <kronos/context.h>
#include <kronos/status.h>
#include <kronos/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

// A device that the program has made, and what Kronos may use of it.
typedef struct kro_vk_import {
    VkInstance instance;                              // required
    VkPhysicalDevice physical_device;                 // required: one of the instance's
    VkDevice device;                                  // required: made from it
    PFN_vkGetInstanceProcAddr get_instance_proc_addr; // required: where the instance comes from
    uint32_t api_version;  // required: the instance's VkApplicationInfo.apiVersion, at least
                           // VK_API_VERSION_1_1
    uint32_t queue_family; // family of all of `queues`, with compute; default: family 0
    const VkQueue *queues; // required: `queue_count` different queues, copied
    uint32_t queue_count;  // required: 1 .. 8; without timeline semaphores the first alone is used
    const VkPhysicalDeviceFeatures2
        *features; // the features that the device was made with; of its chain the structs that
                   // Kronos knows count, VkPhysicalDeviceVulkan11Features … 13Features
                   // included; borrowed for the call; default: none
    const char *const *extensions; // the device extensions that it was made with, copied
    uint32_t extension_count;      // length of `extensions`; default: none
    // Called around every use of a queue by Kronos, on the thread that uses it: the program's own
    // lock of that queue. They must not call Kronos. Both or none; default: the program submits to
    // these queues between kro_vk_queue_lock and kro_vk_queue_unlock only, or not at all.
    void (*lock_queue)(void *user, VkQueue queue);
    void (*unlock_queue)(void *user, VkQueue queue); // see lock_queue
    void *lock_user;                                 // handed to both
} kro_vk_import;

// Makes a context on a device that the program has made. What kernels may use follows from the
// features and extensions that the program says are enabled; kro_context_info shows it.
//
// Of `config`, which may be NULL, plain, check_hazards, batch_nodes, slab_bytes, spin_ns,
// cache_dir, copy_threads, no_memory_budget, log and log_user count. The other fields, which say
// how to open a device, must be zero; their environment variables do not count.
//
// Returns:   KRO_OK and the context.
// Errors:    INVALID_ARGUMENT  a required field is missing; api_version or the device is older
//                              than Vulkan 1.1; the physical device is not the instance's; the
//                              family has no compute or fewer queues; a queue comes twice; an
//                              extension or a feature that the device does not have, or a feature
//                              without its extension; one of two lock callbacks; `config` says how
//                              to open a device
//            DRIVER            the driver lacks a function that every driver must have
// Ownership: instance, device and queues stay the program's. They must outlive the context;
//            kro_context_destroy waits for the work of Kronos and destroys neither.
// Threads:   safe.
KRO_API KRO_MUST_USE kro_status kro_context_import(const kro_vk_import *import,
                                                   const kro_context_config *config,
                                                   kro_context **out);

// Everything a program needs to make Vulkan calls of its own on a context's device.
typedef struct kro_vk_handles {
    VkInstance instance;                              // made for api_version or later
    VkPhysicalDevice physical_device;                 // the device that the context was opened on
    VkDevice device;                                  // the context's own, or imported
    PFN_vkGetInstanceProcAddr get_instance_proc_addr; // where every other function comes from
    uint32_t api_version;  // the lower of what the instance was made for and the device offers
    uint32_t queue_family; // family of every queue of the context
} kro_vk_handles;

// The handles of a context.
//
// Returns:   NULL for NULL.
// Ownership: the context's.
// Threads:   safe.
KRO_API const kro_vk_handles *kro_vk_context(const kro_context *ctx);

// A queue of a context, by index below info.queue_count.
//
// Returns: VK_NULL_HANDLE where the index is out of range.
// Threads: safe; using the queue needs kro_vk_queue_lock.
KRO_API VkQueue kro_vk_queue(const kro_context *ctx, uint32_t index);

// A buffer's Vulkan handle. `*offset_bytes` receives where the buffer begins in it (other buffers
// may share the handle).
//
// Returns: VK_NULL_HANDLE for NULL.
// Threads: safe.
KRO_API VkBuffer kro_vk_buffer(const kro_buffer *buffer, uint64_t *offset_bytes);

// Takes a queue for the calling thread: until kro_vk_queue_unlock nothing else submits to it.
// No Kronos call that submits, waits or destroys may be made in between on this thread. On an
// imported device this takes the program's own lock, too, by its callback; a program that holds
// that lock already must not call this, and need not.
//
// Errors:  INVALID_ARGUMENT  index is not below info.queue_count
// Threads: safe.
// Blocks:  while another thread submits.
KRO_API KRO_MUST_USE kro_status kro_vk_queue_lock(kro_context *ctx, uint32_t index);

// Gives back a queue that kro_vk_queue_lock took, on the same thread.
//
// Threads: safe.
KRO_API void kro_vk_queue_unlock(kro_context *ctx, uint32_t index);

// The timeline semaphore and the value that it has reached when a fence has completed, for raw work
// to wait on. A wait makes everything visible to the device that the fence's work and all earlier
// work of its queue wrote. A zero fence gives a value that is always reached.
//
// Returns:   KRO_OK, the semaphore and the value.
// Errors:    INVALID_ARGUMENT  the fence is not of this context
//            UNSUPPORTED       the device has no timeline semaphores: use kro_wait
// Ownership: the context's, until it is destroyed. The program waits on it and never signals it.
// Threads:   safe.
KRO_API KRO_MUST_USE kro_status kro_vk_fence(kro_context *ctx, kro_fence fence,
                                             VkSemaphore *semaphore, uint64_t *value);

// Orders later work of a stream behind a semaphore of the program's; what was recorded before is
// submitted first. With a value the semaphore is a timeline and the work waits until it has
// reached that value. With value 0 it is a binary semaphore, whose signal must have been submitted
// and is used up by the stream's next submit with work in it. The wait makes everything visible to
// the stream that the signal covers. It stays with the stream if an error drops the batch.
//
// Work that signals a timeline may be submitted after the work that waits for it, but not to the
// same queue.
//
// Errors:    INVALID_ARGUMENT    stream or semaphore is missing; the stream captures a graph
//            UNSUPPORTED         a value, on a device without timeline semaphores
//            OUT_OF_HOST_MEMORY  no room to note it
//            DEVICE_LOST         found while submitting what was recorded before; like every
//                                error here, kept like a recording error
// Ownership: the semaphore is borrowed until the work that waits for it has finished.
// Threads:   as kro_stream_wait.
KRO_API kro_status kro_vk_stream_wait(kro_stream *stream, VkSemaphore semaphore, uint64_t value);

#ifdef __cplusplus
}
#endif

#endif
