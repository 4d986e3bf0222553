// How the loader, or libkronos itself, reaches the proxy's functions.
#include <string.h>

#include <vulkan/vk_icd.h>

#include "device.h"
#include "driver.h"
#include "export.h"
#include "hide.h"
#include "state.h"

enum { INTERFACE_VERSION = 7 };

// The entry for a command that the driver has, unless it is hidden. Commands that the proxy does
// not know pass as they are.
static PFN_vkVoidFunction choose(const kro__spec *spec, const char *name, PFN_vkVoidFunction real)
{
    int call = kro__vk_call_find(name);
    if (!real || call < 0)
        return real;
    const kro__vk_call *known = &kro__vk_calls[call];
    return kro__hide_is_hidden(spec, known->core, known->extensions) ? NULL : kro__entries[call];
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

// The spec that an instance was made with; before there is one, the spec in force.
static void find_spec(VkInstance instance, kro__spec *out)
{
    const kro__instance *of = instance ? kro__instance_of(instance) : NULL;
    if (of)
        *out = of->spec;
    else
        kro__state_spec(out);
}

VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL kro__hook_vkGetInstanceProcAddr(VkInstance instance,
                                                                         const char *pName)
{
    PFN_vkVoidFunction interface = find_interface(pName);
    if (interface || !kro__state_begin())
        return interface;
    kro__spec spec;
    find_spec(instance, &spec);
    return choose(&spec, pName, kro__driver_library_open.get_instance_proc_addr(instance, pName));
}

VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL kro__hook_vkGetDeviceProcAddr(VkDevice device,
                                                                       const char *pName)
{
    const kro__device *of = kro__device_find(device);
    PFN_vkVoidFunction real = kro__driver.vkGetDeviceProcAddr(device, pName);
    return of ? choose(&of->spec, pName, real) : real;
}

KRO__EXPORT VKAPI_ATTR VkResult VKAPI_CALL
vk_icdNegotiateLoaderICDInterfaceVersion(uint32_t *pVersion)
{
    if (!kro__state_begin())
        return VK_ERROR_INCOMPATIBLE_DRIVER;
    if (*pVersion > INTERFACE_VERSION)
        *pVersion = INTERFACE_VERSION;
    return kro__driver_library_open.negotiate(pVersion);
}

KRO__EXPORT VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL vk_icdGetInstanceProcAddr(VkInstance instance,
                                                                               const char *pName)
{
    return kro__hook_vkGetInstanceProcAddr(instance, pName);
}

KRO__EXPORT VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL
vk_icdGetPhysicalDeviceProcAddr(VkInstance instance, const char *pName)
{
    if (!kro__state_begin())
        return NULL;
    int call = kro__vk_call_find(pName);
    if (call >= 0 && kro__vk_calls[call].level != KRO__VK_LEVEL_PHYSICAL)
        return NULL;
    PFN_vkVoidFunction real =
        kro__driver_library_open.get_physical_device_proc_addr
            ? kro__driver_library_open.get_physical_device_proc_addr(instance, pName)
            : NULL;
    if (!real && call >= 0)
        real = kro__driver_library_open.get_instance_proc_addr(instance, pName);
    kro__spec spec;
    find_spec(instance, &spec);
    return choose(&spec, pName, real);
}
