#include "vk/kernel.h"

#include <stdlib.h>
#include <string.h>

#include "vk/capabilities.h"
#include "vk/device.h"
#include "vk/status.h"

// Specialization values, packed as Vulkan takes them.
typedef struct specialization {
    VkSpecializationInfo info;
    VkSpecializationMapEntry *entries;
    uint64_t *data; // a slot of 8 bytes per constant
} specialization;

// Vulkan copies what it needs while it compiles.
static void specialization_finish(specialization *spec)
{
    free(spec->entries);
    free(spec->data);
}

// The low bytes of `bits`, whatever the host's byte order.
static void store(void *slot, uint64_t bits, uint32_t size_bytes)
{
    uint8_t u8 = (uint8_t)bits;
    uint16_t u16 = (uint16_t)bits;
    uint32_t u32 = (uint32_t)bits;
    const void *value = size_bytes == 1   ? (const void *)&u8
                        : size_bytes == 2 ? (const void *)&u16
                        : size_bytes == 4 ? (const void *)&u32
                                          : (const void *)&bits;
    memcpy(slot, value, size_bytes);
}

static kro_status specialization_init(specialization *spec, const kro__kernel_config *config)
{
    uint32_t count = config->constant_count;
    *spec = (specialization){.entries = calloc(count + 1u, sizeof *spec->entries),
                             .data = calloc(count + 1u, sizeof *spec->data)};
    if (!spec->entries || !spec->data) {
        specialization_finish(spec);
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory for %u constants of kernel '%s'",
                         count, config->label);
    }
    for (uint32_t i = 0; i < count; i++) {
        const kro__constant *constant = &config->constants[i];
        store(&spec->data[i], constant->bits, constant->size_bytes);
        spec->entries[i] = (VkSpecializationMapEntry){
            .constantID = constant->id,
            .offset = (uint32_t)(i * sizeof *spec->data),
            .size = constant->size_bytes,
        };
    }
    spec->info = (VkSpecializationInfo){
        .mapEntryCount = count,
        .pMapEntries = spec->entries,
        .dataSize = count * sizeof *spec->data,
        .pData = spec->data,
    };
    return KRO_OK;
}

// The driver's part: it may take milliseconds to seconds, and runs without any lock of ours.
static kro_status compile(kro__vk_device *device, const kro__kernel_config *config,
                          VkShaderModule module, const specialization *spec, kro__vk_kernel *kernel)
{
    VkPipelineShaderStageRequiredSubgroupSizeCreateInfo subgroup = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_REQUIRED_SUBGROUP_SIZE_CREATE_INFO,
        .requiredSubgroupSize = config->subgroup_size,
    };
    VkComputePipelineCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage =
            {
                .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                .pNext = config->subgroup_size ? &subgroup : NULL,
                .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                .module = module,
                .pName = config->reflection->entry_point,
                .pSpecializationInfo = config->constant_count > 0 ? &spec->info : NULL,
            },
        .layout = kernel->layout->handle,
    };
    VkResult result = device->vk.vkCreateComputePipelines(device->handle, device->pipeline_cache, 1,
                                                          &info, NULL, &kernel->pipeline);
    if (result == VK_SUCCESS) {
        kro__vk_name(device->instance, device->handle, VK_OBJECT_TYPE_PIPELINE,
                     (uint64_t)kernel->pipeline, config->label);
        return KRO_OK;
    }
    kernel->pipeline = VK_NULL_HANDLE;
    return kro__vk_fail(result, "vkCreateComputePipelines for kernel '%s'", config->label);
}

static kro_status create_pipeline(kro__vk_device *device, const kro__kernel_config *config,
                                  kro__vk_kernel *kernel)
{
    specialization spec;
    VkShaderModule module;
    kro_status status = specialization_init(&spec, config);
    if (status < 0)
        return status;
    // The module is needed for the call only.
    VkShaderModuleCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
        .codeSize = (size_t)config->word_count * sizeof *config->words,
        .pCode = config->words,
    };
    VkResult result = device->vk.vkCreateShaderModule(device->handle, &info, NULL, &module);
    if (result == VK_SUCCESS) {
        status = compile(device, config, module, &spec, kernel);
        device->vk.vkDestroyShaderModule(device->handle, module, NULL);
    } else {
        status = kro__vk_fail(result, "vkCreateShaderModule for kernel '%s'", config->label);
    }
    specialization_finish(&spec);
    return status;
}

kro_status kro__vk_kernel_create(kro__device *base, const kro__kernel_config *config,
                                 kro__kernel **out)
{
    kro__vk_device *device = (kro__vk_device *)base;
    *out = NULL;
    const kro__vk_opened opened = {
        .info = &base->info,
        .adapter = device->adapter,
        .selection = &device->selection,
        .log = &device->instance->log,
        .imported = device->imported != NULL,
    };
    kro_status status = kro__vk_check_kernel(&opened, config);
    if (status < 0)
        return status;
    kro__vk_kernel *kernel = calloc(1, sizeof *kernel);
    if (!kernel)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory for kernel '%s'", config->label);
    status = kro__vk_layout_get(device, config, &kernel->layout);
    if (status < 0)
        goto fail;
    status = create_pipeline(device, config, kernel);
    if (status < 0)
        goto fail;
    kernel->base.layout_id = kernel->layout->id;
    kernel->base.id = config->id;
    *out = &kernel->base;
    return KRO_OK;
fail:
    kro__vk_kernel_destroy(base, &kernel->base);
    return status;
}

void kro__vk_kernel_destroy(kro__device *base, kro__kernel *base_kernel)
{
    kro__vk_device *device = (kro__vk_device *)base;
    kro__vk_kernel *kernel = (kro__vk_kernel *)base_kernel;
    if (!kernel)
        return;
    // Before the memory can be another's.
    atomic_fetch_add_explicit(&device->kernels_destroyed, 1, memory_order_release);
    // Its layout stays: see layout.h.
    if (kernel->pipeline)
        device->vk.vkDestroyPipeline(device->handle, kernel->pipeline, NULL);
    free(kernel);
}
