// Vulkan itself, for cases about what a driver promises beyond what libkronos has words for: a
// device beside the context's, with buffers, kernels, command buffers and submissions on it.
//
//     kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
//     kt_raw_kernel *kernel = kt_raw_kernel_create(raw, "affine_words", 1);
//     kt_raw_buffer *words = kt_raw_buffer_create(raw, &(kt_raw_buffer_config){.size_bytes = 256});
//     if (!kernel || !words)
//         return;
//     …
//     raw->vkCmdPipelineBarrier(commands, …);
//
// Everything belongs to the case: at its end the device is waited for and all that was made on it
// destroyed, last first. The device itself stays open where the context is the run's, as that does.
// Where something cannot be made the case fails with the reason and the result is NULL; each call
// accepts a NULL device. Calls are for one thread at a time, but for those of `raw`'s own functions
// that Vulkan allows on several.
#ifndef KT_RAW_H
#define KT_RAW_H

#include <kronos/vulkan.h>

#include "test.h"

// What every driver has.
#define KT_RAW_CALLS(X)               \
    X(vkDestroyDevice)                \
    X(vkDeviceWaitIdle)               \
    X(vkGetDeviceQueue)               \
    X(vkQueueSubmit)                  \
    X(vkQueueWaitIdle)                \
    X(vkAllocateMemory)               \
    X(vkFreeMemory)                   \
    X(vkMapMemory)                    \
    X(vkUnmapMemory)                  \
    X(vkFlushMappedMemoryRanges)      \
    X(vkInvalidateMappedMemoryRanges) \
    X(vkCreateBuffer)                 \
    X(vkDestroyBuffer)                \
    X(vkGetBufferMemoryRequirements)  \
    X(vkBindBufferMemory)             \
    X(vkCreateQueryPool)              \
    X(vkDestroyQueryPool)             \
    X(vkGetQueryPoolResults)          \
    X(vkCreatePipelineCache)          \
    X(vkDestroyPipelineCache)         \
    X(vkGetPipelineCacheData)         \
    X(vkMergePipelineCaches)          \
    X(vkCreateShaderModule)           \
    X(vkDestroyShaderModule)          \
    X(vkCreateDescriptorSetLayout)    \
    X(vkDestroyDescriptorSetLayout)   \
    X(vkCreatePipelineLayout)         \
    X(vkDestroyPipelineLayout)        \
    X(vkCreateComputePipelines)       \
    X(vkDestroyPipeline)              \
    X(vkCreateDescriptorPool)         \
    X(vkDestroyDescriptorPool)        \
    X(vkAllocateDescriptorSets)       \
    X(vkUpdateDescriptorSets)         \
    X(vkCreateCommandPool)            \
    X(vkDestroyCommandPool)           \
    X(vkResetCommandPool)             \
    X(vkAllocateCommandBuffers)       \
    X(vkFreeCommandBuffers)           \
    X(vkBeginCommandBuffer)           \
    X(vkEndCommandBuffer)             \
    X(vkResetCommandBuffer)           \
    X(vkCreateSemaphore)              \
    X(vkDestroySemaphore)             \
    X(vkCreateFence)                  \
    X(vkDestroyFence)                 \
    X(vkResetFences)                  \
    X(vkGetFenceStatus)               \
    X(vkWaitForFences)                \
    X(vkCreateEvent)                  \
    X(vkDestroyEvent)                 \
    X(vkGetEventStatus)               \
    X(vkSetEvent)                     \
    X(vkResetEvent)                   \
    X(vkCmdBindPipeline)              \
    X(vkCmdBindDescriptorSets)        \
    X(vkCmdPushConstants)             \
    X(vkCmdDispatch)                  \
    X(vkCmdDispatchIndirect)          \
    X(vkCmdCopyBuffer)                \
    X(vkCmdFillBuffer)                \
    X(vkCmdUpdateBuffer)              \
    X(vkCmdPipelineBarrier)           \
    X(vkCmdSetEvent)                  \
    X(vkCmdResetEvent)                \
    X(vkCmdWaitEvents)                \
    X(vkCmdResetQueryPool)            \
    X(vkCmdWriteTimestamp)            \
    X(vkCmdCopyQueryPoolResults)      \
    X(vkCmdBeginQuery)                \
    X(vkCmdEndQuery)                  \
    X(vkCmdExecuteCommands)
// With `timelines`.
#define KT_RAW_TIMELINE_CALLS(X)  \
    X(vkGetSemaphoreCounterValue) \
    X(vkSignalSemaphore)          \
    X(vkWaitSemaphores)
// With `synchronization2`.
#define KT_RAW_SYNC2_CALLS(X) \
    X(vkQueueSubmit2)         \
    X(vkCmdPipelineBarrier2)  \
    X(vkCmdSetEvent2)         \
    X(vkCmdResetEvent2)       \
    X(vkCmdWaitEvents2)

