#include "semaphores.h"

#include <stdlib.h>

#include "driver.h"
#include "state.h"

// Timelines stand in the table; binary semaphores do not.
bool kro__semaphore_is_timeline(VkSemaphore handle)
{
    return kro__table_find(kro__objects, VK_OBJECT_TYPE_SEMAPHORE, KRO__HANDLE(handle)) != NULL;
}

static bool asks_for_timeline(const VkSemaphoreCreateInfo *info)
{
    for (const VkBaseInStructure *at = info->pNext; at; at = at->pNext)
        if (at->sType == VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO)
            return ((const VkSemaphoreTypeCreateInfo *)(const void *)at)->semaphoreType ==
                   VK_SEMAPHORE_TYPE_TIMELINE;
    return false;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkCreateSemaphore(VkDevice device,
                                                           const VkSemaphoreCreateInfo *pCreateInfo,
                                                           const VkAllocationCallbacks *pAllocator,
                                                           VkSemaphore *pSemaphore)
{
    bool timeline = asks_for_timeline(pCreateInfo);
    kro__entry *entry = timeline ? calloc(1, sizeof *entry) : NULL;
    *pSemaphore = VK_NULL_HANDLE;
    if (timeline && !entry)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    VkResult result = kro__driver.vkCreateSemaphore(device, pCreateInfo, pAllocator, pSemaphore);
    if (result < 0 || !entry) {
        free(entry);
        return result;
    }
    entry->type = VK_OBJECT_TYPE_SEMAPHORE;
    entry->handle = KRO__HANDLE(*pSemaphore);
    kro__table_add(kro__objects, entry);
    return result;
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkDestroySemaphore(VkDevice device, VkSemaphore semaphore,
                                                        const VkAllocationCallbacks *pAllocator)
{
    free(kro__table_remove(kro__objects, VK_OBJECT_TYPE_SEMAPHORE, KRO__HANDLE(semaphore)));
    kro__driver.vkDestroySemaphore(device, semaphore, pAllocator);
}
