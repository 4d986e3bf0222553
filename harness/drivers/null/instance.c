// Instances, and the physical devices they hold.
#include "null_calls.h"

#include <stdio.h>
#include <stdlib.h>

#include "extensions.h"
#include "list.h"
#include "object.h"

// The options that stand in the environment now; false where they mean nothing.
static bool read_options(kro__null_options *options, char *message, size_t message_bytes)
{
    return kro__null_options_parse(getenv("KRONOS_NULL"), options, message, message_bytes);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkEnumerateInstanceVersion(uint32_t *pApiVersion)
{
    char ignored[256]; // vkCreateInstance reports it
    kro__null_options options;
    read_options(&options, ignored, sizeof ignored);
    *pApiVersion = options.api_version;
    return VK_SUCCESS;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkEnumerateInstanceLayerProperties(
    uint32_t *pPropertyCount, VkLayerProperties *pProperties)
{
    return kro__vk_list(NULL, 0, sizeof *pProperties, pPropertyCount, pProperties);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkEnumerateInstanceExtensionProperties(
    const char *pLayerName, uint32_t *pPropertyCount, VkExtensionProperties *pProperties)
{
    if (pLayerName)
        return VK_ERROR_LAYER_NOT_PRESENT;
    char ignored[256];
    kro__null_options options;
    read_options(&options, ignored, sizeof ignored);
    uint64_t offered = kro__null_extensions_offered(&options.hidden);
    return kro__null_extensions_list(true, offered, pPropertyCount, pProperties);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkCreateInstance(const VkInstanceCreateInfo *pCreateInfo,
                                                          const VkAllocationCallbacks *pAllocator,
                                                          VkInstance *pInstance)
{
    (void)pAllocator;
    *pInstance = VK_NULL_HANDLE;
    kro__null_instance *instance = calloc(1, sizeof *instance);
    if (!instance)
        return VK_ERROR_OUT_OF_HOST_MEMORY;

    char message[256];
    VkResult result = VK_ERROR_INITIALIZATION_FAILED;
    if (!read_options(&instance->options, message, sizeof message)) {
        fprintf(stderr, "%s\n", message);
        goto fail;
    }
    uint64_t offered = kro__null_extensions_offered(&instance->options.hidden);
    result = kro__null_extensions_enable(pCreateInfo->ppEnabledExtensionNames,
                                         pCreateInfo->enabledExtensionCount, offered,
                                         &instance->extensions);
    if (result < 0)
        goto fail;
    instance->loader.loaderMagic = ICD_LOADER_MAGIC;
    for (uint32_t i = 0; i < instance->options.device_count; i++)
        instance->devices[i] = (kro__null_physical){
            .loader.loaderMagic = ICD_LOADER_MAGIC,
            .instance = instance,
            .index = i,
        };
    *pInstance = (VkInstance)instance;
    return VK_SUCCESS;
fail:
    kro__null_vkDestroyInstance((VkInstance)instance, NULL);
    return result;
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkDestroyInstance(VkInstance instance,
                                                       const VkAllocationCallbacks *pAllocator)
{
    (void)pAllocator;
    free(KRO__NULL(instance, instance));
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkEnumeratePhysicalDevices(
    VkInstance instance, uint32_t *pPhysicalDeviceCount, VkPhysicalDevice *pPhysicalDevices)
{
    kro__null_instance *object = KRO__NULL(instance, instance);
    VkPhysicalDevice handles[KRO__NULL_MAX_DEVICES];
    for (uint32_t i = 0; i < object->options.device_count; i++)
        handles[i] = (VkPhysicalDevice)&object->devices[i];
    return kro__vk_list(handles, object->options.device_count, sizeof handles[0],
                        pPhysicalDeviceCount, pPhysicalDevices);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkEnumeratePhysicalDeviceGroups(
    VkInstance instance, uint32_t *pPhysicalDeviceGroupCount,
    VkPhysicalDeviceGroupProperties *pPhysicalDeviceGroupProperties)
{
    kro__null_instance *object = KRO__NULL(instance, instance);
    uint32_t count = object->options.device_count;
    if (!pPhysicalDeviceGroupProperties) {
        *pPhysicalDeviceGroupCount = count;
        return VK_SUCCESS;
    }
    if (*pPhysicalDeviceGroupCount < count)
        count = *pPhysicalDeviceGroupCount;
    for (uint32_t i = 0; i < count; i++) { // each device is a group of its own
        pPhysicalDeviceGroupProperties[i].physicalDeviceCount = 1;
        pPhysicalDeviceGroupProperties[i].physicalDevices[0] =
            (VkPhysicalDevice)&object->devices[i];
        pPhysicalDeviceGroupProperties[i].subsetAllocation = VK_FALSE;
    }
    *pPhysicalDeviceGroupCount = count;
    return count < object->options.device_count ? VK_INCOMPLETE : VK_SUCCESS;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkEnumerateDeviceLayerProperties(
    VkPhysicalDevice physicalDevice, uint32_t *pPropertyCount, VkLayerProperties *pProperties)
{
    (void)physicalDevice;
    return kro__vk_list(NULL, 0, sizeof *pProperties, pPropertyCount, pProperties);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkEnumerateDeviceExtensionProperties(
    VkPhysicalDevice physicalDevice, const char *pLayerName, uint32_t *pPropertyCount,
    VkExtensionProperties *pProperties)
{
    if (pLayerName)
        return VK_ERROR_LAYER_NOT_PRESENT;
    const kro__hidden *hidden = &KRO__NULL(physical, physicalDevice)->instance->options.hidden;
    return kro__null_extensions_list(false, kro__null_extensions_offered(hidden), pPropertyCount,
                                     pProperties);
}
