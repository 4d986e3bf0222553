#include "vk/enabled.h"

#include <string.h>

#include "fail.h"

#define NEVER_CORE UINT32_MAX

// The structs of kro__vk_features, the core's first.
static const struct {
    size_t offset, size;
    VkStructureType type;
    uint32_t core_since;
    const char *extension;
} structs[] = {
    {offsetof(kro__vk_features, core), sizeof(VkPhysicalDeviceFeatures2),
     VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, VK_API_VERSION_1_0, ""},
#define KRO__FEATURES(use, member, type, structure_type, since, extension) \
    {offsetof(kro__vk_features, member), sizeof(type), structure_type, since, extension},
#include "vk/features.def"
};

enum { STRUCT_COUNT = sizeof structs / sizeof structs[0] };

// The features: where each stands in kro__vk_features, and in one of the structs that gather those
// of a version.
static const struct {
    const char *name;
    size_t offset;
    VkStructureType gathered_type;
    size_t gathered_offset;
} features[] = {
#define KRO__ENABLED(member, feature) \
    {#feature, offsetof(kro__vk_features, member.feature), VK_STRUCTURE_TYPE_MAX_ENUM, 0},
#define KRO__ENABLED_SINCE(minor, member, feature)                  \
    {#feature, offsetof(kro__vk_features, member.feature),          \
     VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_##minor##_FEATURES, \
     offsetof(VkPhysicalDeviceVulkan1##minor##Features, feature)},
#include "vk/enabled.def"
};

enum { FEATURE_COUNT = sizeof features / sizeof features[0] };

const char *kro__vk_feature_name(size_t offset)
{
    for (size_t i = 0; i < FEATURE_COUNT; i++)
        if (features[i].offset == offset)
            return features[i].name;
    return NULL;
}

kro_status kro__vk_enabled_extensions(VkExtensionProperties *offered, uint32_t *offered_count,
                                      const char *const *names, uint32_t name_count,
                                      const char *device_name)
{
    const kro__vk_offer offer = {.extension_count = *offered_count, .extensions = offered};
    for (uint32_t i = 0; i < name_count; i++) {
        if (!names[i])
            return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                             "kro_context_import: extensions[%u] of %u is NULL", i, name_count);
        if (!kro__vk_offers_extension(&offer, names[i]))
            return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                             "kro_context_import: extensions[%u] is '%s', which '%s' does not "
                             "have; give the names that vkCreateDevice took",
                             i, names[i], device_name);
    }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < *offered_count; i++)
        for (uint32_t k = 0; k < name_count; k++)
            if (strcmp(offered[i].extensionName, names[k]) == 0) {
                offered[kept++] = offered[i];
                break;
            }
    *offered_count = kept;
    return KRO_OK;
}

static VkBool32 *flag_at(void *structure, size_t offset)
{
    return (VkBool32 *)((char *)structure + offset);
}

static VkBool32 read_flag(const void *structure, size_t offset)
{
    VkBool32 flag;
    memcpy(&flag, (const char *)structure + offset, sizeof flag);
    return flag;
}

// The position of the struct that holds a feature.
static size_t struct_of(size_t feature)
{
    size_t i = 0;
    while (features[feature].offset < structs[i].offset ||
           features[feature].offset >= structs[i].offset + structs[i].size)
        i++;
    return i;
}

// A program may say a feature twice, in its own struct and in the one of a version; Vulkan forbids
// it, and here either will do.
void kro__vk_enabled_features(const VkPhysicalDeviceFeatures2 *chain, kro__vk_features *out)
{
    *out = (kro__vk_features){0};
    for (const VkBaseInStructure *given = (const void *)chain; given; given = given->pNext)
        for (size_t i = 0; i < FEATURE_COUNT; i++) {
            const size_t home = struct_of(i);
            VkBool32 *flag = flag_at(out, features[i].offset);
            if (given->sType == structs[home].type)
                *flag |= read_flag(given, features[i].offset - structs[home].offset) != VK_FALSE;
            else if (given->sType == features[i].gathered_type)
                *flag |= read_flag(given, features[i].gathered_offset) != VK_FALSE;
        }
}

kro_status kro__vk_check_enabled(const kro__vk_features *enabled, const kro__vk_features *has,
                                 const kro__vk_offer *enabled_offer, const char *device_name)
{
    for (size_t i = 0; i < FEATURE_COUNT; i++) {
        const size_t home = struct_of(i);
        if (!read_flag(enabled, features[i].offset))
            continue;
        if (!read_flag(has, features[i].offset))
            return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                             "kro_context_import: features say that %s is enabled, which '%s' does "
                             "not have; give the features that vkCreateDevice took",
                             features[i].name, device_name);
        if (!kro__vk_offers(enabled_offer, structs[home].core_since, structs[home].extension))
            return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                             "kro_context_import: features say that %s is enabled, but its "
                             "extension %s is not among the extensions, and version %u.%u of "
                             "Vulkan does not include it",
                             features[i].name, structs[home].extension,
                             VK_API_VERSION_MAJOR(enabled_offer->api_version),
                             VK_API_VERSION_MINOR(enabled_offer->api_version));
    }
    return KRO_OK;
}