// Features that a device is made with where kt_raw_config.newer asks for them; an extension without
// a feature counts as one.
typedef enum kt_raw_feature {
    KT_RAW_SUBGROUP_SIZE_CONTROL = 1 << 0,
    KT_RAW_FULL_SUBGROUPS = 1 << 1,
    KT_RAW_MAINTENANCE4 = 1 << 2,
    KT_RAW_MAINTENANCE5 = 1 << 3,
    KT_RAW_MAINTENANCE6 = 1 << 4,
    KT_RAW_CACHE_CONTROL = 1 << 5,
    KT_RAW_PRIVATE_DATA = 1 << 6,
    KT_RAW_FLOAT_CONTROLS2 = 1 << 7,
    KT_RAW_PUSH_DESCRIPTORS = 1 << 8,
    KT_RAW_HOST_QUERY_RESET = 1 << 9,
    KT_RAW_CALIBRATED_TIMESTAMPS = 1 << 10,
    KT_RAW_COOPERATIVE_MATRIX = 1 << 11,
    KT_RAW_DEVICE_FAULT = 1 << 12,
    KT_RAW_DEVICE_FAULT_VENDOR_BINARY = 1 << 13,
    KT_RAW_INTEGER_DOT_PRODUCT = 1 << 14,
    KT_RAW_MEMORY_MODEL = 1 << 15, // with cooperative matrices
    KT_RAW_DEVICE_SCOPE = 1 << 16, // vulkanMemoryModelDeviceScope
    KT_RAW_FLOAT16 = 1 << 17,      // with cooperative matrices, these, too
    KT_RAW_INT8 = 1 << 18,
    KT_RAW_STORAGE8 = 1 << 19,
    KT_RAW_STORAGE16 = 1 << 20,
    KT_RAW_CREATION_FEEDBACK = 1 << 21,
} kt_raw_feature;

enum { KT_RAW_QUEUES = 32 };

typedef struct kt_raw_queue {
    VkQueue handle;
    uint32_t family;
    VkQueueFlags flags;      // of the family
    uint32_t timestamp_bits; // of the family; 0: it has no timestamps
} kt_raw_queue;

typedef struct kt_raw {
    kt_test *t;
    VkInstance instance;
    PFN_vkGetInstanceProcAddr get_instance_proc_addr;
    PFN_vkGetDeviceProcAddr vkGetDeviceProcAddr;
    uint32_t api_version; // kro_vk_handles'
    VkPhysicalDevice physical;
    VkPhysicalDeviceProperties properties;
    VkPhysicalDeviceMemoryProperties memory;
    uint64_t max_allocation_bytes;
    VkDevice device;
    kt_raw_queue queues[KT_RAW_QUEUES]; // the first ones are of the context's family
    uint32_t queue_count;
    // Features that the device was made with, which are those that it has.
    bool timelines, synchronization2;
    uint32_t features;        // bits of kt_raw_feature
    bool pipeline_statistics; // pipelineStatisticsQuery, with kt_raw_config.newer
    // Of the robustness that was asked for, the same; bytes to which the driver may round a range
    // up.
    bool robust, robust2, null_descriptors;
    uint64_t robust_alignment, robust_uniform_alignment;
    // Of descriptor indexing, where it was asked for.
    VkPhysicalDeviceDescriptorIndexingFeatures indexing;
    VkPhysicalDeviceDescriptorIndexingProperties indexing_limits;
    bool kept;                          // the device stays open when the case ends
    struct kt_raw_owned *owned;         // newest first
    struct kt_raw_buffer *staging;      // the largest so far, for copies between host and device
    VkCommandPool pools[KT_RAW_QUEUES]; // of the queue's family; VK_NULL_HANDLE: not made yet
#define X(name) PFN_##name name;
    KT_RAW_CALLS(X)
    KT_RAW_TIMELINE_CALLS(X)
    KT_RAW_SYNC2_CALLS(X)
#undef X
} kt_raw;

// What kernels may do outside the ranges that are bound.
typedef enum kt_raw_robustness {
    KT_RAW_NOT_ROBUST = 0, // nothing
    KT_RAW_ROBUST = 1,     // robustBufferAccess
    KT_RAW_ROBUST2 = 2,    // robustBufferAccess2 and null descriptors, too
} kt_raw_robustness;

typedef struct kt_raw_config {
    uint32_t queue_count; // of the context's family, or fewer where it has no more; default: 1
    bool all_families;    // one queue of each other family that computes or transfers, too
    kt_raw_robustness robustness; // default: none
    bool descriptor_indexing;     // whatever the device has of it
    bool newer;                   // whatever the device has of kt_raw_feature
} kt_raw_config;

