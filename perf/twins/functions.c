#include "functions.h"

bool kp_functions_init(kp_functions *functions, const kro_vk_handles *handles)
{
    const PFN_vkGetDeviceProcAddr get = (PFN_vkGetDeviceProcAddr)handles->get_instance_proc_addr(
        handles->instance, "vkGetDeviceProcAddr");
    bool complete = get != NULL;
#define ENTRY(name)                                                                     \
    functions->name = complete ? (PFN_vk##name)get(handles->device, "vk" #name) : NULL; \
    complete = functions->name != NULL;
    KP_FUNCTIONS(ENTRY)
#undef ENTRY
    return complete;
}
