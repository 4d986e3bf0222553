// A driver library that does not export the negotiation of the interface with the loader. By
// KRONOS_OLD_DRIVER it does not know it, gives it where it is asked by name, or refuses.
#include <stdlib.h>
#include <string.h>

#include "vk/api.h"

__attribute__((visibility("default"))) VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL
vk_icdGetInstanceProcAddr(VkInstance instance, const char *name);

static VKAPI_ATTR VkResult VKAPI_CALL negotiate(uint32_t *version)
{
    const char *mood = getenv("KRONOS_OLD_DRIVER");
    if (mood && strcmp(mood, "refuses") == 0)
        return VK_ERROR_INCOMPATIBLE_DRIVER;
    *version = 5;
    return VK_SUCCESS;
}

VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL vk_icdGetInstanceProcAddr(VkInstance instance,
                                                                   const char *name)
{
    (void)instance;
    const char *mood = getenv("KRONOS_OLD_DRIVER");
    if (!mood || strcmp(name, "vk_icdNegotiateLoaderICDInterfaceVersion") != 0)
        return NULL;
    return (PFN_vkVoidFunction)negotiate;
}