// A device of its own on the physical device and instance of `on`, so that what validation layers
// say arrives in the log of `on`. `config` may be NULL. A device that does not compute is skipped.
kt_raw *kt_raw_create(kt_test *t, const kro_context *on, const kt_raw_config *config);

// The same on a device that the case has made itself, as kro_context_import takes it. Of features,
// timeline semaphores are noticed. `raw` is filled in and stays the caller's, as the device does,
// who releases what is made on it (kt_raw_abandon) before either goes.
//
// Returns: false, and a failed case, where the device lacks a call.
bool kt_raw_adopt(kt_raw *raw, kt_test *t, const kro_vk_import *made);
// Waits for an adopted device, a lost one too, and destroys what was made on it.
void kt_raw_abandon(kt_raw *raw);

// Whether the device has the feature, or the queues; the case is skipped where not.
bool kt_raw_needs_timelines(kt_raw *raw);
bool kt_raw_needs_timestamps(kt_raw *raw); // of the first queue
bool kt_raw_needs_synchronization2(kt_raw *raw);
bool kt_raw_needs_queues(kt_raw *raw, uint32_t count); // of the context's family
bool kt_raw_needs_robustness(kt_raw *raw, kt_raw_robustness robustness);
bool kt_raw_needs_null_descriptors(kt_raw *raw);
// The same of any other feature: whether `has`.
bool kt_raw_needs(kt_raw *raw, bool has, const char *feature);
bool kt_raw_needs_feature(kt_raw *raw, kt_raw_feature feature);

// A call that is not in this struct, of the device or the instance, by the name that it has in
// Vulkan's newest version or with KHR or EXT behind it. NULL, and a failed case, where it lacks.
PFN_vkVoidFunction kt_raw_call(kt_raw *raw, const char *name);
#define KT_RAW_CALL(raw, name) ((PFN_##name)kt_raw_call((raw), #name))
// Fills in a chain of structures of properties.
void kt_raw_properties(kt_raw *raw, void *chain);

typedef struct kt_raw_buffer {
    VkBuffer handle;
    VkDeviceMemory memory;
    uint64_t size_bytes;
    uint64_t memory_bytes; // that it takes, which may be more
    void *mapped;          // of a host buffer
    bool coherent;
} kt_raw_buffer;

typedef struct kt_raw_buffer_config {
    uint64_t size_bytes; // required
    bool host;           // in memory that the host can map, and mapped; default: the device's own
    bool concurrent;     // shared by all families of the device's queues; default: exclusive
    // In the memory of another host buffer, at a multiple of 64 KiB; default: memory of its own.
    const struct kt_raw_buffer *inside;
    uint64_t inside_offset_bytes;
} kt_raw_buffer_config;

kt_raw_buffer *kt_raw_buffer_create(kt_raw *raw, const kt_raw_buffer_config *config);

// Makes what the host wrote to a host buffer visible to the work that is submitted next, and what
// the device wrote visible to the host.
void kt_raw_flush(kt_raw *raw, const kt_raw_buffer *buffer);
void kt_raw_invalidate(kt_raw *raw, const kt_raw_buffer *buffer);

// Copies between the host and whole buffers that no submitted work uses, and waits. What they hold
// is visible to all work that is submitted next. Buffers that are not `host` must be of the first
// queue's family or concurrent.
void kt_raw_write(kt_raw *raw, const kt_raw_buffer *buffer, const void *src);
void kt_raw_read(kt_raw *raw, const kt_raw_buffer *buffer, void *dst);

enum { KT_RAW_BINDINGS = 4, KT_RAW_PUSH_BYTES = 16 };

// What to make of an embedded shader with buffers as bindings 0, 1, … of set 0.
typedef struct kt_raw_kernel_config {
    uint32_t binding_count;               // required
    bool uniform[KT_RAW_BINDINGS];        // a uniform buffer; default: a storage buffer
    uint32_t array_count;                 // descriptors of the last binding; default: 1
    VkDescriptorBindingFlags array_flags; // of the last binding, which take descriptor indexing
    VkPipelineCache cache;                // default: none
    // SPIR-V instead of an embedded shader; default: the shader. Read by the call alone, as are
    // the pointers that follow.
    const uint32_t *words;
    size_t word_count;
    const VkSpecializationInfo *constants;         // default: none
    const void *chain;                             // of VkComputePipelineCreateInfo
    VkPipelineCreateFlags flags;                   // default: none
    const void *stage_chain;                       // of VkPipelineShaderStageCreateInfo
    VkPipelineShaderStageCreateFlags stage_flags;  // default: none
    VkDescriptorSetLayoutCreateFlags layout_flags; // default: none
    bool module_in_stage; // no module is made: the stage's chain ends with its code
} kt_raw_kernel_config;

typedef struct kt_raw_kernel {
    VkDescriptorSetLayout set_layout;
    VkPipelineLayout layout;
    VkPipeline pipeline;
    kt_raw_kernel_config config;
} kt_raw_kernel;

