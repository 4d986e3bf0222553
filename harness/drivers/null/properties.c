// What the null driver says of itself: properties and limits, memory, queues, formats.
#include "null_calls.h"

#include <stdio.h>
#include <string.h>

#include "device_features.h"
#include "list.h"
#include "object.h"
#include "structs.h"

static const struct {
    const char *name;
    uint64_t value;
} numbers[] = {
#define NUMBER(name, value) {#name, value},
#include "limits.def"
#undef NUMBER
};

static uint64_t number_of(const char *name)
{
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (!strcmp(numbers[i].name, name))
            return numbers[i].value;
    return 0;
}

static void fill_numbers(const kro__vk_struct *in, void *object)
{
    for (uint32_t i = 0; i < in->member_count; i++)
        for (uint32_t n = 0; n < in->members[i].count; n++)
            kro__vk_member_set(object, &in->members[i], n, number_of(in->members[i].name));
}

// The same bytes wherever a device or its caches are identified.
static void fill_uuid(uint8_t uuid[VK_UUID_SIZE], uint32_t index)
{
    memcpy(uuid, "kronos-null-dev", VK_UUID_SIZE - 1);
    uuid[VK_UUID_SIZE - 1] = (uint8_t)('0' + index);
}

static void fill_driver(char name[VK_MAX_DRIVER_NAME_SIZE], char info[VK_MAX_DRIVER_INFO_SIZE])
{
    snprintf(name, VK_MAX_DRIVER_NAME_SIZE, "Kronos null driver");
    snprintf(info, VK_MAX_DRIVER_INFO_SIZE, "completes everything, computes nothing");
}

// The members that are not numbers.
static void fill_rest(VkBaseOutStructure *object, const kro__null_physical *physical)
{
    const uint32_t index = physical->index;
    const VkDriverId driver_id = (VkDriverId)physical->instance->options.driver_id;
    switch (object->sType) {
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES: {
        VkPhysicalDeviceIDProperties *ids = (void *)object;
        fill_uuid(ids->deviceUUID, index);
        fill_uuid(ids->driverUUID, 0);
        memset(ids->deviceLUID, 0, sizeof ids->deviceLUID);
        break;
    }
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_PROPERTIES: {
        VkPhysicalDeviceVulkan11Properties *ids = (void *)object;
        fill_uuid(ids->deviceUUID, index);
        fill_uuid(ids->driverUUID, 0);
        memset(ids->deviceLUID, 0, sizeof ids->deviceLUID);
        ids->pointClippingBehavior = VK_POINT_CLIPPING_BEHAVIOR_ALL_CLIP_PLANES;
        break;
    }
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES: {
        VkPhysicalDeviceDriverProperties *driver = (void *)object;
        fill_driver(driver->driverName, driver->driverInfo);
        driver->driverID = driver_id;
        driver->conformanceVersion = (VkConformanceVersion){0};
        break;
    }
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_PROPERTIES: {
        VkPhysicalDeviceVulkan12Properties *driver = (void *)object;
        fill_driver(driver->driverName, driver->driverInfo);
        driver->driverID = driver_id;
        driver->conformanceVersion = (VkConformanceVersion){0};
        driver->denormBehaviorIndependence = VK_SHADER_FLOAT_CONTROLS_INDEPENDENCE_ALL;
        driver->roundingModeIndependence = VK_SHADER_FLOAT_CONTROLS_INDEPENDENCE_ALL;
        break;
    }
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FLOAT_CONTROLS_PROPERTIES: {
        VkPhysicalDeviceFloatControlsProperties *floats = (void *)object;
        floats->denormBehaviorIndependence = VK_SHADER_FLOAT_CONTROLS_INDEPENDENCE_ALL;
        floats->roundingModeIndependence = VK_SHADER_FLOAT_CONTROLS_INDEPENDENCE_ALL;
        break;
    }
    case VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_POINT_CLIPPING_PROPERTIES: {
        VkPhysicalDevicePointClippingProperties *clipping = (void *)object;
        clipping->pointClippingBehavior = VK_POINT_CLIPPING_BEHAVIOR_ALL_CLIP_PLANES;
        break;
    }
    default:
        break;
    }
}

