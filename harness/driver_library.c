#include "driver_library.h"

#include <stdlib.h>
#include <string.h>

#include <kronos/vulkan.h>

#include "os/library.h"

// What every driver library exports (Vulkan-Loader, "Loader and Driver Interface").
#define ENTRY_POINT "vk_icdGetInstanceProcAddr"

char *kt_driver_code_library(kro_context *context)
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
    return kt_function_library((kt_function)get_device_proc_addr(handles->device, "vkCmdDispatch"));
}

char *kt_driver_library(kro_context *context)
{
    char *code = kt_driver_code_library(context);
    if (!code || kt_loaded_function(code, ENTRY_POINT))
        return code;
    char *slash = strrchr(code, '/');
    if (slash)
        *slash = '\0';
    char *library = kt_loaded_library_in(code, ENTRY_POINT);
    free(code);
    return library;
}

char *kt_loader_library(kro_context *context)
{
    const kro_vk_handles *handles = kro_vk_context(context);
    return handles ? kt_function_library((kt_function)handles->get_instance_proc_addr) : NULL;
}
