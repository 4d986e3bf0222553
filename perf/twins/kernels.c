#include "kernels.h"

#include "shaders.h"

static VkResult make_layouts(const kp_hand *hand, const kp_hand_kernel_config *config,
                             kp_hand_kernel *out)
{
    VkDescriptorSetLayoutBinding bindings[KP_MAX_KERNEL_BINDINGS];
    for (uint32_t i = 0; i < config->bindings; i++)
        bindings[i] =
            (VkDescriptorSetLayoutBinding){.binding = i,
                                           .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                           .descriptorCount = 1,
                                           .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT};
    const VkDescriptorSetLayoutCreateInfo set = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = config->bindings,
        .pBindings = bindings,
    };
    VkResult result =
        hand->call.CreateDescriptorSetLayout(hand->device, &set, NULL, &out->set_layout);
    const VkPushConstantRange push = {.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
                                      .size = config->push_bytes};
    const VkPipelineLayoutCreateInfo layout = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
        .setLayoutCount = 1,
        .pSetLayouts = &out->set_layout,
        .pushConstantRangeCount = config->push_bytes != 0,
        .pPushConstantRanges = &push,
    };
    return result < 0 ? result
                      : hand->call.CreatePipelineLayout(hand->device, &layout, NULL, &out->layout);
}

static VkResult make_module(const kp_hand *hand, const char *name, kp_hand_kernel *out)
{
    const kronos_shader *shader = kronos_shader_find(name);
    const VkShaderModuleCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
        .codeSize = shader->size_bytes,
        .pCode = shader->words,
    };
    return hand->call.CreateShaderModule(hand->device, &info, NULL, &out->module);
}

static VkResult make_pipeline(const kp_hand *hand, const kp_hand_kernel_config *config,
                              kp_hand_kernel *out)
{
    const VkSpecializationMapEntry entry = {.constantID = 0, .size = sizeof *config->constant};
    const VkSpecializationInfo constants = {.mapEntryCount = 1,
                                            .pMapEntries = &entry,
                                            .dataSize = sizeof *config->constant,
                                            .pData = config->constant};
    const VkComputePipelineCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = out->module,
                  .pName = "main",
                  .pSpecializationInfo = config->constant ? &constants : NULL},
        .layout = out->layout,
    };
    return hand->call.CreateComputePipelines(hand->device, config->cache, 1, &info, NULL,
                                             &out->pipeline);
}

VkResult kp_hand_make_kernel(const kp_hand *hand, const kp_hand_kernel_config *config,
                             kp_hand_kernel *out)
{
    *out = (kp_hand_kernel){0};
    VkResult result = make_module(hand, config->shader, out);
    if (result >= 0)
        result = make_layouts(hand, config, out);
    return result < 0 ? result : make_pipeline(hand, config, out);
}

void kp_hand_destroy_kernel(const kp_hand *hand, const kp_hand_kernel *kernel)
{
    if (kernel->pipeline)
        hand->call.DestroyPipeline(hand->device, kernel->pipeline, NULL);
    if (kernel->layout)
        hand->call.DestroyPipelineLayout(hand->device, kernel->layout, NULL);
    if (kernel->set_layout)
        hand->call.DestroyDescriptorSetLayout(hand->device, kernel->set_layout, NULL);
    if (kernel->module)
        hand->call.DestroyShaderModule(hand->device, kernel->module, NULL);
}
