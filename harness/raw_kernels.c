#include "raw_owned.h"

#include "running.h"
#include "shaders.h"

static VkDescriptorType type_of(const kt_raw_kernel *kernel, uint32_t binding)
{
    return kernel->config.uniform[binding] ? VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER
                                           : VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
}

static bool is_array(const kt_raw_kernel *kernel, uint32_t binding)
{
    return binding + 1 == kernel->config.binding_count;
}

static bool is_updated_after_bind(const kt_raw_kernel *kernel)
{
    return kernel->config.array_flags & VK_DESCRIPTOR_BINDING_UPDATE_AFTER_BIND_BIT;
}

static bool create_set_layout(kt_raw *raw, kt_raw_kernel *kernel)
{
    VkDescriptorSetLayoutBinding bindings[KT_RAW_BINDINGS];
    VkDescriptorBindingFlags flags[KT_RAW_BINDINGS] = {0};
    const uint32_t count = kernel->config.binding_count;
    for (uint32_t i = 0; i < count; i++)
        bindings[i] = (VkDescriptorSetLayoutBinding){
            .binding = i,
            .descriptorType = type_of(kernel, i),
            .descriptorCount = is_array(kernel, i) ? kernel->config.array_count : 1,
            .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT};
    flags[count - 1] = kernel->config.array_flags;
    const VkDescriptorSetLayoutBindingFlagsCreateInfo flags_info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_BINDING_FLAGS_CREATE_INFO,
        .bindingCount = count,
        .pBindingFlags = flags};
    const VkDescriptorSetLayoutCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .pNext = kernel->config.array_flags ? &flags_info : NULL,
        .flags = kernel->config.layout_flags |
                 (is_updated_after_bind(kernel)
                      ? VK_DESCRIPTOR_SET_LAYOUT_CREATE_UPDATE_AFTER_BIND_POOL_BIT
                      : 0),
        .bindingCount = count,
        .pBindings = bindings};
    const VkResult result =
        raw->vkCreateDescriptorSetLayout(raw->device, &info, NULL, &kernel->set_layout);
    return kt_raw_own(raw, "vkCreateDescriptorSetLayout", result, KT_RAW_SET_LAYOUT,
                      (kt_raw_handle){.set_layout = kernel->set_layout});
}

static bool create_layout(kt_raw *raw, kt_raw_kernel *kernel)
{
    const VkPushConstantRange push = {.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
                                      .size = KT_RAW_PUSH_BYTES};
    const VkPipelineLayoutCreateInfo info = {.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                             .setLayoutCount = 1,
                                             .pSetLayouts = &kernel->set_layout,
                                             .pushConstantRangeCount = 1,
                                             .pPushConstantRanges = &push};
    const VkResult result = raw->vkCreatePipelineLayout(raw->device, &info, NULL, &kernel->layout);
    return kt_raw_own(raw, "vkCreatePipelineLayout", result, KT_RAW_PIPELINE_LAYOUT,
                      (kt_raw_handle){.pipeline_layout = kernel->layout});
}

kt_raw_kernel *kt_raw_kernel_create(kt_raw *raw, const char *shader, uint32_t binding_count)
{
    return kt_raw_kernel_create_with(raw, shader,
                                     &(kt_raw_kernel_config){.binding_count = binding_count});
}

// The pipeline of a kernel that has its layout.
static bool create_pipeline(kt_raw *raw, kt_raw_kernel *kernel,
                            const VkShaderModuleCreateInfo *module_info)
{
    kt_test *t = raw->t;
    const kt_raw_kernel_config *config = &kernel->config;
    VkShaderModule module = VK_NULL_HANDLE;
    if (!config->module_in_stage &&
        !CHECK_VK(raw->vkCreateShaderModule(raw->device, module_info, NULL, &module)))
        return false;
    const VkComputePipelineCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .pNext = config->chain,
        .flags = config->flags,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .pNext = config->module_in_stage ? module_info : config->stage_chain,
                  .flags = config->stage_flags,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = module,
                  .pName = "main",
                  .pSpecializationInfo = config->constants},
        .layout = kernel->layout};
    const VkResult result = raw->vkCreateComputePipelines(raw->device, config->cache, 1, &info,
                                                          NULL, &kernel->pipeline);
    raw->vkDestroyShaderModule(raw->device, module, NULL);
    return kt_raw_own(raw, "vkCreateComputePipelines", result, KT_RAW_PIPELINE,
                      (kt_raw_handle){.pipeline = kernel->pipeline});
}

// Pointers that are the caller's are not kept.
static void forget_borrowed(kt_raw_kernel_config *config)
{
    config->words = NULL;
    config->constants = NULL;
    config->chain = config->stage_chain = NULL;
}

