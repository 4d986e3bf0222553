#include "entry.h"

#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "extensions.h"
#include "null_calls.h"
#include "object.h"

enum { INTERFACE_VERSION = 7 };

static int compare_names(const void *name, const void *call)
{
    return strcmp(name, ((const kro__null_call *)call)->name);
}

static const kro__null_call *find(const char *name)
{
    return bsearch(name, kro__null_calls, kro__null_call_count, sizeof kro__null_calls[0],
                   compare_names);
}

// A command exists for whoever has the Vulkan version or one of the extensions that bring it.
static PFN_vkVoidFunction available(const kro__null_call *call, uint32_t api_version,
                                    uint64_t extensions)
{
    bool core = call->core && call->core <= api_version;
    return core || (kro__null_extensions_in(call->extensions) & extensions) ? call->function : NULL;
}

// The functions of the loader interface may also be asked for by name since version 7 of it.
static PFN_vkVoidFunction find_interface(const char *name)
{
    if (!strcmp(name, "vk_icdNegotiateLoaderICDInterfaceVersion"))
        return (PFN_vkVoidFunction)vk_icdNegotiateLoaderICDInterfaceVersion;
    if (!strcmp(name, "vk_icdGetPhysicalDeviceProcAddr"))
        return (PFN_vkVoidFunction)vk_icdGetPhysicalDeviceProcAddr;
    return NULL;
}

VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL kro__null_vkGetInstanceProcAddr(VkInstance instance,
                                                                         const char *pName)
{
    const kro__null_call *call = find(pName);
    if (!call)
        return find_interface(pName);
    if (call->level == KRO__VK_LEVEL_GLOBAL)
        return call->function;
    if (!instance)
        return !strcmp(pName, "vkGetInstanceProcAddr") ? call->function : NULL;

    const kro__null_instance *object = KRO__NULL(instance, instance);
    uint64_t extensions = object->extensions;
    // Functions of devices are found before there is one that has enabled their extension.
    if (call->level != KRO__VK_LEVEL_INSTANCE)
        extensions |= kro__null_extensions_offered(&object->options.hidden);
    return available(call, object->options.api_version, extensions);
}

VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL kro__null_vkGetDeviceProcAddr(VkDevice device,
                                                                       const char *pName)
{
    const kro__null_device *object = KRO__NULL(device, device);
    const kro__null_instance *instance = object->physical->instance;
    const kro__null_call *call = find(pName);
    if (!call || call->level != KRO__VK_LEVEL_DEVICE)
        return NULL;
    return available(call, instance->options.api_version,
                     object->extensions | instance->extensions);
}

KRO__EXPORT VKAPI_ATTR VkResult VKAPI_CALL
vk_icdNegotiateLoaderICDInterfaceVersion(uint32_t *pVersion)
{
    if (*pVersion > INTERFACE_VERSION)
        *pVersion = INTERFACE_VERSION;
    return VK_SUCCESS;
}

KRO__EXPORT VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL vk_icdGetInstanceProcAddr(VkInstance instance,
                                                                               const char *pName)
{
    return kro__null_vkGetInstanceProcAddr(instance, pName);
}

KRO__EXPORT VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL
vk_icdGetPhysicalDeviceProcAddr(VkInstance instance, const char *pName)
{
    const kro__null_call *call = find(pName);
    if (!call || call->level != KRO__VK_LEVEL_PHYSICAL)
        return NULL;
    return kro__null_vkGetInstanceProcAddr(instance, pName);
}
