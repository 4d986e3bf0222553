// What a device can do, and what of it is enabled.
#ifndef KRO_SRC_VK_FEATURES_H
#define KRO_SRC_VK_FEATURES_H

#include <stdbool.h>

#include <kronos/context.h>

#include "vk/api.h"

// The extensions of a device and the version it is used with.
typedef struct kro__vk_offer {
    uint32_t api_version;
    uint32_t extension_count;
    const VkExtensionProperties *extensions;
} kro__vk_offer;

bool kro__vk_offers_extension(const kro__vk_offer *offer, const char *name);

// Whether something is there, as core since a version or as an extension.
bool kro__vk_offers(const kro__vk_offer *offer, uint32_t core_since, const char *extension);

// Whether Kronos enables that extension on some device.
bool kro__vk_knows_extension(const char *name);

// The newest SPIR-V version word that the device takes.
uint32_t kro__vk_max_spirv(const kro__vk_offer *offer);

// The feature structs of features.def. `core.pNext` chains those that the device knows; the others
// stay zero, so a feature that is not offered reads as missing.
typedef struct kro__vk_features {
    VkPhysicalDeviceFeatures2 core;
#define KRO__FEATURES(use, member, type, structure_type, since, extension) type member;
#include "vk/features.def"
} kro__vk_features;

enum {
    KRO__FEATURE_STRUCTS = 0
#define KRO__FEATURES(use, member, type, structure_type, since, extension) +1
#include "vk/features.def"
    ,
    KRO__OTHER_EXTENSIONS = 8,
    KRO__MAX_EXTENSIONS = KRO__FEATURE_STRUCTS + KRO__OTHER_EXTENSIONS,
};

// Zeroes and chains all structs that the offer knows, ready for vkGetPhysicalDeviceFeatures2.
void kro__vk_features_chain(kro__vk_features *features, const kro__vk_offer *offer);

// What to enable.
typedef struct kro__vk_selection {
    kro__vk_features features; // chained, ready for vkCreateDevice; false: not enabled
    const char *extensions[KRO__MAX_EXTENSIONS];
    uint32_t extension_count;
} kro__vk_selection;

// Selects of what the device has: everything that kernels may need, or everything that features.def
// knows. Robust access only where asked for: it costs time. The selection must not move afterwards.
void kro__vk_select(kro__vk_selection *out, const kro__vk_features *has, const kro__vk_offer *offer,
                    bool all, bool robust);

// What an imported device was made with: `enabled` holds it already, and so does the offer.
void kro__vk_select_enabled(kro__vk_selection *out, const kro__vk_features *enabled);

// The features as the public header names them.
void kro__vk_features_info(const kro__vk_features *has, const kro__vk_offer *offer,
                           kro_features *out);

#endif
