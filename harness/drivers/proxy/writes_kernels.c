// Which buffers a pipeline's code reads and writes: reflected when the pipeline is made.
#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "device.h"
#include "driver.h"
#include "plant.h"
#include "reflect.h"
#include "state.h"
#include "writes.h"

typedef struct module {
    kro__entry entry;
    size_t size_bytes;
    uint32_t words[];
} module;

typedef struct place {
    uint32_t set, binding;
    bool reads, writes;
} place;

typedef struct kernel {
    kro__entry entry;
    bool unknown;                    // could not be reflected: it may write everything
    bool addresses;                  // uses memory by its address
    kro__capture_pipeline *captured; // or NULL
    size_t captured_bytes;
    uint32_t count;
    place places[]; // that are used
} kernel;

static const kernel *find(VkPipeline pipeline)
{
    return (const kernel *)kro__table_find(kro__objects, VK_OBJECT_TYPE_PIPELINE,
                                           KRO__HANDLE(pipeline));
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkCreateShaderModule(
    VkDevice device, const VkShaderModuleCreateInfo *pCreateInfo,
    const VkAllocationCallbacks *pAllocator, VkShaderModule *pShaderModule)
{
    uint32_t *changed;
    const VkShaderModuleCreateInfo given = kro__plant_module(pCreateInfo, &changed);
    VkResult result = kro__driver.vkCreateShaderModule(device, &given, pAllocator, pShaderModule);
    free(changed);
    if (result < 0 || !kro__writes_are_kept(device))
        return result;
    module *made = malloc(sizeof *made + pCreateInfo->codeSize);
    if (!made)
        return result; // its pipelines count as writing everything
    made->entry = (kro__entry){
        .type = VK_OBJECT_TYPE_SHADER_MODULE,
        .handle = KRO__HANDLE(*pShaderModule),
    };
    made->size_bytes = pCreateInfo->codeSize;
    memcpy(made->words, pCreateInfo->pCode, pCreateInfo->codeSize);
    kro__table_add(kro__objects, &made->entry);
    return result;
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkDestroyShaderModule(VkDevice device,
                                                           VkShaderModule shaderModule,
                                                           const VkAllocationCallbacks *pAllocator)
{
    free(kro__table_remove(kro__objects, VK_OBJECT_TYPE_SHADER_MODULE, KRO__HANDLE(shaderModule)));
    kro__driver.vkDestroyShaderModule(device, shaderModule, pAllocator);
}

// The code of a stage: of its module, or in the stage itself (maintenance5).
static const void *find_code(const VkPipelineShaderStageCreateInfo *stage, size_t *size_bytes)
{
    for (const VkBaseInStructure *at = stage->pNext; at; at = at->pNext) {
        if (at->sType != VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO)
            continue;
        const VkShaderModuleCreateInfo *inside = (const void *)at;
        *size_bytes = inside->codeSize;
        return inside->pCode;
    }
    const module *from = (const module *)kro__table_find(kro__objects, VK_OBJECT_TYPE_SHADER_MODULE,
                                                         KRO__HANDLE(stage->module));
    *size_bytes = from ? from->size_bytes : 0;
    return from ? from->words : NULL;
}

// What the code does does not depend on specialization; only array lengths do, which are not asked
// for.
static kernel *reflect(const VkPipelineShaderStageCreateInfo *stage, bool captured)
{
    size_t size_bytes;
    const void *code = find_code(stage, &size_bytes);
    kro__reflection reflection = {0};
    bool known = code && kro__reflect(code, size_bytes, stage->pName, NULL, 0, stage->pName,
                                      &reflection) >= 0;
    uint32_t count = known ? reflection.binding_count : 0;
    kernel *made = calloc(1, sizeof *made + count * sizeof made->places[0]);
    for (uint32_t i = 0; made && i < count; i++) {
        const kro_binding_info *binding = &reflection.bindings[i];
        if (binding->reads || binding->writes)
            made->places[made->count++] =
                (place){binding->set, binding->binding, binding->reads, binding->writes};
    }
    if (made) {
        made->unknown = !known || !reflection.knows_all_opcodes;
        made->addresses = reflection.device_addresses;
        if (captured && code)
            made->captured =
                kro__capture_pipeline_make(stage, code, size_bytes, &made->captured_bytes);
    }
    kro__reflection_finish(&reflection);
    return made;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkCreateComputePipelines(
    VkDevice device, VkPipelineCache pipelineCache, uint32_t createInfoCount,
    const VkComputePipelineCreateInfo *pCreateInfos, const VkAllocationCallbacks *pAllocator,
    VkPipeline *pPipelines)
{
    VkResult result = kro__driver.vkCreateComputePipelines(device, pipelineCache, createInfoCount,
                                                           pCreateInfos, pAllocator, pPipelines);
    const kro__device *of = kro__device_find(device);
    const bool captured = of && *of->spec.capture;
    for (uint32_t i = 0; kro__writes_are_kept(device) && i < createInfoCount; i++) {
        kernel *made = pPipelines[i] ? reflect(&pCreateInfos[i].stage, captured) : NULL;
        if (!made)
            continue;
        made->entry.type = VK_OBJECT_TYPE_PIPELINE;
        made->entry.handle = KRO__HANDLE(pPipelines[i]);
        kro__table_add(kro__objects, &made->entry);
    }
    return result;
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkDestroyPipeline(VkDevice device, VkPipeline pipeline,
                                                       const VkAllocationCallbacks *pAllocator)
{
    kernel *dead =
        (kernel *)kro__table_remove(kro__objects, VK_OBJECT_TYPE_PIPELINE, KRO__HANDLE(pipeline));
    if (dead)
        free(dead->captured);
    free(dead);
    kro__driver.vkDestroyPipeline(device, pipeline, pAllocator);
}

bool kro__writes_binding(VkPipeline pipeline, uint32_t set, uint32_t binding)
{
    const kernel *of = find(pipeline);
    if (!of || of->unknown)
        return true;
    for (uint32_t i = 0; i < of->count; i++)
        if (of->places[i].set == set && of->places[i].binding == binding)
            return of->places[i].writes;
    return false;
}

bool kro__writes_visit_kernel(VkPipeline pipeline,
                              void (*visit)(void *user, uint32_t set, uint32_t binding, bool reads,
                                            bool writes),
                              void *user)
{
    const kernel *of = find(pipeline);
    if (!of || of->unknown || of->addresses)
        return false;
    for (uint32_t i = 0; i < of->count; i++) {
        const place *at = &of->places[i];
        visit(user, at->set, at->binding, at->reads, at->writes);
    }
    return true;
}

bool kro__writes_uses_addresses(VkPipeline pipeline)
{
    const kernel *of = find(pipeline);
    return of && of->addresses;
}

const kro__capture_pipeline *kro__writes_pipeline(VkPipeline pipeline, size_t *size_bytes)
{
    const kernel *of = find(pipeline);
    *size_bytes = of && of->captured ? of->captured_bytes : 0;
    return of ? of->captured : NULL;
}
