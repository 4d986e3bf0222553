// Lists of extensions without the hidden ones, and the version of Vulkan.
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "driver.h"
#include "list.h"
#include "state.h"

static const char budget_name[] = VK_EXT_MEMORY_BUDGET_EXTENSION_NAME;

// Appends the extension that `budget` needs to a device's list, which has room for one more.
static void add_budget(VkExtensionProperties *all, uint32_t *count)
{
    for (uint32_t i = 0; i < *count; i++)
        if (strcmp(all[i].extensionName, budget_name) == 0)
            return;
    VkExtensionProperties *added = &all[(*count)++];
    added->specVersion = VK_EXT_MEMORY_BUDGET_SPEC_VERSION;
    memcpy(added->extensionName, budget_name, sizeof budget_name);
}

// Takes the hidden extensions out of a list and hands it out.
static VkResult hand_out(const kro__spec *spec, VkExtensionProperties *all, uint32_t count,
                         uint32_t *out_count, VkExtensionProperties *out)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++)
        if (!kro__hidden_has(&spec->hidden, all[i].extensionName))
            all[kept++] = all[i];
    return kro__vk_list(all, kept, sizeof *all, out_count, out);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkEnumerateInstanceExtensionProperties(
    const char *pLayerName, uint32_t *pPropertyCount, VkExtensionProperties *pProperties)
{
    kro__spec spec;
    kro__state_spec(&spec);
    kro__driver_fill_global();
    uint32_t count = 0;
    VkResult result = kro__driver.vkEnumerateInstanceExtensionProperties(pLayerName, &count, NULL);
    if (result < 0)
        return result;
    VkExtensionProperties *all = calloc(count + 1, sizeof *all);
    if (!all)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    result = kro__driver.vkEnumerateInstanceExtensionProperties(pLayerName, &count, all);
    if (result >= 0)
        result = hand_out(&spec, all, count, pPropertyCount, pProperties);
    free(all);
    return result;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkEnumerateDeviceExtensionProperties(
    VkPhysicalDevice physicalDevice, const char *pLayerName, uint32_t *pPropertyCount,
    VkExtensionProperties *pProperties)
{
    const kro__physical *physical = kro__physical_of(physicalDevice);
    uint32_t count = 0;
    VkResult result =
        kro__driver.vkEnumerateDeviceExtensionProperties(physicalDevice, pLayerName, &count, NULL);
    if (result < 0 || !physical)
        return result < 0 ? result : VK_ERROR_INITIALIZATION_FAILED;
    VkExtensionProperties *all = calloc(count + 1, sizeof *all);
    if (!all)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    result =
        kro__driver.vkEnumerateDeviceExtensionProperties(physicalDevice, pLayerName, &count, all);
    if (result >= 0 && physical->instance->spec.budget_bytes)
        add_budget(all, &count);
    if (result >= 0)
        result = hand_out(&physical->instance->spec, all, count, pPropertyCount, pProperties);
    free(all);
    return result;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkEnumerateInstanceVersion(uint32_t *pApiVersion)
{
    kro__spec spec;
    kro__state_spec(&spec);
    kro__driver_fill_global();
    VkResult result = kro__driver.vkEnumerateInstanceVersion(pApiVersion);
    if (result >= 0 && spec.api_version && *pApiVersion > (spec.api_version | 0xfff))
        *pApiVersion = spec.api_version | VK_API_VERSION_PATCH(*pApiVersion);
    return result;
}