kt_raw_kernel *kt_raw_kernel_create_with(kt_raw *raw, const char *shader,
                                         const kt_raw_kernel_config *config);
// With storage buffers alone, one a binding.
kt_raw_kernel *kt_raw_kernel_create(kt_raw *raw, const char *shader, uint32_t binding_count);

typedef struct kt_raw_range {
    const kt_raw_buffer *buffer;       // NULL: a null descriptor
    uint64_t offset_bytes, size_bytes; // size 0: the rest of the buffer
} kt_raw_range;

// A set with a range for each binding of a kernel.
VkDescriptorSet kt_raw_set(kt_raw *raw, const kt_raw_kernel *kernel, const kt_raw_range *ranges);
// One in which nothing is written yet, with `array_count` descriptors of the last binding.
VkDescriptorSet kt_raw_set_empty(kt_raw *raw, const kt_raw_kernel *kernel, uint32_t array_count);
void kt_raw_set_write(kt_raw *raw, const kt_raw_kernel *kernel, VkDescriptorSet set,
                      uint32_t binding, uint32_t element, kt_raw_range range);

// A command buffer for a queue, begun: a primary one, for one submission.
VkCommandBuffer kt_raw_begin(kt_raw *raw, uint32_t queue);
VkCommandBuffer kt_raw_begin_as(kt_raw *raw, uint32_t queue, VkCommandBufferLevel level,
                                VkCommandBufferUsageFlags usage);
void kt_raw_end(kt_raw *raw, VkCommandBuffer commands);

// Binds a kernel, its set and its push constants (KT_RAW_PUSH_BYTES, or NULL).
void kt_raw_bind(kt_raw *raw, VkCommandBuffer commands, const kt_raw_kernel *kernel,
                 VkDescriptorSet set, const uint32_t *push);

// Everything before it is complete and visible to everything after it, the host included.
void kt_raw_full_barrier(kt_raw *raw, VkCommandBuffer commands);

VkSemaphore kt_raw_semaphore(kt_raw *raw); // binary
VkSemaphore kt_raw_timeline(kt_raw *raw, uint64_t value);
VkFence kt_raw_fence(kt_raw *raw, VkFenceCreateFlags flags);
VkQueryPool kt_raw_timestamps(kt_raw *raw, uint32_t count);
// How many invocations of kernels there were.
VkQueryPool kt_raw_invocations(kt_raw *raw, uint32_t count);
// `bytes` is what vkGetPipelineCacheData gave, or of no bytes.
VkPipelineCache kt_raw_pipeline_cache(kt_raw *raw, const void *bytes, size_t size_bytes);
VkEvent kt_raw_event(kt_raw *raw, VkEventCreateFlags flags);

enum { KT_RAW_BATCH_COMMANDS = 8, KT_RAW_BATCH_SEMAPHORES = 4 };

typedef struct kt_raw_point {
    VkSemaphore semaphore;       // VK_NULL_HANDLE ends the list
    uint64_t value;              // of a timeline
    VkPipelineStageFlags stages; // that wait; default: all commands
} kt_raw_point;

// One batch of a submission.
typedef struct kt_raw_batch {
    VkCommandBuffer commands[KT_RAW_BATCH_COMMANDS]; // NULL ends the list
    kt_raw_point waits[KT_RAW_BATCH_SEMAPHORES], signals[KT_RAW_BATCH_SEMAPHORES];
} kt_raw_batch;

// One call of vkQueueSubmit. `fence` may be VK_NULL_HANDLE. May be called on several threads, each
// with a queue of its own.
bool kt_raw_submit_all(kt_raw *raw, uint32_t queue, const kt_raw_batch *batches, uint32_t count,
                       VkFence fence);
bool kt_raw_submit(kt_raw *raw, uint32_t queue, const kt_raw_batch *batch, VkFence fence);
// The same by vkQueueSubmit2.
bool kt_raw_submit2(kt_raw *raw, uint32_t queue, const kt_raw_batch *batches, uint32_t count,
                    VkFence fence);
// Submits one command buffer and waits for the queue.
bool kt_raw_run(kt_raw *raw, uint32_t queue, VkCommandBuffer commands);

// Waits for a fence or a timeline; the case fails where they are not reached within ten seconds.
bool kt_raw_wait_fence(kt_raw *raw, VkFence fence);
bool kt_raw_wait(kt_raw *raw, VkSemaphore timeline, uint64_t value);
bool kt_raw_signal(kt_raw *raw, VkSemaphore timeline, uint64_t value); // from the host
uint64_t kt_raw_value(kt_raw *raw, VkSemaphore timeline);

// A Vulkan call returns VK_SUCCESS.
#define CHECK_VK(call) CHECK_EQ_I64((call), VK_SUCCESS)

#endif
