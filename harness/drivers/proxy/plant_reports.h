// Faults in what the driver says of itself; each changes what was just asked for.
#ifndef KRO_PROXY_PLANT_REPORTS_H
#define KRO_PROXY_PLANT_REPORTS_H

#include <vulkan/vulkan.h>

#include "structs.h"

void kro__plant_features(VkPhysicalDeviceFeatures2 *chain);
// In one struct of properties.
void kro__plant_limits(const kro__vk_struct *in, void *object);
void kro__plant_memory(VkPhysicalDeviceMemoryProperties *memory);

#endif
