// Pipelines hold nothing; caches hold a valid header and no entries.
#include "null_calls.h"

#include <stdlib.h>
#include <string.h>

#include "object.h"

static VkResult create_pipelines(uint32_t count, VkPipeline *out)
{
    VkResult result = VK_SUCCESS;
    for (uint32_t i = 0; i < count; i++) {
        out[i] = (VkPipeline)(uintptr_t)kro__null_object_create();
        if (!out[i])
            result = VK_ERROR_OUT_OF_HOST_MEMORY;
    }
    return result;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkCreateComputePipelines(
    VkDevice device, VkPipelineCache pipelineCache, uint32_t createInfoCount,
    const VkComputePipelineCreateInfo *pCreateInfos, const VkAllocationCallbacks *pAllocator,
    VkPipeline *pPipelines)
{
    (void)device;
    (void)pipelineCache;
    (void)pCreateInfos;
    (void)pAllocator;
    return create_pipelines(createInfoCount, pPipelines);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkCreateGraphicsPipelines(
    VkDevice device, VkPipelineCache pipelineCache, uint32_t createInfoCount,
    const VkGraphicsPipelineCreateInfo *pCreateInfos, const VkAllocationCallbacks *pAllocator,
    VkPipeline *pPipelines)
{
    (void)device;
    (void)pipelineCache;
    (void)pCreateInfos;
    (void)pAllocator;
    return create_pipelines(createInfoCount, pPipelines);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkGetPipelineCacheData(VkDevice device,
                                                                VkPipelineCache pipelineCache,
                                                                size_t *pDataSize, void *pData)
{
    (void)pipelineCache;
    VkPhysicalDeviceProperties properties;
    VkPhysicalDevice physical = (VkPhysicalDevice)KRO__NULL(device, device)->physical;
    kro__null_vkGetPhysicalDeviceProperties(physical, &properties);
    VkPipelineCacheHeaderVersionOne header = {
        .headerSize = sizeof header,
        .headerVersion = VK_PIPELINE_CACHE_HEADER_VERSION_ONE,
        .vendorID = properties.vendorID,
        .deviceID = properties.deviceID,
    };
    memcpy(header.pipelineCacheUUID, properties.pipelineCacheUUID, VK_UUID_SIZE);
    if (!pData) {
        *pDataSize = sizeof header;
        return VK_SUCCESS;
    }
    if (*pDataSize < sizeof header) {
        *pDataSize = 0;
        return VK_INCOMPLETE;
    }
    memcpy(pData, &header, sizeof header);
    *pDataSize = sizeof header;
    return VK_SUCCESS;
}
