// Devices and their queues.
#include "null_calls.h"

#include <stdlib.h>
#include <time.h>

#include "extensions.h"
#include "device_features.h"
#include "object.h"

static void destroy_device(kro__null_device *device)
{
    if (!device)
        return;
    pthread_cond_destroy(&device->progress);
    pthread_mutex_destroy(&device->mutex);
    free(device);
}

// Waits have relative time-outs, so the condition follows a clock that nobody sets.
static void init_progress(kro__null_device *device)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&device->progress, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&device->mutex, NULL);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkCreateDevice(VkPhysicalDevice physicalDevice,
                                                        const VkDeviceCreateInfo *pCreateInfo,
                                                        const VkAllocationCallbacks *pAllocator,
                                                        VkDevice *pDevice)
{
    (void)pAllocator;
    *pDevice = VK_NULL_HANDLE;
    kro__null_physical *physical = KRO__NULL(physical, physicalDevice);
    const kro__null_options *options = &physical->instance->options;
    for (uint32_t i = 0; i < pCreateInfo->queueCreateInfoCount; i++) {
        const VkDeviceQueueCreateInfo *queues = &pCreateInfo->pQueueCreateInfos[i];
        if (queues->queueFamilyIndex >= options->family_count ||
            queues->queueCount > options->families[queues->queueFamilyIndex].queue_count)
            return VK_ERROR_INITIALIZATION_FAILED;
    }
    if (!kro__null_features_allow(physical, pCreateInfo))
        return VK_ERROR_FEATURE_NOT_PRESENT;

    kro__null_device *device = calloc(1, sizeof *device);
    if (!device)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    init_progress(device);
    VkResult result = kro__null_extensions_enable(
        pCreateInfo->ppEnabledExtensionNames, pCreateInfo->enabledExtensionCount,
        kro__null_extensions_offered(&options->hidden), &device->extensions);
    if (result < 0)
        goto fail;
    device->loader.loaderMagic = ICD_LOADER_MAGIC;
    device->physical = physical;
    for (uint32_t i = 0; i < pCreateInfo->queueCreateInfoCount; i++) {
        const VkDeviceQueueCreateInfo *queues = &pCreateInfo->pQueueCreateInfos[i];
        device->queue_counts[queues->queueFamilyIndex] = queues->queueCount;
        for (uint32_t q = 0; q < queues->queueCount; q++)
            device->queues[queues->queueFamilyIndex][q] =
                (kro__null_queue){.loader.loaderMagic = ICD_LOADER_MAGIC, .device = device};
    }
    *pDevice = (VkDevice)device;
    return VK_SUCCESS;
fail:
    destroy_device(device);
    return result;
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkDestroyDevice(VkDevice device,
                                                     const VkAllocationCallbacks *pAllocator)
{
    (void)pAllocator;
    destroy_device(KRO__NULL(device, device));
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetDeviceQueue(VkDevice device, uint32_t queueFamilyIndex,
                                                      uint32_t queueIndex, VkQueue *pQueue)
{
    kro__null_device *object = KRO__NULL(device, device);
    bool known = queueFamilyIndex < KRO__NULL_MAX_FAMILIES &&
                 queueIndex < object->queue_counts[queueFamilyIndex];
    *pQueue = known ? (VkQueue)&object->queues[queueFamilyIndex][queueIndex] : VK_NULL_HANDLE;
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetDeviceQueue2(VkDevice device,
                                                       const VkDeviceQueueInfo2 *pQueueInfo,
                                                       VkQueue *pQueue)
{
    kro__null_vkGetDeviceQueue(device, pQueueInfo->queueFamilyIndex, pQueueInfo->queueIndex,
                               pQueue);
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetDeviceGroupPeerMemoryFeatures(
    VkDevice device, uint32_t heapIndex, uint32_t localDeviceIndex, uint32_t remoteDeviceIndex,
    VkPeerMemoryFeatureFlags *pPeerMemoryFeatures)
{
    (void)device;
    (void)heapIndex;
    (void)localDeviceIndex;
    (void)remoteDeviceIndex;
    *pPeerMemoryFeatures = 0;
}
