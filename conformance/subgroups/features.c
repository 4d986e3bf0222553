#include "subgroups/features.h"

#include <stdlib.h>
#include <string.h>

#include "newer_vulkan.h"
#include "raw.h"

// The extensions that a device offers.
typedef struct offer {
    VkExtensionProperties *extensions;
    uint32_t count;
} offer;

static offer offer_of(kt_test *t, const kro_vk_handles *vk)
{
    const PFN_vkEnumerateDeviceExtensionProperties enumerate =
        (PFN_vkEnumerateDeviceExtensionProperties)vk->get_instance_proc_addr(
            vk->instance, "vkEnumerateDeviceExtensionProperties");
    offer found = {NULL, 0};
    if (!CHECK(enumerate) ||
        !CHECK(enumerate(vk->physical_device, NULL, &found.count, NULL) == VK_SUCCESS))
        return (offer){NULL, 0};
    found.extensions = kt_alloc(t, (found.count + 1) * sizeof *found.extensions);
    if (!CHECK(enumerate(vk->physical_device, NULL, &found.count, found.extensions) >= 0))
        found.count = 0;
    return found;
}

static bool offers(const offer *found, const char *name)
{
    for (uint32_t i = 0; i < found->count; i++)
        if (strcmp(found->extensions[i].extensionName, name) == 0)
            return true;
    return false;
}

subgroup_features subgroup_features_of(kt_test *t)
{
    kro_context *ctx = kt_context(t);
    const kro_vk_handles *vk = ctx ? kro_vk_context(ctx) : NULL;
    if (!vk)
        return (subgroup_features){.extended_types = false};
    const PFN_vkGetPhysicalDeviceFeatures2 get =
        (PFN_vkGetPhysicalDeviceFeatures2)vk->get_instance_proc_addr(
            vk->instance, "vkGetPhysicalDeviceFeatures2");
    if (!CHECK(get))
        return (subgroup_features){.extended_types = false};
    const offer extensions = offer_of(t, vk);
    VkPhysicalDeviceFeatures2 all = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2};
    VkPhysicalDeviceShaderSubgroupExtendedTypesFeatures types = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_SUBGROUP_EXTENDED_TYPES_FEATURES};
    VkPhysicalDeviceShaderSubgroupRotateFeaturesKHR rotate = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_SUBGROUP_ROTATE_FEATURES_KHR};
    VkPhysicalDeviceShaderSubgroupUniformControlFlowFeaturesKHR uniform = {
        .sType =
            VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_SUBGROUP_UNIFORM_CONTROL_FLOW_FEATURES_KHR};
    VkPhysicalDeviceShaderMaximalReconvergenceFeaturesKHR maximal = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_MAXIMAL_RECONVERGENCE_FEATURES_KHR};
    // Who does not know a struct must not be asked.
    void **end = &all.pNext;
#define CHAIN(is_known, member)    \
    do {                           \
        if (is_known) {            \
            *end = &(member);      \
            end = &(member).pNext; \
        }                          \
    } while (0)
    CHAIN(kt_device(t)->api_version_number >= VK_API_VERSION_1_2 ||
              offers(&extensions, VK_KHR_SHADER_SUBGROUP_EXTENDED_TYPES_EXTENSION_NAME),
          types);
    CHAIN(offers(&extensions, VK_KHR_SHADER_SUBGROUP_ROTATE_EXTENSION_NAME), rotate);
    CHAIN(offers(&extensions, VK_KHR_SHADER_SUBGROUP_UNIFORM_CONTROL_FLOW_EXTENSION_NAME), uniform);
    CHAIN(offers(&extensions, VK_KHR_SHADER_MAXIMAL_RECONVERGENCE_EXTENSION_NAME), maximal);
#undef CHAIN
    get(vk->physical_device, &all);
    return (subgroup_features){
        .extended_types = types.shaderSubgroupExtendedTypes,
        .rotate = rotate.shaderSubgroupRotate,
        .rotate_clustered = rotate.shaderSubgroupRotateClustered,
        .uniform_control_flow = uniform.shaderSubgroupUniformControlFlow,
        .maximal_reconvergence = maximal.shaderMaximalReconvergence,
    };
}
