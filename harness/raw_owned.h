// What a raw device owns, for the files that implement raw.h.
#ifndef KT_RAW_OWNED_H
#define KT_RAW_OWNED_H

#include "raw.h"

typedef enum kt_raw_kind {
    KT_RAW_MEMORY,
    KT_RAW_BUFFER,
    KT_RAW_SET_LAYOUT,
    KT_RAW_PIPELINE_LAYOUT,
    KT_RAW_PIPELINE,
    KT_RAW_SET_POOL,
    KT_RAW_COMMAND_POOL,
    KT_RAW_SEMAPHORE,
    KT_RAW_FENCE,
    KT_RAW_EVENT,
    KT_RAW_QUERY_POOL,
    KT_RAW_PIPELINE_CACHE,
} kt_raw_kind;

// An object to be destroyed with the device. The union is as Vulkan types its handles.
typedef union kt_raw_handle {
    VkDeviceMemory memory;
    VkBuffer buffer;
    VkDescriptorSetLayout set_layout;
    VkPipelineLayout pipeline_layout;
    VkPipeline pipeline;
    VkDescriptorPool set_pool;
    VkCommandPool command_pool;
    VkSemaphore semaphore;
    VkFence fence;
    VkEvent event;
    VkQueryPool query_pool;
    VkPipelineCache pipeline_cache;
} kt_raw_handle;

// Takes what a call has made, if it has: `result` is checked.
//
// Returns: whether the call succeeded.
bool kt_raw_own(kt_raw *raw, const char *call, VkResult result, kt_raw_kind kind,
                kt_raw_handle handle);

// Destroys everything, newest first.
void kt_raw_destroy_owned(kt_raw *raw);

#endif
