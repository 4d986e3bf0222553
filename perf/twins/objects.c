#include "objects.h"

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
    const kronos_shader *shader = kronos_shader_find(kp_kernels[kernel].shader);
    const VkShaderModuleCreateInfo code = {.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                           .codeSize = shader->size_bytes,
                                           .pCode = shader->words};
    VkShaderModule module;
    VkResult result = twin->call.CreateShaderModule(twin->device, &code, NULL, &module);
    if (result < 0)
        return result;
    const VkComputePipelineCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = module,
                  .pName = "main"},
        .layout = twin->layouts[kernel],
    };
    result = twin->call.CreateComputePipelines(twin->device, VK_NULL_HANDLE, 1, &info, NULL,
                                               &twin->pipelines[kernel]);
    twin->call.DestroyShaderModule(twin->device, module, NULL);
    return result;
}

static VkResult create_pools(kp_twin *twin, uint32_t queue_family)
{
    const VkDescriptorPoolSize size = {
        .type = twin->type, .descriptorCount = twin->batch->range_count * KP_MAX_BINDINGS};
    const VkDescriptorPoolCreateInfo descriptors = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
        .maxSets = twin->batch->range_count,
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

// Only what the batch needs.
static VkResult create_kernels(kp_twin *twin)
{
    VkResult result = VK_SUCCESS;
    for (uint32_t i = 0; result >= 0 && i < twin->batch->count; i++) {
        const kp_kernel kernel = twin->batch->ops[i].kernel;
        const uint32_t bindings = kp_kernels[kernel].bindings;
        if (!twin->set_layouts[bindings])
            result = create_set_layout(twin, bindings);
        if (result >= 0 && !twin->layouts[kernel])
            result = create_layout(twin, kernel);
        if (result >= 0 && !twin->pipelines[kernel])
            result = create_pipeline(twin, kernel);
    }
    return result;
}

VkResult kp_twin_create_objects(kp_twin *twin, uint32_t queue_family)
{
    VkResult result = create_kernels(twin);
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

VkResult kp_twin_make_set(const kp_twin *twin, uint32_t index)
{
    const kp_ranges *ranges = &twin->batch->ranges[index];
    const VkDescriptorSetAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorPool = twin->descriptor_pool,
        .descriptorSetCount = 1,
        .pSetLayouts = &twin->set_layouts[ranges->count],
    };
    VkResult result = twin->call.AllocateDescriptorSets(twin->device, &info, &twin->sets[index]);
    if (result < 0)
        return result;
    VkDescriptorBufferInfo infos[KP_MAX_BINDINGS];
    VkWriteDescriptorSet writes[KP_MAX_BINDINGS];
    for (uint32_t i = 0; i < ranges->count; i++) {
        const kp_range *range = &ranges->at[i];
        infos[i].buffer = kro_vk_buffer(twin->scene->buffers[range->buffer], &infos[i].offset);
        infos[i].offset += range->offset_bytes;
        infos[i].range = range->size_bytes;
        writes[i] = (VkWriteDescriptorSet){.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                                           .dstSet = twin->sets[index],
                                           .dstBinding = i,
                                           .descriptorCount = 1,
                                           .descriptorType = twin->type,
                                           .pBufferInfo = &infos[i]};
    }
    twin->call.UpdateDescriptorSets(twin->device, ranges->count, writes, 0, NULL);
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
