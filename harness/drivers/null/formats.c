// Images and external handles: the null driver knows images of every format and shares none.
#include "null_calls.h"

#include "list.h"
#include "object.h"

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetPhysicalDeviceFormatProperties(
    VkPhysicalDevice physicalDevice, VkFormat format, VkFormatProperties *pFormatProperties)
{
    (void)physicalDevice;
    (void)format;
    const VkFormatFeatureFlags features =
        VK_FORMAT_FEATURE_STORAGE_IMAGE_BIT | VK_FORMAT_FEATURE_SAMPLED_IMAGE_BIT |
        VK_FORMAT_FEATURE_TRANSFER_SRC_BIT | VK_FORMAT_FEATURE_TRANSFER_DST_BIT;
    *pFormatProperties = (VkFormatProperties){
        .linearTilingFeatures = features,
        .optimalTilingFeatures = features,
        .bufferFeatures =
            VK_FORMAT_FEATURE_STORAGE_TEXEL_BUFFER_BIT | VK_FORMAT_FEATURE_UNIFORM_TEXEL_BUFFER_BIT,
    };
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetPhysicalDeviceFormatProperties2(
    VkPhysicalDevice physicalDevice, VkFormat format, VkFormatProperties2 *pFormatProperties)
{
    VkFormatProperties *core = &pFormatProperties->formatProperties;
    kro__null_vkGetPhysicalDeviceFormatProperties(physicalDevice, format, core);
    for (VkBaseOutStructure *at = pFormatProperties->pNext; at; at = at->pNext) {
        if (at->sType != VK_STRUCTURE_TYPE_FORMAT_PROPERTIES_3)
            continue;
        VkFormatProperties3 *wide = (void *)at;
        wide->linearTilingFeatures = core->linearTilingFeatures;
        wide->optimalTilingFeatures = core->optimalTilingFeatures;
        wide->bufferFeatures = core->bufferFeatures;
    }
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkGetPhysicalDeviceImageFormatProperties(
    VkPhysicalDevice physicalDevice, VkFormat format, VkImageType type, VkImageTiling tiling,
    VkImageUsageFlags usage, VkImageCreateFlags flags,
    VkImageFormatProperties *pImageFormatProperties)
{
    (void)physicalDevice;
    (void)format;
    (void)type;
    (void)tiling;
    (void)usage;
    (void)flags;
    *pImageFormatProperties = (VkImageFormatProperties){
        .maxExtent = {2048, 2048, 2048},
        .maxMipLevels = 12,
        .maxArrayLayers = 2048,
        .sampleCounts = VK_SAMPLE_COUNT_1_BIT,
        .maxResourceSize = UINT64_C(1) << 40,
    };
    return VK_SUCCESS;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkGetPhysicalDeviceImageFormatProperties2(
    VkPhysicalDevice physicalDevice, const VkPhysicalDeviceImageFormatInfo2 *pImageFormatInfo,
    VkImageFormatProperties2 *pImageFormatProperties)
{
    const VkPhysicalDeviceImageFormatInfo2 *info = pImageFormatInfo;
    return kro__null_vkGetPhysicalDeviceImageFormatProperties(
        physicalDevice, info->format, info->type, info->tiling, info->usage, info->flags,
        &pImageFormatProperties->imageFormatProperties);
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetPhysicalDeviceSparseImageFormatProperties(
    VkPhysicalDevice physicalDevice, VkFormat format, VkImageType type,
    VkSampleCountFlagBits samples, VkImageUsageFlags usage, VkImageTiling tiling,
    uint32_t *pPropertyCount, VkSparseImageFormatProperties *pProperties)
{
    (void)physicalDevice;
    (void)format;
    (void)type;
    (void)samples;
    (void)usage;
    (void)tiling;
    (void)pProperties;
    *pPropertyCount = 0;
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetPhysicalDeviceSparseImageFormatProperties2(
    VkPhysicalDevice physicalDevice, const VkPhysicalDeviceSparseImageFormatInfo2 *pFormatInfo,
    uint32_t *pPropertyCount, VkSparseImageFormatProperties2 *pProperties)
{
    (void)physicalDevice;
    (void)pFormatInfo;
    (void)pProperties;
    *pPropertyCount = 0;
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetPhysicalDeviceExternalBufferProperties(
    VkPhysicalDevice physicalDevice, const VkPhysicalDeviceExternalBufferInfo *pExternalBufferInfo,
    VkExternalBufferProperties *pExternalBufferProperties)
{
    (void)physicalDevice;
    // Memory of the host can be imported (VK_EXT_external_memory_host); nothing is exported.
    const VkExternalMemoryHandleTypeFlags type = pExternalBufferInfo->handleType;
    const bool host = type == VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT;
    pExternalBufferProperties->externalMemoryProperties = (VkExternalMemoryProperties){
        .externalMemoryFeatures = host ? VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT : 0,
        .compatibleHandleTypes = host ? type : 0,
    };
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetPhysicalDeviceExternalSemaphoreProperties(
    VkPhysicalDevice physicalDevice,
    const VkPhysicalDeviceExternalSemaphoreInfo *pExternalSemaphoreInfo,
    VkExternalSemaphoreProperties *pExternalSemaphoreProperties)
{
    (void)physicalDevice;
    (void)pExternalSemaphoreInfo;
    pExternalSemaphoreProperties->exportFromImportedHandleTypes = 0;
    pExternalSemaphoreProperties->compatibleHandleTypes = 0;
    pExternalSemaphoreProperties->externalSemaphoreFeatures = 0;
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetPhysicalDeviceExternalFenceProperties(
    VkPhysicalDevice physicalDevice, const VkPhysicalDeviceExternalFenceInfo *pExternalFenceInfo,
    VkExternalFenceProperties *pExternalFenceProperties)
{
    (void)physicalDevice;
    (void)pExternalFenceInfo;
    pExternalFenceProperties->exportFromImportedHandleTypes = 0;
    pExternalFenceProperties->compatibleHandleTypes = 0;
    pExternalFenceProperties->externalFenceFeatures = 0;
}

VKAPI_ATTR VkResult VKAPI_CALL
kro__null_vkGetPhysicalDeviceToolProperties(VkPhysicalDevice physicalDevice, uint32_t *pToolCount,
                                            VkPhysicalDeviceToolProperties *pToolProperties)
{
    (void)physicalDevice;
    return kro__vk_list(NULL, 0, sizeof *pToolProperties, pToolCount, pToolProperties);
}
