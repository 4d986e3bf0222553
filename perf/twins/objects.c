#include "objects.h"

#include <string.h>

#include "shaders.h"

static VkResult create_set_layout(kp_twin *twin, uint32_t bindings)
{
    VkDescriptorSetLayoutBinding list[KP_MAX_BINDINGS];
    for (uint32_t i = 0; i < bindings; i++)
        list[i] = (VkDescriptorSetLayoutBinding){.binding = i,
                                                 .descriptorType = twin->type,
                                                 .descriptorCount = 1,
                                                 .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT};
    const VkDescriptorSetLayoutCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = bindings,
        .pBindings = list,
    };
    return twin->call.CreateDescriptorSetLayout(twin->device, &info, NULL,
                                                &twin->set_layouts[bindings]);
}

static VkResult create_layout(kp_twin *twin, kp_kernel kernel)
{
    const kp_kernel_info *of = &kp_kernels[kernel];
    const VkPushConstantRange push = {.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
                                      .size = of->push_bytes};
    const VkPipelineLayoutCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
        .setLayoutCount = 1,
        .pSetLayouts = &twin->set_layouts[of->bindings],
        .pushConstantRangeCount = of->push_bytes != 0,
        .pPushConstantRanges = &push,
    };
    return twin->call.CreatePipelineLayout(twin->device, &info, NULL, &twin->layouts[kernel]);
}

static VkResult create_pipeline(kp_twin *twin, kp_kernel kernel)
{
    const kp_kernel_info *of = &kp_kernels[kernel];
    const kronos_shader *shader = kronos_shader_find(of->shader);
    const VkShaderModuleCreateInfo code = {.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                           .codeSize = shader->size_bytes,
                                           .pCode = shader->words};
    VkShaderModule module;
    VkResult result = twin->call.CreateShaderModule(twin->device, &code, NULL, &module);
    if (result < 0)
        return result;
    const VkSpecializationMapEntry entry = {.constantID = 0, .size = sizeof of->local_size};
    const VkSpecializationInfo constants = {.mapEntryCount = 1,
                                            .pMapEntries = &entry,
                                            .dataSize = sizeof of->local_size,
                                            .pData = &of->local_size};
    const VkComputePipelineCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = module,
                  .pName = "main",
                  .pSpecializationInfo = of->local_size ? &constants : NULL},
        .layout = twin->layouts[kernel],
    };
    result = twin->call.CreateComputePipelines(twin->device, VK_NULL_HANDLE, 1, &info, NULL,
                                               &twin->pipelines[kernel]);
    twin->call.DestroyShaderModule(twin->device, module, NULL);
    return result;
}

static VkResult create_pools(kp_twin *twin, uint32_t queue_family)
{
    const VkDescriptorPoolSize size = {.type = twin->type,
                                       .descriptorCount = KP_TWIN_SETS * KP_MAX_BINDINGS};
    const VkDescriptorPoolCreateInfo descriptors = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
        .maxSets = KP_TWIN_SETS,
        .poolSizeCount = 1,
        .pPoolSizes = &size,
    };
    VkResult result =
        twin->call.CreateDescriptorPool(twin->device, &descriptors, NULL, &twin->descriptor_pool);
    if (result < 0)
        return result;
    const VkCommandPoolCreateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
        .flags = twin->kind == KP_TWIN_REPLAY ? 0 : VK_COMMAND_POOL_CREATE_TRANSIENT_BIT,
        .queueFamilyIndex = queue_family,
    };
    return twin->call.CreateCommandPool(twin->device, &commands, NULL, &twin->command_pool);
}

VkResult kp_twin_create_objects(kp_twin *twin, uint32_t queue_family)
{
    VkResult result = VK_SUCCESS;
    for (uint32_t i = 1; result >= 0 && i <= KP_MAX_BINDINGS; i++)
        result = create_set_layout(twin, i);
    for (int i = 0; result >= 0 && i < KP_KERNEL_COUNT; i++)
        result = create_layout(twin, (kp_kernel)i);
    for (int i = 0; result >= 0 && i < KP_KERNEL_COUNT; i++)
        result = create_pipeline(twin, (kp_kernel)i);
    if (result >= 0)
        result = create_pools(twin, queue_family);
    if (result < 0)
        return result;
    const VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = twin->command_pool,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1,
    };
    result = twin->call.AllocateCommandBuffers(twin->device, &commands, &twin->commands);
    if (result < 0)
        return result;
    const VkFenceCreateInfo fence = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    return twin->call.CreateFence(twin->device, &fence, NULL, &twin->fence);
}

kp_set_key kp_twin_key(const kp_op *op)
{
    kp_set_key key = {.bindings = kp_kernels[op->kernel].bindings};
    memcpy(key.buffers, op->buffers, key.bindings * sizeof *key.buffers);
    return key;
}

VkResult kp_twin_make_set(const kp_twin *twin, const kp_set_key *key, VkDescriptorSet *out)
{
    const VkDescriptorSetAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorPool = twin->descriptor_pool,
        .descriptorSetCount = 1,
        .pSetLayouts = &twin->set_layouts[key->bindings],
    };
    VkResult result = twin->call.AllocateDescriptorSets(twin->device, &info, out);
    if (result < 0)
        return result;
    VkDescriptorBufferInfo ranges[KP_MAX_BINDINGS];
    VkWriteDescriptorSet writes[KP_MAX_BINDINGS];
    for (uint32_t i = 0; i < key->bindings; i++) {
        ranges[i].buffer = kro_vk_buffer(twin->scene->buffers[key->buffers[i]], &ranges[i].offset);
        ranges[i].range = KP_RANGE_WORDS * sizeof(uint32_t);
        writes[i] = (VkWriteDescriptorSet){.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                                           .dstSet = *out,
                                           .dstBinding = i,
                                           .descriptorCount = 1,
                                           .descriptorType = twin->type,
                                           .pBufferInfo = &ranges[i]};
    }
    twin->call.UpdateDescriptorSets(twin->device, key->bindings, writes, 0, NULL);
    return VK_SUCCESS;
}

void kp_twin_destroy_objects(kp_twin *twin)
{
    twin->call.DestroyFence(twin->device, twin->fence, NULL);
    twin->call.DestroyCommandPool(twin->device, twin->command_pool, NULL);
    twin->call.DestroyDescriptorPool(twin->device, twin->descriptor_pool, NULL);
    for (int i = 0; i < KP_KERNEL_COUNT; i++) {
        twin->call.DestroyPipeline(twin->device, twin->pipelines[i], NULL);
        twin->call.DestroyPipelineLayout(twin->device, twin->layouts[i], NULL);
    }
    for (int i = 1; i <= KP_MAX_BINDINGS; i++)
        twin->call.DestroyDescriptorSetLayout(twin->device, twin->set_layouts[i], NULL);
}
