// What a program says is enabled on a device of its own, checked and brought into Kronos' form.
#ifndef KRO_SRC_VK_ENABLED_H
#define KRO_SRC_VK_ENABLED_H

#include <stddef.h>

#include "vk/features.h"

// The name of the feature at an offset in kro__vk_features; NULL for one that decides nothing.
const char *kro__vk_feature_name(size_t offset);

// Reduces a device's offer to the extensions that are enabled. `device_name` is for the sentence.
//
// Errors: INVALID_ARGUMENT  a name is NULL or not offered; the offer is as it was
kro_status kro__vk_enabled_extensions(VkExtensionProperties *offered, uint32_t *offered_count,
                                      const char *const *names, uint32_t name_count,
                                      const char *device_name);

// Reads which features a chain of feature structs says are enabled. Structs that Kronos does not
// know are passed over; `chain` may be NULL.
void kro__vk_enabled_features(const VkPhysicalDeviceFeatures2 *chain, kro__vk_features *out);

// Whether the device has every enabled feature, and its extension is enabled where it needs one.
//
// Errors: INVALID_ARGUMENT  with the first feature that is not so
kro_status kro__vk_check_enabled(const kro__vk_features *enabled, const kro__vk_features *has,
                                 const kro__vk_offer *enabled_offer, const char *device_name);

#endif
