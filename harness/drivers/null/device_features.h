// The features that the null driver claims to have.
#ifndef KRO_NULL_DEVICE_FEATURES_H
#define KRO_NULL_DEVICE_FEATURES_H

#include <stdbool.h>

#include <vulkan/vulkan.h>

#include "object.h"
#include "structs.h"

// True if the device may know this struct: its Vulkan version or one of the extensions has it.
// Others are left untouched, as an older driver would.
bool kro__null_struct_known(const kro__null_physical *physical, const kro__vk_struct *in);

// False where a device is asked for with a feature that it lacks.
bool kro__null_features_allow(const kro__null_physical *physical,
                              const VkDeviceCreateInfo *create_info);

#endif
