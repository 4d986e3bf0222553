// The Vulkan functions that the twins call, without the loader in between.
#ifndef KP_FUNCTIONS_H
#define KP_FUNCTIONS_H

#include <stdbool.h>

#include <kronos/vulkan.h>

#define KP_FUNCTIONS(ENTRY)            \
    ENTRY(AllocateCommandBuffers)      \
    ENTRY(AllocateDescriptorSets)      \
    ENTRY(AllocateMemory)              \
    ENTRY(BeginCommandBuffer)          \
    ENTRY(BindBufferMemory)            \
    ENTRY(CmdBindDescriptorSets)       \
    ENTRY(CmdBindPipeline)             \
    ENTRY(CmdCopyBuffer)               \
    ENTRY(CmdDispatch)                 \
    ENTRY(CmdPipelineBarrier)          \
    ENTRY(CmdPushConstants)            \
    ENTRY(CreateBuffer)                \
    ENTRY(CreateCommandPool)           \
    ENTRY(CreateComputePipelines)      \
    ENTRY(CreateDescriptorPool)        \
    ENTRY(CreateDescriptorSetLayout)   \
    ENTRY(CreateFence)                 \
    ENTRY(CreatePipelineCache)         \
    ENTRY(CreatePipelineLayout)        \
    ENTRY(CreateShaderModule)          \
    ENTRY(DestroyBuffer)               \
    ENTRY(DestroyCommandPool)          \
    ENTRY(DestroyDescriptorPool)       \
    ENTRY(DestroyDescriptorSetLayout)  \
    ENTRY(DestroyDevice)               \
    ENTRY(DestroyFence)                \
    ENTRY(DestroyPipeline)             \
    ENTRY(DestroyPipelineCache)        \
    ENTRY(DestroyPipelineLayout)       \
    ENTRY(DestroyShaderModule)         \
    ENTRY(EndCommandBuffer)            \
    ENTRY(FreeMemory)                  \
    ENTRY(GetBufferMemoryRequirements) \
    ENTRY(GetDeviceQueue)              \
    ENTRY(GetFenceStatus)              \
    ENTRY(GetPipelineCacheData)        \
    ENTRY(MapMemory)                   \
    ENTRY(QueueSubmit)                 \
    ENTRY(ResetCommandPool)            \
    ENTRY(ResetDescriptorPool)         \
    ENTRY(ResetFences)                 \
    ENTRY(UpdateDescriptorSets)        \
    ENTRY(WaitForFences)

typedef struct kp_functions {
#define ENTRY(name) PFN_vk##name name;
    KP_FUNCTIONS(ENTRY)
#undef ENTRY
} kp_functions;

// False where the device lacks one.
bool kp_functions_init(kp_functions *functions, const kro_vk_handles *handles);

// Waits for a fence and resets it. With `polls` it polls for a while before it blocks: on a GPU a
// wait that blocks costs more than small work.
VkResult kp_await(const kp_functions *call, VkDevice device, VkFence fence, bool polls);

#endif
