// Descriptor pools count their sets, so that a pool that is too small fails as it should.
#include "null_calls.h"

#include <stdlib.h>

#include "object.h"

static void destroy_set(kro__null_set *set)
{
    if (!set)
        return;
    *set->link = set->next;
    if (set->next)
        set->next->link = set->link;
    set->pool->room++;
    free(set);
}

static kro__null_set *create_set(kro__null_set_pool *pool)
{
    kro__null_set *set = calloc(1, sizeof *set);
    if (!set)
        return NULL;
    set->pool = pool;
    set->next = pool->sets;
    set->link = &pool->sets;
    if (set->next)
        set->next->link = &set->next;
    pool->sets = set;
    pool->room--;
    return set;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkCreateDescriptorPool(
    VkDevice device, const VkDescriptorPoolCreateInfo *pCreateInfo,
    const VkAllocationCallbacks *pAllocator, VkDescriptorPool *pDescriptorPool)
{
    (void)device;
    (void)pAllocator;
    kro__null_set_pool *pool = calloc(1, sizeof *pool);
    *pDescriptorPool = (VkDescriptorPool)(uintptr_t)pool;
    if (!pool)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    pool->room = pCreateInfo->maxSets;
    return VK_SUCCESS;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkResetDescriptorPool(VkDevice device,
                                                               VkDescriptorPool descriptorPool,
                                                               VkDescriptorPoolResetFlags flags)
{
    (void)device;
    (void)flags;
    kro__null_set_pool *pool = KRO__NULL(set_pool, descriptorPool);
    while (pool->sets)
        destroy_set(pool->sets);
    return VK_SUCCESS;
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkDestroyDescriptorPool(
    VkDevice device, VkDescriptorPool descriptorPool, const VkAllocationCallbacks *pAllocator)
{
    (void)pAllocator;
    if (descriptorPool)
        kro__null_vkResetDescriptorPool(device, descriptorPool, 0);
    free(KRO__NULL(set_pool, descriptorPool));
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkAllocateDescriptorSets(
    VkDevice device, const VkDescriptorSetAllocateInfo *pAllocateInfo,
    VkDescriptorSet *pDescriptorSets)
{
    uint32_t count = pAllocateInfo->descriptorSetCount;
    kro__null_set_pool *pool = KRO__NULL(set_pool, pAllocateInfo->descriptorPool);
    VkResult result = pool->room < count ? VK_ERROR_OUT_OF_POOL_MEMORY : VK_SUCCESS;
    for (uint32_t i = 0; i < count; i++) {
        kro__null_set *set = result ? NULL : create_set(pool);
        if (!result && !set)
            result = VK_ERROR_OUT_OF_HOST_MEMORY;
        pDescriptorSets[i] = (VkDescriptorSet)(uintptr_t)set;
    }
    if (result < 0)
        kro__null_vkFreeDescriptorSets(device, pAllocateInfo->descriptorPool, count,
                                       pDescriptorSets);
    for (uint32_t i = 0; result < 0 && i < count; i++)
        pDescriptorSets[i] = VK_NULL_HANDLE;
    return result;
}

VKAPI_ATTR VkResult VKAPI_CALL
kro__null_vkFreeDescriptorSets(VkDevice device, VkDescriptorPool descriptorPool,
                               uint32_t descriptorSetCount, const VkDescriptorSet *pDescriptorSets)
{
    (void)device;
    (void)descriptorPool;
    for (uint32_t i = 0; i < descriptorSetCount; i++)
        destroy_set(KRO__NULL(set, pDescriptorSets[i]));
    return VK_SUCCESS;
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetDescriptorSetLayoutSupport(
    VkDevice device, const VkDescriptorSetLayoutCreateInfo *pCreateInfo,
    VkDescriptorSetLayoutSupport *pSupport)
{
    (void)device;
    (void)pCreateInfo;
    pSupport->supported = VK_TRUE;
}