kt_raw_kernel *kt_raw_kernel_create_with(kt_raw *raw, const char *shader,
                                         const kt_raw_kernel_config *config)
{
    if (!raw)
        return NULL;
    const kronos_shader *found = config->words ? NULL : kronos_shader_find(shader);
    if ((!found && !config->words) || !config->binding_count ||
        config->binding_count > KT_RAW_BINDINGS) {
        kt_internal_error(raw->t, "kt_raw_kernel_create: there is no shader '%s' with %u bindings",
                          shader, config->binding_count);
        return NULL;
    }
    kt_raw_kernel *kernel = kt_alloc(raw->t, sizeof *kernel);
    kernel->config = *config;
    if (!kernel->config.array_count)
        kernel->config.array_count = 1;
    if (!create_set_layout(raw, kernel) || !create_layout(raw, kernel))
        return NULL;
    const VkShaderModuleCreateInfo module_info = {
        .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
        .pNext = config->module_in_stage ? config->stage_chain : NULL,
        .codeSize = found ? (size_t)found->size_bytes : config->word_count * sizeof(uint32_t),
        .pCode = found ? found->words : config->words};
    const bool created = create_pipeline(raw, kernel, &module_info);
    forget_borrowed(&kernel->config);
    return created ? kernel : NULL;
}

// Each set has a pool of its own: cases make few.
VkDescriptorSet kt_raw_set_empty(kt_raw *raw, const kt_raw_kernel *kernel, uint32_t array_count)
{
    if (!raw || !kernel)
        return VK_NULL_HANDLE;
    kt_test *t = raw->t;
    VkDescriptorPoolSize sizes[KT_RAW_BINDINGS];
    for (uint32_t i = 0; i < kernel->config.binding_count; i++)
        sizes[i] = (VkDescriptorPoolSize){type_of(kernel, i),
                                          is_array(kernel, i) ? kernel->config.array_count : 1};
    const VkDescriptorPoolCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
        .flags =
            is_updated_after_bind(kernel) ? VK_DESCRIPTOR_POOL_CREATE_UPDATE_AFTER_BIND_BIT : 0,
        .maxSets = 1,
        .poolSizeCount = kernel->config.binding_count,
        .pPoolSizes = sizes};
    VkDescriptorPool pool;
    const VkResult result = raw->vkCreateDescriptorPool(raw->device, &info, NULL, &pool);
    if (!kt_raw_own(raw, "vkCreateDescriptorPool", result, KT_RAW_SET_POOL,
                    (kt_raw_handle){.set_pool = pool}))
        return VK_NULL_HANDLE;
    const bool variable =
        kernel->config.array_flags & VK_DESCRIPTOR_BINDING_VARIABLE_DESCRIPTOR_COUNT_BIT;
    const VkDescriptorSetVariableDescriptorCountAllocateInfo count_info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_VARIABLE_DESCRIPTOR_COUNT_ALLOCATE_INFO,
        .descriptorSetCount = 1,
        .pDescriptorCounts = &array_count};
    const VkDescriptorSetAllocateInfo set_info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .pNext = variable ? &count_info : NULL,
        .descriptorPool = pool,
        .descriptorSetCount = 1,
        .pSetLayouts = &kernel->set_layout};
    VkDescriptorSet set;
    const bool allocated = CHECK_VK(raw->vkAllocateDescriptorSets(raw->device, &set_info, &set));
    return allocated ? set : VK_NULL_HANDLE;
}

void kt_raw_set_write(kt_raw *raw, const kt_raw_kernel *kernel, VkDescriptorSet set,
                      uint32_t binding, uint32_t element, kt_raw_range range)
{
    const VkDescriptorBufferInfo buffer = {range.buffer ? range.buffer->handle : VK_NULL_HANDLE,
                                           range.offset_bytes,
                                           range.size_bytes ? range.size_bytes : VK_WHOLE_SIZE};
    const VkWriteDescriptorSet write = {.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                                        .dstSet = set,
                                        .dstBinding = binding,
                                        .dstArrayElement = element,
                                        .descriptorCount = 1,
                                        .descriptorType = type_of(kernel, binding),
                                        .pBufferInfo = &buffer};
    raw->vkUpdateDescriptorSets(raw->device, 1, &write, 0, NULL);
}

VkDescriptorSet kt_raw_set(kt_raw *raw, const kt_raw_kernel *kernel, const kt_raw_range *ranges)
{
    for (uint32_t i = 0; raw && kernel && i < kernel->config.binding_count; i++)
        if (!ranges[i].buffer && !raw->null_descriptors)
            return VK_NULL_HANDLE;
    VkDescriptorSet set = kt_raw_set_empty(raw, kernel, 1);
    for (uint32_t i = 0; set && i < kernel->config.binding_count; i++)
        kt_raw_set_write(raw, kernel, set, i, 0, ranges[i]);
    return set;
}
