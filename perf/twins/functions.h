// The Vulkan functions that the twins call, without the loader in between.
#ifndef KP_FUNCTIONS_H
#define KP_FUNCTIONS_H

#include <stdbool.h>

#include <kronos/vulkan.h>

#define KP_FUNCTIONS(ENTRY)           \
    ENTRY(AllocateCommandBuffers)     \
    ENTRY(AllocateDescriptorSets)     \
    ENTRY(BeginCommandBuffer)         \
    ENTRY(CmdBindDescriptorSets)      \
    ENTRY(CmdBindPipeline)            \
    ENTRY(CmdDispatch)                \
    ENTRY(CmdPipelineBarrier)         \
    ENTRY(CmdPushConstants)           \
    ENTRY(CreateCommandPool)          \
    ENTRY(CreateComputePipelines)     \
    ENTRY(CreateDescriptorPool)       \
    ENTRY(CreateDescriptorSetLayout)  \
    ENTRY(CreateFence)                \
    ENTRY(CreatePipelineLayout)       \
    ENTRY(CreateShaderModule)         \
    ENTRY(DestroyCommandPool)         \
    ENTRY(DestroyDescriptorPool)      \
    ENTRY(DestroyDescriptorSetLayout) \
    ENTRY(DestroyFence)               \
    ENTRY(DestroyPipeline)            \
    ENTRY(DestroyPipelineLayout)      \
    ENTRY(DestroyShaderModule)        \
    ENTRY(EndCommandBuffer)           \
    ENTRY(QueueSubmit)                \
    ENTRY(GetFenceStatus)             \
    ENTRY(ResetCommandPool)           \
    ENTRY(ResetDescriptorPool)        \
    ENTRY(ResetFences)                \
    ENTRY(UpdateDescriptorSets)       \
    ENTRY(WaitForFences)

typedef struct kp_functions {
#define ENTRY(name) PFN_vk##name name;
    KP_FUNCTIONS(ENTRY)
#undef ENTRY
} kp_functions;

// False where the device lacks one.
bool kp_functions_init(kp_functions *functions, const kro_vk_handles *handles);

#endif
