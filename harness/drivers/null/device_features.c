#include "device_features.h"

#include <string.h>

#include "extensions.h"
#include "null_calls.h"

// What a compute program may ask for. Nothing runs, so nothing stands against offering it.
static const char *const offered[] = {
    "bufferDeviceAddress",
    "computeFullSubgroups",
    "descriptorBindingStorageBufferUpdateAfterBind",
    "descriptorBindingUniformBufferUpdateAfterBind",
    "descriptorBindingPartiallyBound",
    "descriptorBindingUpdateUnusedWhilePending",
    "descriptorBindingVariableDescriptorCount",
    "descriptorIndexing",
    "hostQueryReset",
    "shaderIntegerDotProduct",
    "maintenance4",
    "pipelineCreationCacheControl",
    "privateData",
    "robustBufferAccess",
    "runtimeDescriptorArray",
    "scalarBlockLayout",
    "shaderBufferFloat16AtomicAdd",
    "shaderBufferFloat16AtomicMinMax",
    "shaderBufferFloat16Atomics",
    "shaderBufferFloat32AtomicAdd",
    "shaderBufferFloat32AtomicMinMax",
    "shaderBufferFloat32Atomics",
    "shaderBufferFloat64AtomicAdd",
    "shaderBufferFloat64AtomicMinMax",
    "shaderBufferFloat64Atomics",
    "shaderBufferInt64Atomics",
    "shaderFloat16",
    "shaderFloat64",
    "shaderInt16",
    "shaderInt64",
    "shaderInt8",
    "shaderSharedFloat16AtomicAdd",
    "shaderSharedFloat16AtomicMinMax",
    "shaderSharedFloat16Atomics",
    "shaderSharedFloat32AtomicAdd",
    "shaderSharedFloat32AtomicMinMax",
    "shaderSharedFloat32Atomics",
    "shaderSharedFloat64AtomicAdd",
    "shaderSharedFloat64AtomicMinMax",
    "shaderSharedFloat64Atomics",
    "shaderSharedInt64Atomics",
    "shaderStorageBufferArrayDynamicIndexing",
    "shaderStorageBufferArrayNonUniformIndexing",
    "shaderSubgroupExtendedTypes",
    "shaderUniformBufferArrayDynamicIndexing",
    "shaderUniformBufferArrayNonUniformIndexing",
    "shaderZeroInitializeWorkgroupMemory",
    "storageBuffer16BitAccess",
    "storageBuffer8BitAccess",
    "storagePushConstant16",
    "storagePushConstant8",
    "subgroupSizeControl",
    "synchronization2",
    "timelineSemaphore",
    "uniformAndStorageBuffer16BitAccess",
    "uniformAndStorageBuffer8BitAccess",
    "uniformBufferStandardLayout",
    "variablePointers",
    "variablePointersStorageBuffer",
    "vulkanMemoryModel",
    "vulkanMemoryModelAvailabilityVisibilityChains",
    "vulkanMemoryModelDeviceScope",
};

static bool has(const kro__null_physical *physical, const char *name)
{
    if (kro__hidden_has(&physical->instance->options.hidden, name))
        return false;
    for (size_t i = 0; i < sizeof offered / sizeof offered[0]; i++)
        if (!strcmp(offered[i], name))
            return true;
    return false;
}

bool kro__null_struct_known(const kro__null_physical *physical, const kro__vk_struct *in)
{
    const kro__null_options *options = &physical->instance->options;
    uint64_t extensions = kro__null_extensions_offered(&options->hidden);
    bool core = in->core && in->core <= options->api_version;
    return core || (kro__null_extensions_in(in->extensions) & extensions);
}

bool kro__null_features_allow(const kro__null_physical *physical,
                              const VkDeviceCreateInfo *create_info)
{
    VkPhysicalDeviceFeatures2 core = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
        .pNext = (void *)create_info->pNext,
    };
    if (create_info->pEnabledFeatures)
        core.features = *create_info->pEnabledFeatures;
    for (const VkBaseInStructure *at = (const void *)&core; at; at = at->pNext) {
        const kro__vk_struct *in =
            kro__vk_struct_find(kro__vk_features, kro__vk_features_count, at->sType);
        for (uint32_t i = 0; in && i < in->member_count; i++)
            if (kro__vk_member_get(at, &in->members[i], 0) && !has(physical, in->members[i].name))
                return false;
    }
    return true;
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetPhysicalDeviceFeatures2(
    VkPhysicalDevice physicalDevice, VkPhysicalDeviceFeatures2 *pFeatures)
{
    const kro__null_physical *physical = KRO__NULL(physical, physicalDevice);
    for (VkBaseOutStructure *at = (void *)pFeatures; at; at = at->pNext) {
        const kro__vk_struct *in =
            kro__vk_struct_find(kro__vk_features, kro__vk_features_count, at->sType);
        if (!in || !kro__null_struct_known(physical, in))
            continue;
        for (uint32_t i = 0; i < in->member_count; i++)
            kro__vk_member_set(at, &in->members[i], 0, has(physical, in->members[i].name));
    }
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetPhysicalDeviceFeatures(
    VkPhysicalDevice physicalDevice, VkPhysicalDeviceFeatures *pFeatures)
{
    VkPhysicalDeviceFeatures2 features = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2};
    kro__null_vkGetPhysicalDeviceFeatures2(physicalDevice, &features);
    *pFeatures = features.features;
}
