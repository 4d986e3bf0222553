#include "driver_library.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include <kronos/vulkan.h>

char *kt_driver_library(kro_context *context)
{
    const kro_vk_handles *handles = kro_vk_context(context);
    if (!handles)
        return NULL;
    // A device-level function comes from the driver itself; the loader's own dispatch is left out.
    PFN_vkGetDeviceProcAddr get_device_proc_addr =
        (PFN_vkGetDeviceProcAddr)handles->get_instance_proc_addr(handles->instance,
                                                                 "vkGetDeviceProcAddr");
    if (!get_device_proc_addr)
        return NULL;
    PFN_vkVoidFunction function = get_device_proc_addr(handles->device, "vkCmdDispatch");
    void *address;
    _Static_assert(sizeof address == sizeof function, "POSIX: function pointers fit a void *");
    memcpy(&address, &function, sizeof address);
    Dl_info info;
    if (!address || !dladdr(address, &info) || !info.dli_fname)
        return NULL;
    char *path = realpath(info.dli_fname, NULL);
    return path ? path : strdup(info.dli_fname);
}
