// The function tables, generated from calls.def: one for what needs no instance, one per instance,
// one per device. A device's table holds the driver's own entry points, without the loader between.
#ifndef KRO_SRC_VK_TABLE_H
#define KRO_SRC_VK_TABLE_H

#include <kronos/status.h>

#include "vk/api.h"

typedef struct kro__vk_global_calls {
#define KRO__GLOBAL_CALL(name, need) PFN_##name name;
#include "vk/calls.def"
} kro__vk_global_calls;

typedef struct kro__vk_instance_calls {
#define KRO__INSTANCE_CALL(name, need) PFN_##name name;
#include "vk/calls.def"
} kro__vk_instance_calls;

typedef struct kro__vk_calls {
#define KRO__DEVICE_CALL(name, need)        PFN_##name name;
#define KRO__ALIAS_CALL(name, alias, since) PFN_##name name;
#include "vk/calls.def"
} kro__vk_calls;

// Fill a table. `api_version` is what the device may be used with.
//
// Errors: DRIVER  a required call is missing; the sentence names it
kro_status kro__vk_load_global(PFN_vkGetInstanceProcAddr get, kro__vk_global_calls *out);
kro_status kro__vk_load_instance(PFN_vkGetInstanceProcAddr get, VkInstance instance,
                                 kro__vk_instance_calls *out);
kro_status kro__vk_load_device(PFN_vkGetDeviceProcAddr get, VkDevice device, uint32_t api_version,
                               kro__vk_calls *out);

#endif
