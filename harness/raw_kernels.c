#include "raw_owned.h"

#include "running.h"
#include "shaders.h"

static bool create_layouts(kt_raw *raw, kt_raw_kernel *kernel)
{
    VkDescriptorSetLayoutBinding bindings[KT_RAW_BINDINGS];
    for (uint32_t i = 0; i < kernel->binding_count; i++)
        bindings[i] =
            (VkDescriptorSetLayoutBinding){.binding = i,
                                           .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                           .descriptorCount = 1,
                                           .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT};
    const VkDescriptorSetLayoutCreateInfo set_info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = kernel->binding_count,
        .pBindings = bindings};
    VkResult result =
        raw->vkCreateDescriptorSetLayout(raw->device, &set_info, NULL, &kernel->set_layout);
    if (!kt_raw_own(raw, "vkCreateDescriptorSetLayout", result, KT_RAW_SET_LAYOUT,
                    (kt_raw_handle){.set_layout = kernel->set_layout}))
        return false;
    const VkPushConstantRange push = {.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
                                      .size = KT_RAW_PUSH_BYTES};
    const VkPipelineLayoutCreateInfo info = {.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                             .setLayoutCount = 1,
                                             .pSetLayouts = &kernel->set_layout,
                                             .pushConstantRangeCount = 1,
                                             .pPushConstantRanges = &push};
    result = raw->vkCreatePipelineLayout(raw->device, &info, NULL, &kernel->layout);
    return kt_raw_own(raw, "vkCreatePipelineLayout", result, KT_RAW_PIPELINE_LAYOUT,
                      (kt_raw_handle){.pipeline_layout = kernel->layout});
}

kt_raw_kernel *kt_raw_kernel_create(kt_raw *raw, const char *shader, uint32_t binding_count)
{
    const kronos_shader *found = kronos_shader_find(shader);
    if (!raw)
        return NULL;
    if (!found || binding_count > KT_RAW_BINDINGS) {
        kt_internal_error(raw->t, "kt_raw_kernel_create: there is no shader '%s' with %u bindings",
                          shader, binding_count);
        return NULL;
    }
    kt_test *t = raw->t;
    kt_raw_kernel *kernel = kt_alloc(t, sizeof *kernel);
    kernel->binding_count = binding_count;
    if (!create_layouts(raw, kernel))
        return NULL;
    const VkShaderModuleCreateInfo module_info = {.sType =
                                                      VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                                  .codeSize = (size_t)found->size_bytes,
                                                  .pCode = found->words};
    VkShaderModule module;
    if (!CHECK_VK(raw->vkCreateShaderModule(raw->device, &module_info, NULL, &module)))
        return NULL;
    const VkComputePipelineCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = module,
                  .pName = "main"},
        .layout = kernel->layout};
    const VkResult result = raw->vkCreateComputePipelines(raw->device, VK_NULL_HANDLE, 1, &info,
                                                          NULL, &kernel->pipeline);
    raw->vkDestroyShaderModule(raw->device, module, NULL);
    return kt_raw_own(raw, "vkCreateComputePipelines", result, KT_RAW_PIPELINE,
                      (kt_raw_handle){.pipeline = kernel->pipeline})
               ? kernel
               : NULL;
}

// Each set has a pool of its own: cases make few.
VkDescriptorSet kt_raw_set(kt_raw *raw, const kt_raw_kernel *kernel, const kt_raw_range *ranges)
{
    if (!raw || !kernel)
        return VK_NULL_HANDLE;
    kt_test *t = raw->t;
    const VkDescriptorPoolSize size = {VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, kernel->binding_count};
    const VkDescriptorPoolCreateInfo info = {.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
                                             .maxSets = 1,
                                             .poolSizeCount = 1,
                                             .pPoolSizes = &size};
    VkDescriptorPool pool;
    const VkResult result = raw->vkCreateDescriptorPool(raw->device, &info, NULL, &pool);
    if (!kt_raw_own(raw, "vkCreateDescriptorPool", result, KT_RAW_SET_POOL,
                    (kt_raw_handle){.set_pool = pool}))
        return VK_NULL_HANDLE;
    const VkDescriptorSetAllocateInfo set_info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorPool = pool,
        .descriptorSetCount = 1,
        .pSetLayouts = &kernel->set_layout};
    VkDescriptorSet set;
    if (!CHECK_VK(raw->vkAllocateDescriptorSets(raw->device, &set_info, &set)))
        return VK_NULL_HANDLE;
    VkDescriptorBufferInfo buffers[KT_RAW_BINDINGS];
    VkWriteDescriptorSet writes[KT_RAW_BINDINGS];
    for (uint32_t i = 0; i < kernel->binding_count; i++) {
        const kt_raw_range *range = &ranges[i];
        if (!range->buffer && !raw->null_descriptors)
            return VK_NULL_HANDLE;
        buffers[i] = (VkDescriptorBufferInfo){
            range->buffer ? range->buffer->handle : VK_NULL_HANDLE, range->offset_bytes,
            range->size_bytes ? range->size_bytes : VK_WHOLE_SIZE};
        writes[i] = (VkWriteDescriptorSet){.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                                           .dstSet = set,
                                           .dstBinding = i,
                                           .descriptorCount = 1,
                                           .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                           .pBufferInfo = &buffers[i]};
    }
    raw->vkUpdateDescriptorSets(raw->device, kernel->binding_count, writes, 0, NULL);
    return set;
}