static void fill_core(const kro__null_physical *physical, VkPhysicalDeviceProperties *out)
{
    const kro__null_options *options = &physical->instance->options;
    out->apiVersion = options->api_version | VK_HEADER_VERSION;
    out->driverVersion = VK_MAKE_API_VERSION(0, 1, 0, 0);
    out->vendorID = 0x10000; // Khronos' number for software without a vendor
    out->deviceID = physical->index;
    out->deviceType = options->type;
    snprintf(out->deviceName, sizeof out->deviceName, "Kronos null device %u", physical->index);
    fill_uuid(out->pipelineCacheUUID, physical->index);
    out->sparseProperties = (VkPhysicalDeviceSparseProperties){0};

    VkPhysicalDeviceLimits *limits = &out->limits;
    limits->timestampPeriod = 1.0f;
    limits->maxSamplerLodBias = 4.0f;
    limits->maxSamplerAnisotropy = 1.0f;
    limits->minInterpolationOffset = -0.5f;
    limits->maxInterpolationOffset = 0.4375f;
    for (int i = 0; i < 2; i++) {
        limits->viewportBoundsRange[i] = i ? 32767.0f : -32768.0f;
        limits->pointSizeRange[i] = 1.0f;
        limits->lineWidthRange[i] = 1.0f;
    }
    limits->pointSizeGranularity = 0.0f;
    limits->lineWidthGranularity = 0.0f;
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetPhysicalDeviceProperties2(
    VkPhysicalDevice physicalDevice, VkPhysicalDeviceProperties2 *pProperties)
{
    const kro__null_physical *physical = KRO__NULL(physical, physicalDevice);
    for (VkBaseOutStructure *at = (void *)pProperties; at; at = at->pNext) {
        const kro__vk_struct *in =
            kro__vk_struct_find(kro__vk_properties, kro__vk_properties_count, at->sType);
        if (!in || !kro__null_struct_known(physical, in))
            continue;
        fill_numbers(in, at);
        fill_rest(at, physical);
    }
    fill_core(physical, &pProperties->properties);
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetPhysicalDeviceProperties(
    VkPhysicalDevice physicalDevice, VkPhysicalDeviceProperties *pProperties)
{
    VkPhysicalDeviceProperties2 properties = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
    };
    kro__null_vkGetPhysicalDeviceProperties2(physicalDevice, &properties);
    *pProperties = properties.properties;
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetPhysicalDeviceQueueFamilyProperties(
    VkPhysicalDevice physicalDevice, uint32_t *pQueueFamilyPropertyCount,
    VkQueueFamilyProperties *pQueueFamilyProperties)
{
    const kro__null_options *options = &KRO__NULL(physical, physicalDevice)->instance->options;
    VkQueueFamilyProperties families[KRO__NULL_MAX_FAMILIES] = {{0}};
    for (uint32_t i = 0; i < options->family_count; i++)
        families[i] = (VkQueueFamilyProperties){
            .queueFlags = options->families[i].flags,
            .queueCount = options->families[i].queue_count,
            .timestampValidBits = 64,
            .minImageTransferGranularity = {1, 1, 1},
        };
    kro__vk_list(families, options->family_count, sizeof *families, pQueueFamilyPropertyCount,
                 pQueueFamilyProperties);
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetPhysicalDeviceQueueFamilyProperties2(
    VkPhysicalDevice physicalDevice, uint32_t *pQueueFamilyPropertyCount,
    VkQueueFamilyProperties2 *pQueueFamilyProperties)
{
    VkQueueFamilyProperties families[KRO__NULL_MAX_FAMILIES] = {{0}};
    if (*pQueueFamilyPropertyCount > KRO__NULL_MAX_FAMILIES)
        *pQueueFamilyPropertyCount = KRO__NULL_MAX_FAMILIES;
    kro__null_vkGetPhysicalDeviceQueueFamilyProperties(physicalDevice, pQueueFamilyPropertyCount,
                                                       pQueueFamilyProperties ? families : NULL);
    for (uint32_t i = 0; pQueueFamilyProperties && i < *pQueueFamilyPropertyCount; i++)
        pQueueFamilyProperties[i].queueFamilyProperties = families[i];
}

// One type of each kind that programs tell apart, faster for the device first.
VKAPI_ATTR void VKAPI_CALL kro__null_vkGetPhysicalDeviceMemoryProperties(
    VkPhysicalDevice physicalDevice, VkPhysicalDeviceMemoryProperties *pMemoryProperties)
{
    const VkMemoryPropertyFlags device = VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
    const VkMemoryPropertyFlags host =
        VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    VkDeviceSize bytes = KRO__NULL(physical, physicalDevice)->instance->options.heap_bytes;
    *pMemoryProperties = (VkPhysicalDeviceMemoryProperties){
        .memoryTypeCount = KRO__NULL_MEMORY_TYPES,
        .memoryTypes =
            {
                {device, 0},
                {device | host, 0},
                {host | VK_MEMORY_PROPERTY_HOST_CACHED_BIT, 1},
            },
        .memoryHeapCount = KRO__NULL_HEAPS,
        .memoryHeaps = {{bytes, VK_MEMORY_HEAP_DEVICE_LOCAL_BIT}, {bytes, 0}},
    };
}

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetPhysicalDeviceMemoryProperties2(
    VkPhysicalDevice physicalDevice, VkPhysicalDeviceMemoryProperties2 *pMemoryProperties)
{
    VkPhysicalDeviceMemoryProperties *core = &pMemoryProperties->memoryProperties;
    kro__null_vkGetPhysicalDeviceMemoryProperties(physicalDevice, core);
    for (VkBaseOutStructure *at = pMemoryProperties->pNext; at; at = at->pNext) {
        if (at->sType != VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT)
            continue;
        VkPhysicalDeviceMemoryBudgetPropertiesEXT *budget = (void *)at;
        for (uint32_t i = 0; i < VK_MAX_MEMORY_HEAPS; i++) {
            budget->heapBudget[i] = i < KRO__NULL_HEAPS ? core->memoryHeaps[i].size : 0;
            budget->heapUsage[i] = 0; // not told per process: allocations belong to devices
        }
    }
}
