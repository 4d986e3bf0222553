#include "vk/table.h"

#include <stdbool.h>

#include "fail.h"

enum { OPTIONAL, REQUIRED };

// The first missing name is told; the table is not used then.
static kro_status fail_missing(const char *name)
{
    return kro__fail(KRO_ERROR_DRIVER, "the Vulkan driver has no %s, which every driver must have",
                     name);
}

kro_status kro__vk_load_global(PFN_vkGetInstanceProcAddr get, kro__vk_global_calls *out)
{
    // Each line of calls.def becomes two statements: look up, note if missing.
    const char *missing = NULL;
#define KRO__GLOBAL_CALL(name, need)          \
    out->name = (PFN_##name)get(NULL, #name); \
    missing = need == REQUIRED && !out->name && !missing ? #name : missing;
#include "vk/calls.def"
    return missing ? fail_missing(missing) : KRO_OK;
}

kro_status kro__vk_load_instance(PFN_vkGetInstanceProcAddr get, VkInstance instance,
                                 kro__vk_instance_calls *out)
{
    const char *missing = NULL;
#define KRO__INSTANCE_CALL(name, need)            \
    out->name = (PFN_##name)get(instance, #name); \
    missing = need == REQUIRED && !out->name && !missing ? #name : missing;
#include "vk/calls.def"
    return missing ? fail_missing(missing) : KRO_OK;
}

kro_status kro__vk_load_device(PFN_vkGetDeviceProcAddr get, VkDevice device, uint32_t api_version,
                               kro__vk_calls *out)
{
    const char *missing = NULL;
#define KRO__DEVICE_CALL(name, need)            \
    out->name = (PFN_##name)get(device, #name); \
    missing = need == REQUIRED && !out->name && !missing ? #name : missing;
// Under its core name a driver of an older version would not know it, or must not be asked.
#define KRO__ALIAS_CALL(name, alias, since) \
    out->name = (PFN_##name)get(device, api_version >= since ? #name : #alias);
#include "vk/calls.def"
    return missing ? fail_missing(missing) : KRO_OK;
}
