// How much memory buffers and images need, in every form the question takes.
#include "null_calls.h"

#include "object.h"

enum { ALIGNMENT_BYTES = 64, IMAGE_BYTES = 1 << 20, ALL_TYPES = (1 << KRO__NULL_MEMORY_TYPES) - 1 };

static VkMemoryRequirements requirements(VkDeviceSize bytes)
{
    return (VkMemoryRequirements){
        .size = (bytes + ALIGNMENT_BYTES - 1) / ALIGNMENT_BYTES * ALIGNMENT_BYTES,
        .alignment = ALIGNMENT_BYTES,
        .memoryTypeBits = ALL_TYPES,
    };
}

static void fill(VkMemoryRequirements2 *out, VkDeviceSize bytes)
{
    out->memoryRequirements = requirements(bytes);
    for (VkBaseOutStructure *at = out->pNext; at; at = at->pNext) {
        if (at->sType != VK_STRUCTURE_TYPE_MEMORY_DEDICATED_REQUIREMENTS)
            continue;
        VkMemoryDedicatedRequirements *dedicated = (void *)at;
        dedicated->prefersDedicatedAllocation = VK_FALSE;
        dedicated->requiresDedicatedAllocation = VK_FALSE;
    }
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetBufferMemoryRequirements(
    VkDevice device, VkBuffer buffer, VkMemoryRequirements *pMemoryRequirements)
{
    (void)device;
    *pMemoryRequirements = requirements(KRO__NULL(buffer, buffer)->size_bytes);
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetBufferMemoryRequirements2(
    VkDevice device, const VkBufferMemoryRequirementsInfo2 *pInfo,
    VkMemoryRequirements2 *pMemoryRequirements)
{
    (void)device;
    fill(pMemoryRequirements, KRO__NULL(buffer, pInfo->buffer)->size_bytes);
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetDeviceBufferMemoryRequirements(
    VkDevice device, const VkDeviceBufferMemoryRequirements *pInfo,
    VkMemoryRequirements2 *pMemoryRequirements)
{
    (void)device;
    fill(pMemoryRequirements, pInfo->pCreateInfo->size);
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetImageMemoryRequirements(
    VkDevice device, VkImage image, VkMemoryRequirements *pMemoryRequirements)
{
    (void)device;
    (void)image;
    *pMemoryRequirements = requirements(IMAGE_BYTES);
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetImageMemoryRequirements2(
    VkDevice device, const VkImageMemoryRequirementsInfo2 *pInfo,
    VkMemoryRequirements2 *pMemoryRequirements)
{
    (void)device;
    (void)pInfo;
    fill(pMemoryRequirements, IMAGE_BYTES);
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetDeviceImageMemoryRequirements(
    VkDevice device, const VkDeviceImageMemoryRequirements *pInfo,
    VkMemoryRequirements2 *pMemoryRequirements)
{
    (void)device;
    (void)pInfo;
    fill(pMemoryRequirements, IMAGE_BYTES);
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetImageSparseMemoryRequirements(
    VkDevice device, VkImage image, uint32_t *pSparseMemoryRequirementCount,
    VkSparseImageMemoryRequirements *pSparseMemoryRequirements)
{
    (void)device;
    (void)image;
    (void)pSparseMemoryRequirements;
    *pSparseMemoryRequirementCount = 0;
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetImageSparseMemoryRequirements2(
    VkDevice device, const VkImageSparseMemoryRequirementsInfo2 *pInfo,
    uint32_t *pSparseMemoryRequirementCount,
    VkSparseImageMemoryRequirements2 *pSparseMemoryRequirements)
{
    (void)device;
    (void)pInfo;
    (void)pSparseMemoryRequirements;
    *pSparseMemoryRequirementCount = 0;
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetDeviceImageSparseMemoryRequirements(
    VkDevice device, const VkDeviceImageMemoryRequirements *pInfo,
    uint32_t *pSparseMemoryRequirementCount,
    VkSparseImageMemoryRequirements2 *pSparseMemoryRequirements)
{
    (void)device;
    (void)pInfo;
    (void)pSparseMemoryRequirements;
    *pSparseMemoryRequirementCount = 0;
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetImageSubresourceLayout(
    VkDevice device, VkImage image, const VkImageSubresource *pSubresource,
    VkSubresourceLayout *pLayout)
{
    (void)device;
    (void)image;
    (void)pSubresource;
    *pLayout = (VkSubresourceLayout){.size = IMAGE_BYTES};
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetRenderAreaGranularity(VkDevice device,
                                                                VkRenderPass renderPass,
                                                                VkExtent2D *pGranularity)
{
    (void)device;
    (void)renderPass;
    *pGranularity = (VkExtent2D){1, 1};
}
