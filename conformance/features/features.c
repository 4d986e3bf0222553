#include "features.h"

#include "shaders.h"

kt_raw *features_open(kt_test *t, kt_raw_feature feature)
{
    kt_raw *raw = kt_raw_create(t, kt_context(t), &(kt_raw_config){.newer = true});
    return kt_raw_needs_feature(raw, feature) ? raw : NULL;
}

bool features_step(sync_steps *steps, kt_raw_kernel *kernel, uint32_t i)
{
    VkCommandBuffer commands = kernel ? kt_raw_begin(steps->raw, 0) : NULL;
    if (!commands)
        return false;
    sync_steps with = *steps;
    with.affine = kernel;
    sync_step(&with, commands, i);
    kt_raw_full_barrier(steps->raw, commands);
    kt_raw_end(steps->raw, commands);
    sync_expect_step(steps, i);
    return kt_raw_run(steps->raw, 0, commands) && sync_steps_check(steps);
}

typedef struct owned_module {
    kt_raw *raw;
    VkShaderModule handle;
} owned_module;

static void destroy_module(void *object)
{
    const owned_module *module = object;
    module->raw->vkDestroyShaderModule(module->raw->device, module->handle, NULL);
}

VkShaderModule features_module(kt_raw *raw, const char *shader)
{
    kt_test *t = raw->t;
    const kronos_shader *found = kronos_shader_find(shader);
    const VkShaderModuleCreateInfo info = {.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                           .codeSize = (size_t)found->size_bytes,
                                           .pCode = found->words};
    owned_module *module = kt_alloc(t, sizeof *module);
    module->raw = raw;
    if (!CHECK_VK(raw->vkCreateShaderModule(raw->device, &info, NULL, &module->handle)))
        return VK_NULL_HANDLE;
    kt_defer(t, destroy_module, module);
    return module->handle;
}

VkComputePipelineCreateInfo features_pipeline_info(VkShaderModule module, VkPipelineLayout layout)
{
    return (VkComputePipelineCreateInfo){
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = module,
                  .pName = "main"},
        .layout = layout};
}
