// Raw Vulkan handles, for programs that mix Kronos with Vulkan of their own.
//
// Handles are borrowed: Kronos destroys them. Work that a program submits itself goes between
// kro_vk_queue_lock and kro_vk_queue_unlock, and its barriers are the program's business.
#ifndef KRONOS_VULKAN_H
#define KRONOS_VULKAN_H

#include <vulkan/vulkan.h>

#include <kronos/buffer.h>
#include <kronos/context.h>
#include <kronos/status.h>

#ifdef __cplusplus
extern "C" {
#endif

// Everything a program needs to make Vulkan calls of its own on a context's device.
typedef struct kro_vk_handles {
    VkInstance instance;                              // made for api_version
    VkPhysicalDevice physical_device;                 // the device that the context was opened on
    VkDevice device;                                  // the context's own
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
// No Kronos call that submits, waits or destroys may be made in between on this thread.
//
// Errors:  INVALID_ARGUMENT  index is not below info.queue_count
// Threads: safe.
// Blocks:  while another thread submits.
KRO_API KRO_MUST_USE kro_status kro_vk_queue_lock(kro_context *ctx, uint32_t index);

// Gives back a queue that kro_vk_queue_lock took, on the same thread.
//
// Threads: safe.
KRO_API void kro_vk_queue_unlock(kro_context *ctx, uint32_t index);

#ifdef __cplusplus
}
#endif

#endif
